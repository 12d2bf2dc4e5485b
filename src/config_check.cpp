#include "config_check.hpp"

#include "rosterd/base/text.hpp"
#include "webhook_sources.hpp"

namespace rosterd {

namespace {

constexpr std::size_t operator_token_bytes_min = 16;

}  // namespace

std::vector<std::string> config_problems(
    const Config& config, const Crypto& crypto, const TimeZones& zones
) {
  // A source without a zone of its own takes the policy's, which is checked with the policy.
  std::vector<std::string> problems =
      webhook_sources(config.webhook, "UTC", crypto, zones).problems;
  for (const DropConfig& drop : config.drops) {
    if (drop.time_zone.empty() || zones.known(drop.time_zone)) continue;
    problems.push_back(
        "drop \"" + drop.name + "\": nobody knows the time zone \"" + printable(drop.time_zone) +
        "\"; write one like Europe/Berlin"
    );
  }
  const Secret& token = config.operator_.token;
  if (!token.empty() && token.reveal().size() < operator_token_bytes_min) {
    problems.emplace_back(
        "[operator] token has fewer than 16 characters, so that it could be guessed; "
        "openssl rand -base64 32 makes one"
    );
  }
  return problems;
}

}  // namespace rosterd
