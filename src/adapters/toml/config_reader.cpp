#include "rosterd/adapters/toml/config_reader.hpp"

#include "adapters/toml/document.hpp"
#include "adapters/toml/drop_reader.hpp"
#include "adapters/toml/guard_reader.hpp"
#include "adapters/toml/operator_reader.hpp"
#include "adapters/toml/secret_reader.hpp"
#include "adapters/toml/table_reader.hpp"
#include "adapters/toml/webhook_reader.hpp"
#include "rosterd/base/text.hpp"

#include <limits>
#include <set>

namespace rosterd::config_files {

namespace {

constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();

void read_store(TableReader& table, StoreConfig& store, const std::filesystem::path& base) {
  table.path("path", store.path, base);
  table.integer("open_events_max", store.open_events_max, 1, unlimited);
  table.bytes("free_bytes_min", store.free_bytes_min, 0);
  table.duration("keep_payloads", store.keep_payloads);
  table.duration("keep_events", store.keep_events);
  table.duration("keep_duplicates", store.keep_duplicates);
  table.duration("keep_operations", store.keep_operations);
  if (store.path.empty()) table.problem("path", "path is empty, should be the SQLite file");
  if (store.keep_payloads > store.keep_events) {
    table.problem("keep_payloads", "keep_payloads is longer than keep_events, which holds them");
  }
}

/// Whether requests to the URL stay on this machine, so that they may go without TLS.
bool is_loopback(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme) || url.find('@') != std::string_view::npos) return false;
  const std::string_view rest = url.substr(scheme.size());
  const std::string_view host = rest.substr(0, rest.find_first_of(":/?#", rest.find(']') + 1));
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos;
}

void check_url(TableReader& table, std::string_view key, const std::string& url) {
  if (url.empty() || url.starts_with("https://") || is_loopback(url)) return;
  const std::string what =
      url.starts_with("http://")
          ? " would send secrets in the clear; should be https:// (http:// only to this machine)"
          : " should be a URL: https://…";
  table.problem(key, std::string(key) + what);
}

void read_time_limits(TableReader& table, TargetConfig& target) {
  table.duration("resolve_time_max", target.resolve_time_max, 100ms);
  table.duration("connect_time_max", target.connect_time_max, 100ms);
  table.duration("handshake_time_max", target.handshake_time_max, 100ms);
  table.duration("read_time_max", target.read_time_max, 100ms);
  table.duration("write_time_max", target.write_time_max, 100ms);
}

/// The tenant's storage and how often it is looked at.
void read_storage(TableReader& table, TargetConfig& target) {
  constexpr std::uint64_t bytes_min = 1U << 10U;
  table.bytes("storage_bytes_max", target.storage_bytes_max, 0);
  if (target.storage_bytes_max != 0 && target.storage_bytes_max < bytes_min) {
    table.problem(
        "storage_bytes_max",
        "storage_bytes_max is " + std::to_string(target.storage_bytes_max) +
            " bytes, should be at least 1 KiB, as in \"500 KiB\", or 0: no limit"
    );
  }
  table.duration("storage_every", target.storage_every, 1h);
}

void read_target(
    TableReader& table,
    TargetConfig& target,
    const std::filesystem::path& base,
    const SecretReader& secrets
) {
  table.require("base_url", "the extension's API, shown by it under API; it ends in /api");
  table.require("client_id", "the application that rosterd is to the tenant");
  table.require("client_secret", R"(a reference, as { credential = "auth0_client_secret" })");
  table.text("base_url", target.base_url);
  table.text("domain", target.domain);
  table.text("token_url", target.token_url);
  table.text("client_id", target.client_id);
  secrets.read(table, "client_secret", target.client_secret);
  table.text("audience", target.audience);
  table.path("ca_file", target.ca_file, base);
  table.text("proxy", target.proxy);
  table.number("calls_per_second", target.calls_per_second, 0.01, 100'000);
  table.number("burst", target.burst, 1, 100'000);
  read_time_limits(table, target);
  table.bytes("answer_bytes_max", target.answer_bytes_max, 64U << 10U);
  table.bytes("body_bytes_max", target.body_bytes_max, 1024);
  read_storage(table, target);

  check_url(table, "base_url", target.base_url);
  check_url(table, "token_url", target.token_url);
  while (target.base_url.ends_with('/')) target.base_url.pop_back();
  if (!target.base_url.empty() && !target.base_url.ends_with("/api")) {
    table.problem("base_url", "base_url is " + in_quotes(target.base_url) + ", should end in /api");
  }
  if (target.domain.empty() && target.token_url.empty()) {
    table.problem(
        table.position(), "[target] has no domain: the tenant's, as \"TENANT.eu.auth0.com\""
    );
  }
  if (target.domain.find_first_of("/:@ ") != std::string::npos) {
    table.problem(
        "domain",
        "domain is " + in_quotes(target.domain) + ", should be a host name, without https://"
    );
  }
  if (!target.proxy.empty() && !target.proxy.starts_with("http://")) {
    table.problem("proxy", "proxy should be http://HOST:PORT");
  }
  if (target.body_bytes_max > 1U << 20U) {
    table.problem("body_bytes_max", "body_bytes_max is over 1 MiB, which the extension refuses");
  }
}

void read_worker(TableReader& table, WorkerConfig& worker) {
  table.integer("events_max", worker.events_max, 1, 10'000'000);
  table.integer("people_max", worker.people_max, 1, 10'000'000);
  table.integer("rewrites_max", worker.rewrites_max, 0, 100);
  table.integer("crashes_max", worker.crashes_max, 1, 100);
  table.durations("retry_delays", worker.retry_delays);
  table.duration("leaver_delay_max", worker.leaver_delay_max, 1s);
  table.duration("account_recheck", worker.account_recheck, 1s);
  table.duration("round_time_max", worker.round_time_max, 1s);
  table.integer("bulk_lookup_min", worker.bulk_lookup_min, 1, unlimited);
  table.duration("idle_poll_max", worker.idle_poll_max, 100ms);
}

void read_log(TableReader& table, LogConfig& log) {
  table.one_of("level", log.level, {"debug", "info", "notice", "warning", "error"});
  table.boolean("personal_data", log.personal_data);
}

void read_drops(
    TableReader& root, std::vector<DropConfig>& drops, const std::filesystem::path& base
) {
  std::set<std::string> names;
  std::set<std::filesystem::path> folders;
  root.sections("drop", [&](TableReader& table) {
    DropConfig& drop = drops.emplace_back();
    read_drop(table, drop, base);
    if (!drop.name.empty() && !is_plain_name(drop.name)) {
      table.problem(
          "name",
          "name is " + in_quotes(drop.name) + ", should be letters, digits, \"-\", \"_\" and \".\""
      );
    }
    if (!names.insert(drop.name).second) {
      table.problem("name", "a second drop is named " + in_quotes(drop.name));
    }
    if (!folders.insert(drop.folder).second) {
      table.problem("folder", "two drops share the folder " + in_quotes(drop.folder.string()));
    }
  });
}

void check_source_names(TableReader& root, const Config& config) {
  for (const DropConfig& drop : config.drops) {
    for (const WebhookSourceConfig& source : config.webhook.sources) {
      if (drop.name.empty() || drop.name != source.name) continue;
      root.problem(
          "drop",
          "a drop and a webhook source are both named " + in_quotes(drop.name) +
              "; event ids are unique per name, so each needs its own"
      );
    }
  }
}

}  // namespace

ConfigResult read_config_text(
    std::string_view text, const std::filesystem::path& file, const CredentialSource& credentials
) {
  Problems problems(file.string());
  const auto document = parse(text, problems);
  if (!document) return {.config = std::nullopt, .problems = problems.sorted()};

  const auto base = file.parent_path();
  const SecretReader secrets(credentials, base);
  Config config;
  config.file = file;
  config.policy_file = base / "policy.toml";
  TableReader root(*document, problems);
  root.path("policy", config.policy_file, base);
  root.require("target", "the Authorization Extension to keep in step, as [target]");
  root.section("store", [&](auto& table) { read_store(table, config.store, base); });
  root.section("target", [&](auto& table) { read_target(table, config.target, base, secrets); });
  root.section("worker", [&](auto& table) { read_worker(table, config.worker); });
  root.section("guard", [&](auto& table) { read_guard(table, config.guard); });
  root.section("reconcile", [&](auto& table) { read_reconcile(table, config.reconcile); });
  root.section("webhook", [&](auto& table) { read_webhook(table, config.webhook, base, secrets); });
  read_drops(root, config.drops, base);
  root.section("operator", [&](auto& table) {
    read_operator(table, config.operator_, base, secrets);
  });
  root.section("log", [&](auto& table) { read_log(table, config.log); });
  root.section("shutdown", [&](auto& table) {
    table.duration("grace", config.shutdown.grace, 1s);
  });
  check_source_names(root, config);
  root.finish();

  if (!problems.empty()) return {.config = std::nullopt, .problems = problems.sorted()};
  return {.config = std::move(config), .problems = {}};
}

ConfigResult read_config(const std::filesystem::path& file, const CredentialSource& credentials) {
  Problems problems(file.string());
  const auto text = read_text(file, problems);
  if (!text) return {.config = std::nullopt, .problems = problems.sorted()};
  return read_config_text(*text, file, credentials);
}

}  // namespace rosterd::config_files
