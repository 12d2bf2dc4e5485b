#include "rosterd/ingest/signature.hpp"

#include <algorithm>
#include <array>

namespace rosterd::ingest {

namespace {

SignatureProfile hex_over_body(std::string name, std::string header) {
  SignatureProfile profile;
  profile.name = std::move(name);
  profile.signature_header = std::move(header);
  return profile;
}

SignatureProfile standard_webhooks() {
  SignatureProfile profile;
  profile.name = "standard-webhooks";
  profile.key_encoding = KeyEncoding::base64;
  profile.key_prefix = "whsec_";
  profile.signed_template = "{header:webhook-id}.{header:webhook-timestamp}.{body}";
  profile.signature_header = "webhook-signature";
  profile.encoding = SignatureEncoding::base64;
  profile.value_prefix = "v1,";
  profile.value_list = true;
  profile.timestamp_header = "webhook-timestamp";
  profile.id_header = "webhook-id";
  profile.aliases = {
      {"webhook-id", "svix-id"},
      {"webhook-timestamp", "svix-timestamp"},
      {"webhook-signature", "svix-signature"}};
  return profile;
}

SignatureProfile finch() {
  SignatureProfile profile = standard_webhooks();
  profile.name = "finch";
  profile.signed_template = "{header:Finch-Event-Id}.{header:Finch-Timestamp}.{body}";
  profile.signature_header = "Finch-Signature";
  profile.timestamp_header = "Finch-Timestamp";
  profile.id_header = "Finch-Event-Id";
  profile.aliases.clear();
  return profile;
}

SignatureProfile github() {
  SignatureProfile profile = hex_over_body("github", "X-Hub-Signature-256");
  profile.value_prefix = "sha256=";
  profile.id_header = "X-GitHub-Delivery";
  return profile;
}

SignatureProfile bamboohr() {
  SignatureProfile profile = hex_over_body("bamboohr", "X-BambooHR-Signature");
  profile.signed_template = "{body}{header:X-BambooHR-Timestamp}";
  profile.timestamp_header = "X-BambooHR-Timestamp";
  return profile;
}

SignatureProfile deel() {
  SignatureProfile profile = hex_over_body("deel", "x-deel-signature");
  profile.signed_template = "POST{body}";
  return profile;
}

SignatureProfile gusto() {
  return hex_over_body("gusto", "X-Gusto-Signature");
}

SignatureProfile merge() {
  SignatureProfile profile = hex_over_body("merge", "X-Merge-Webhook-Signature");
  profile.encoding = SignatureEncoding::base64url;
  return profile;
}

SignatureProfile hibob() {
  SignatureProfile profile = hex_over_body("hibob", "Bob-Signature");
  profile.algorithm = HmacAlgorithm::sha512;
  profile.encoding = SignatureEncoding::base64;
  return profile;
}

SignatureProfile bearer() {
  SignatureProfile profile;
  profile.name = "bearer";
  profile.bearer = true;
  return profile;
}

constexpr std::array builtin_profiles{
    &standard_webhooks, &github, &bamboohr, &deel, &gusto, &merge, &finch, &hibob, &bearer};

}  // namespace

std::optional<SignatureProfile> builtin_profile(std::string_view name) {
  for (const auto make : builtin_profiles) {
    SignatureProfile profile = make();
    if (profile.name == name) return profile;
  }
  return std::nullopt;
}

std::vector<std::string> builtin_profile_names() {
  std::vector<std::string> names;
  for (const auto make : builtin_profiles) names.push_back(make().name);
  return names;
}

std::optional<HmacAlgorithm> parse_hmac_algorithm(std::string_view text) {
  if (text == "sha256") return HmacAlgorithm::sha256;
  if (text == "sha512") return HmacAlgorithm::sha512;
  return std::nullopt;
}

std::optional<KeyEncoding> parse_key_encoding(std::string_view text) {
  if (text == "text") return KeyEncoding::text;
  if (text == "base64") return KeyEncoding::base64;
  return std::nullopt;
}

std::optional<SignatureEncoding> parse_signature_encoding(std::string_view text) {
  if (text == "hex") return SignatureEncoding::hex;
  if (text == "base64") return SignatureEncoding::base64;
  if (text == "base64url") return SignatureEncoding::base64url;
  return std::nullopt;
}

}  // namespace rosterd::ingest
