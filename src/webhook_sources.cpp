#include "webhook_sources.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace rosterd {

namespace {

std::optional<ingest::SignatureEncoding> encoding(const std::string& text) {
  if (text == "hex") return ingest::SignatureEncoding::hex;
  if (text == "base64") return ingest::SignatureEncoding::base64;
  if (text == "base64url") return ingest::SignatureEncoding::base64url;
  return std::nullopt;
}

ingest::SignatureProfile profile_of(const SignatureProfileConfig& config) {
  ingest::SignatureProfile profile;
  profile.name = config.name;
  profile.algorithm = config.algorithm == "sha512" ? HmacAlgorithm::sha512 : HmacAlgorithm::sha256;
  profile.key_encoding =
      config.key_encoding == "base64" ? ingest::KeyEncoding::base64 : ingest::KeyEncoding::text;
  profile.key_prefix = config.key_prefix;
  profile.signed_template = config.signed_template;
  profile.signature_header = config.signature_header;
  profile.encoding = encoding(config.signature_encoding).value_or(ingest::SignatureEncoding::hex);
  profile.value_prefix = config.value_prefix;
  profile.value_list = config.value_list;
  profile.timestamp_header = config.timestamp_header;
  profile.id_header = config.id_header;
  return profile;
}

std::optional<ingest::SignatureProfile> find_profile(
    const WebhookConfig& config, const std::string& name
) {
  const auto own =
      std::find_if(config.profiles.begin(), config.profiles.end(), [&](const auto& one) {
        return one.name == name;
      });
  if (own != config.profiles.end()) return profile_of(*own);
  return ingest::builtin_profile(name);
}

std::string unknown_profile(const WebhookConfig& config, const WebhookSourceConfig& source) {
  std::vector<std::string> names = ingest::builtin_profile_names();
  for (const SignatureProfileConfig& own : config.profiles) names.push_back(own.name);
  std::string text = "webhook source \"" + source.name + "\": there is no profile \"" +
                     printable(source.profile) + "\"";
  if (const auto near = nearest(source.profile, names)) text += "; did you mean \"" + *near + "\"?";
  return text;
}

}  // namespace

WebhookSources webhook_sources(
    const WebhookConfig& config,
    const std::string& time_zone,
    const Crypto& crypto,
    const TimeZones& zones
) {
  WebhookSources result;
  for (const WebhookSourceConfig& source : config.sources) {
    const std::string zone = source.time_zone.empty() ? time_zone : source.time_zone;
    if (!zones.known(zone)) {
      result.problems.push_back(
          "webhook source \"" + source.name + "\": nobody knows the time zone \"" +
          printable(zone) + "\"; write one like Europe/Berlin"
      );
      continue;
    }
    const auto profile = find_profile(config, source.profile);
    if (!profile) {
      result.problems.push_back(unknown_profile(config, source));
      continue;
    }
    auto verifier =
        ingest::SignatureVerifier::make(*profile, source.keys, source.tolerance, crypto);
    if (!verifier) {
      result.problems.push_back(
          "webhook source \"" + source.name + "\": " + verifier.error().problem
      );
      continue;
    }
    result.sources.push_back({source.name, std::move(*verifier), source.mapping, zone});
  }
  return result;
}

ingest::EventLimits event_limits(const WebhookConfig& config) {
  ingest::EventLimits limits;
  limits.body_bytes_max = config.body_bytes_max;
  limits.events_max = config.batch_events_max;
  return limits;
}

}  // namespace rosterd
