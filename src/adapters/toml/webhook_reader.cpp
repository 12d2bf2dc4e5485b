#include "adapters/toml/webhook_reader.hpp"

#include "adapters/toml/mapping_reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

namespace rosterd::config_files {

namespace {

const std::vector<std::string> built_in_profiles = {
    "standard-webhooks",
    "github",
    "bamboohr",
    "deel",
    "gusto",
    "merge",
    "finch",
    "hibob",
    "bearer"};

void read_source(
    TableReader& table,
    WebhookSourceConfig& source,
    const SecretReader& secrets,
    const std::vector<std::string>& profiles
) {
  table.require("name", "the last part of its path /v1/events/NAME");
  table.require("keys", "the secrets it signs with, as keys = [{ credential = \"NAME\" }]");
  table.text("name", source.name);
  table.one_of("profile", source.profile, profiles);
  secrets.read(table, "keys", source.keys);
  table.duration("tolerance", source.tolerance, 1s);
  table.text("time_zone", source.time_zone);
  table.section("mapping", [&](TableReader& mapping) {
    read_mapping(mapping, source.mapping.emplace());
  });
  if (table.has("name") && !is_plain_name(source.name)) {
    table.problem(
        "name",
        "name is " + in_quotes(source.name) + ", should be letters, digits, \"-\", \"_\" and \".\""
    );
  }
  const auto* keys = table.node("keys");
  if (keys != nullptr && keys->is_array() && keys->as_array()->empty()) {
    table.problem("keys", "keys is empty, so no delivery could be told from a forged one");
  }
}

bool is_placeholder(std::string_view name) {
  constexpr std::string_view header = "header:";
  return name == "body" || name == "method" ||
         (name.starts_with(header) && name.size() > header.size());
}

void check_template(TableReader& table, const std::string& text) {
  bool signs_body = false;
  for (auto open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    const bool closed = close != std::string::npos;
    const std::string name = closed ? text.substr(open + 1, close - open - 1) : "";
    signs_body = signs_body || name == "body";
    if (is_placeholder(name)) continue;
    table.problem(
        "signed_template",
        "signed_template has a placeholder " + in_quotes(name) +
            ", should be {body}, {method} or {header:NAME}"
    );
  }
  if (!signs_body) {
    table.problem(
        "signed_template", "signed_template leaves out {body}, so bodies could be forged"
    );
  }
}

void read_profile(TableReader& table, SignatureProfileConfig& profile) {
  table.require("name", "what sources refer to it by");
  table.require("signature_header", "the header that carries the signature");
  table.text("name", profile.name);
  table.one_of("algorithm", profile.algorithm, {"sha256", "sha512"});
  table.one_of("key_encoding", profile.key_encoding, {"text", "base64"});
  table.text("key_prefix", profile.key_prefix);
  table.text("signed_template", profile.signed_template);
  table.text("signature_header", profile.signature_header);
  table.one_of("signature_encoding", profile.signature_encoding, {"hex", "base64", "base64url"});
  table.text("value_prefix", profile.value_prefix);
  table.boolean("value_list", profile.value_list);
  table.text("timestamp_header", profile.timestamp_header);
  table.text("id_header", profile.id_header);
  check_template(table, profile.signed_template);
  const auto& taken = built_in_profiles;
  if (std::find(taken.begin(), taken.end(), profile.name) != taken.end()) {
    table.problem(
        "name", "the profile " + in_quotes(profile.name) + " is built in; take another name"
    );
  }
}

void read_limits(TableReader& table, WebhookConfig& webhook) {
  table.bytes("header_bytes_max", webhook.header_bytes_max, 1024);
  table.bytes("body_bytes_max", webhook.body_bytes_max, 1024);
  table.duration("header_time_max", webhook.header_time_max, 100ms);
  table.duration("body_time_max", webhook.body_time_max, 100ms);
  table.duration("idle_time_max", webhook.idle_time_max, 100ms);
  table.integer("connections_max", webhook.connections_max, 1, 1'000'000);
  table.integer("batch_events_max", webhook.batch_events_max, 1, 100'000);
}

}  // namespace

void read_webhook(
    TableReader& table,
    WebhookConfig& webhook,
    const std::filesystem::path& base,
    const SecretReader& secrets
) {
  if (table.text("listen", webhook.listen) && !webhook.listen.empty() &&
      !is_address(webhook.listen)) {
    table.problem(
        "listen",
        "listen is " + in_quotes(webhook.listen) +
            ", should be HOST:PORT as in \"127.0.0.1:8085\", "
            "\"[::1]:8085\", or \"\" for no webhooks"
    );
  }
  table.path("tls_certificate", webhook.tls_certificate, base);
  table.path("tls_key", webhook.tls_key, base);
  check_tls_files(table, webhook.tls_certificate, webhook.tls_key);
  read_limits(table, webhook);
  auto profiles = built_in_profiles;
  table.sections("profile", [&](TableReader& profile) {
    read_profile(profile, webhook.profiles.emplace_back());
    profiles.push_back(webhook.profiles.back().name);
  });
  std::set<std::string> names;
  table.sections("source", [&](TableReader& source) {
    read_source(source, webhook.sources.emplace_back(), secrets, profiles);
    const std::string& name = webhook.sources.back().name;
    if (!names.insert(name).second)
      source.problem("name", "a second source is named " + in_quotes(name));
  });
}

bool is_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const std::string host = text.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  if (!bracketed && host.find_first_of(":[] \t") != std::string::npos) return false;
  unsigned port = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, last, port);
  return error == std::errc{} && end == last && port <= 65535;
}

void check_tls_files(
    TableReader& table, const std::filesystem::path& certificate, const std::filesystem::path& key
) {
  if (certificate.empty() == key.empty()) return;
  table.problem(
      key.empty() ? "tls_certificate" : "tls_key",
      "tls_certificate and tls_key go together: give both or none"
  );
}

bool is_plain_name(std::string_view name) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !name.empty() && name.find_first_not_of(plain) == std::string_view::npos;
}

}  // namespace rosterd::config_files
