#include "compose.hpp"

#include "config_check.hpp"
#include "drops.hpp"
#include "listening.hpp"
#include "operating.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/toml/config_reader.hpp"
#include "rosterd/adapters/toml/policy_reader.hpp"
#include "rosterd/base/assert.hpp"
#include "rosterd/domain/structure.hpp"
#include "rosterd/sync/structure.hpp"
#include "webhook_sources.hpp"

#include <boost/asio/as_tuple.hpp>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace rosterd {

namespace {

sqlite::StoreOptions store_options(
    const StoreConfig& config, Instant now, prometheus::Metrics& metrics
) {
  sqlite::StoreOptions options;
  options.path = config.path;
  options.open_events_max = config.open_events_max;
  options.free_bytes_min = config.free_bytes_min;
  options.now = now;
  options.on_commit = [&metrics](const sqlite::CommitReport& commit) {
    metrics.committed(commit.took, commit.events);
  };
  return options;
}

sync::EngineConfig engine_config(const Config& config) {
  sync::EngineConfig engine;
  engine.worker = config.worker;
  engine.guard = config.guard;
  engine.reconcile = config.reconcile;
  engine.storage_bytes_max = config.target.storage_bytes_max;
  engine.storage_every = config.target.storage_every;
  return engine;
}

ingest::WebhookEndpoint make_endpoint(
    ingest::WebhookEndpoint::Parts parts, const Config& config, const Policy& policy
) {
  WebhookSources sources =
      webhook_sources(config.webhook, policy.lifecycle.time_zone, parts.crypto, parts.zones);
  ROSTERD_ASSERT(sources.problems.empty(), "the configuration was checked before");
  return ingest::WebhookEndpoint(parts, event_limits(config.webhook), std::move(sources.sources));
}

http::Options webhook_options(const WebhookConfig& config) {
  http::Options options;
  options.limits.header_bytes_max = config.header_bytes_max;
  options.limits.connections_max = config.connections_max;
  options.limits.header_read = config.header_time_max;
  options.limits.body_read = config.body_time_max;
  options.limits.idle = config.idle_time_max;
  if (!config.tls_certificate.empty()) {
    options.tls = http::TlsFiles{config.tls_certificate.string(), config.tls_key.string()};
  }
  return options;
}

WorkStore::Retention retention_of(const StoreConfig& config) {
  WorkStore::Retention retention;
  retention.payload = config.keep_payloads;
  retention.events = config.keep_events;
  retention.deduplication = config.keep_duplicates;
  retention.operations = config.keep_operations;
  return retention;
}

std::chrono::milliseconds in_milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

/// Longer than any step of the worker may take: one call to the tenant, or its longest sleep.
Duration worker_still_max(const Config& config) {
  constexpr Duration least = std::chrono::minutes{10};
  return std::max({least, 3 * config.target.write_time_max, 2 * config.worker.idle_poll_max});
}

constexpr const char* worker_task = "worker";
constexpr auto prune_every = std::chrono::minutes{10};
constexpr std::size_t prune_rows_max = 500;

}  // namespace

Daemon::Daemon(Config config, std::shared_ptr<const Policy> policy)
    : config_(std::move(config)),
      policy_(std::move(policy)),
      log_(clock_, system::log_level(config_.log.level).value_or(LogLevel::info)),
      crypto_(openssl::make_crypto()),
      // From here on a signal waits for the loop, also while a large store is being opened.
      signals_(loop_, SIGTERM, SIGINT, SIGHUP),
      // The store takes the lock: from here on no other process writes.
      store_(store_options(config_.store, clock_.now(), metrics_), *crypto_, loop_.get_executor()),
      crash_mark_(config_.store.path.string() + ".crashed"),
      client_(loop_.get_executor(), config_.target, clock_, log_),
      engine_(
          {store_.work(),
           client_,
           client_,
           client_,
           client_,
           zones_,
           *crypto_,
           clock_,
           randomness_,
           metrics_,
           log_},
          engine_config(config_),
          policy_,
          loop_.get_executor()
      ),
      webhooks_(
          make_endpoint({store_.event_log(), *crypto_, zones_, clock_, log_}, config_, *policy_)
      ),
      operator_api_(
          {store_.control(),
           clock_,
           log_,
           [this] { return not_ready(); },
           [this] { engine_.notify(); },
           [this](const std::string& drop, const std::string& sha256) {
             return drops_->approve(drop, sha256);
           },
           [this](sync::HoldDecision decision) { return engine_.decide(std::move(decision)); },
           [this](bool repair) { return engine_.reconcile(repair); }}
      ),
      drops_(std::make_unique<Drops>(
          config_.drops,
          Drops::Parts{loop_, store_.intake(), *crypto_, zones_, clock_, log_},
          [this] { engine_.notify(); }
      )),
      supervisor_(loop_) {
  webhooks_.on_accepted = [this](bool) { engine_.notify(); };
  log_.show_personal_data(config_.log.personal_data);
  auto sockets = manager_.take_sockets();
  open_webhooks(sockets);
  operating_ = std::make_unique<Operating>(*this, sockets);
}

Daemon::~Daemon() = default;

void Daemon::open_webhooks(std::vector<system::InheritedSocket>& sockets) {
  const ServerParts parts{loop_, webhooks_, clock_, log_};
  const http::Options options = webhook_options(config_.webhook);
  const auto inherited = std::find_if(sockets.begin(), sockets.end(), [](const auto& socket) {
    return socket.name == "webhook";
  });
  if (inherited != sockets.end()) {
    const http::InheritedListen endpoint{inherited->fd};
    webhook_server_ = listen_on(endpoint, "rosterd.socket", parts, options);
  } else if (!config_.webhook.listen.empty() && !config_.webhook.sources.empty()) {
    const auto endpoint = tcp_listen(config_.webhook.listen);
    if (!endpoint) throw std::runtime_error("[webhook] listen is no HOST:PORT");
    webhook_server_ = listen_on(*endpoint, "[webhook] listen", parts, options);
  }
}

void Daemon::run() {
  supervisor_.spawn("start", start());
  loop_.run();
  operating_->close();  // its reader would keep the store's log from being put away
  store_.close();
  if (supervisor_.failure()) {
    log_.error("a task ended the daemon", {{"task", supervisor_.failed_task()}});
    leave_mark_unless_environment_is_broken();
    std::rethrow_exception(supervisor_.failure());
  }
  log_.notice("stopped");
}

// A full disk or a broken file is a runtime_error and no event's fault; anything else that came
// through the worker is a bug that an event has found.
void Daemon::leave_mark_unless_environment_is_broken() {
  if (supervisor_.failed_task() != worker_task) return;
  try {
    std::rethrow_exception(supervisor_.failure());
  } catch (const std::runtime_error&) {
    return;
  } catch (...) {
    crash_mark_.leave();
  }
}

Task<void> Daemon::start() {
  const std::stop_token stop = supervisor_.stop_token();
  supervisor_.spawn("signals", handle_signals(stop));
  co_await recover();
  if (stop.stop_requested()) co_return;

  if (webhook_server_) supervisor_.spawn("webhooks", webhook_server_->run(stop));
  operating_->spawn(supervisor_);
  drops_->spawn(supervisor_);
  supervisor_.spawn(worker_task, engine_.run(stop));
  supervisor_.spawn("leavers' access", engine_.check_leavers(stop));
  supervisor_.spawn("watchdog", feed_watchdog(stop));
  supervisor_.spawn("retention", prune(stop));
  supervisor_.spawn("tenant", check_tenant());
  ready_ = true;
  manager_.ready("accepting events");
  std::vector<LogField> fields;
  if (webhook_server_) fields.emplace_back("webhook_port", std::int64_t{webhook_server_->port()});
  if (const std::uint16_t port = operating_->tcp_port()) {
    fields.emplace_back("operator_port", std::int64_t{port});
  }
  fields.emplace_back("drops", static_cast<std::int64_t>(config_.drops.size()));
  log_.notice("ready", fields);
  co_await reload_while_wanted();
}

Task<void> Daemon::recover() {
  const Instant now = clock_.now();
  std::optional<int> crashes_max;
  if (crash_mark_.was_left()) crashes_max = config_.worker.crashes_max;
  const auto recovery = co_await store_.work().recover(now, crashes_max);
  poisoned_ = recovery.poisoned;
  if (recovery.requeued > 0 || recovery.poisoned > 0) {
    log_.notice(
        "recovered after a crash",
        {{"requeued", static_cast<std::int64_t>(recovery.requeued)},
         {"poisoned", static_cast<std::int64_t>(recovery.poisoned)}}
    );
  }
  const bool changed = co_await store_.work().use_policy(policy_->version, policy_->text, now);
  if (changed) log_.notice("policy in force", {{"policy", policy_->version}});
}

// A policy that names what the tenant lacks would kill events one by one; say it once, at once.
Task<void> Daemon::check_tenant() {
  const std::shared_ptr<const Policy> policy = policy_;
  if (policy->create_structure) co_await make_structure();
  sync::StructureSync structure(client_, client_);
  auto looked = co_await structure.look(*policy);
  if (!looked) {
    log_.warning(
        "the tenant cannot be read yet",
        {{"error", std::string(to_string(looked.error().error))}, {"reason", looked.error().text}}
    );
    co_return;
  }
  for (const StructureStep& step : looked->missing.steps) {
    log_.warning("the tenant lacks what the policy declares", {{"missing", step.text}});
  }
  for (const UnknownName& unknown : unknown_names(*policy, looked->tenant)) {
    log_.error(
        "a rule gives what the tenant does not have: events that need it will be dead",
        {{"rule", unknown.rule},
         {"entitlement", to_string(unknown.name)},
         {"nearest", unknown.nearest.value_or("")}}
    );
  }
  engine_.know(std::move(looked->tenant));
}

Task<void> Daemon::make_structure() {
  const std::shared_ptr<const Policy> policy = policy_;
  sync::StructureSync structure(client_, client_);
  const auto report = co_await structure.apply(*policy);
  for (const std::string& done : report.done) log_.notice("structure", {{"done", done}});
  for (const std::string& problem : report.problems) {
    log_.warning("structure", {{"problem", problem}});
  }
  if (report.error) {
    log_.warning(
        "structure could not be completed",
        {{"step", report.failed_step}, {"reason", report.error->text}}
    );
  }
  if (!report.done.empty()) engine_.notify();
}

Task<void> Daemon::handle_signals(std::stop_token stop) {
  const std::stop_callback cancel(stop, [this] { signals_.cancel(); });
  while (!stop.stop_requested()) {
    const auto [error, signal] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    if (signal == SIGHUP) {
      reload_wanted_ = true;
      if (ready_) co_await reload_while_wanted();
      continue;
    }
    log_.notice("stopping");
    manager_.stopping();
    supervisor_.request_stop(in_milliseconds(config_.shutdown.grace));
  }
}

Task<void> Daemon::reload_while_wanted() {
  if (std::exchange(reloading_, true)) co_return;
  while (std::exchange(reload_wanted_, false)) co_await reload();
  reloading_ = false;
}

// A file with an error changes nothing: all of it is read before any of it is used.
Task<void> Daemon::reload() {
  manager_.reloading();
  auto fresh = read_again();
  if (fresh) {
    const std::shared_ptr<const Policy> policy = fresh->policy;
    const Instant now = clock_.now();
    co_await store_.work().use_policy(policy->version, policy->text, now);
    policy_ = policy;
    engine_.replace_policy(policy);
    engine_.replace_guard(fresh->config.guard);
    webhooks_.replace_sources(std::move(fresh->sources));
    operating_->reload(fresh->config);
    client_.reload_credentials(fresh->config.target.client_id, fresh->config.target.client_secret);
    log_.set_level(system::log_level(fresh->config.log.level).value_or(LogLevel::info));
    log_.show_personal_data(fresh->config.log.personal_data);
    log_.notice("reloaded", {{"policy", policy->version}});
    if (!fresh->config.webhook.sources.empty() && !webhook_server_) {
      log_.warning("there are webhook sources now, but nothing listens before a restart");
    }
    supervisor_.spawn("tenant", check_tenant());
  }
  manager_.ready("accepting events");
}

std::optional<Daemon::Reloaded> Daemon::read_again() {
  auto config = config_files::read_config(config_.file, credentials_);
  const std::filesystem::path policy_file =
      config.config ? config.config->policy_file : config_.policy_file;
  auto policy = config_files::read_policy(policy_file, zones_, *crypto_);
  std::vector<std::string> problems;
  for (const ConfigProblem& problem : config.problems) problems.push_back(problem.to_string());
  for (const ConfigProblem& problem : policy.problems) problems.push_back(problem.to_string());
  if (config.config) {
    const auto more = config_problems(*config.config, *crypto_, zones_);
    problems.insert(problems.end(), more.begin(), more.end());
  }
  for (const std::string& problem : problems) {
    log_.error("reload refused; what was in force stays", {{"problem", problem}});
  }
  if (!problems.empty()) return std::nullopt;
  Reloaded fresh;
  fresh.config = std::move(*config.config);
  fresh.policy = std::make_shared<const Policy>(std::move(*policy.policy));
  fresh.sources =
      webhook_sources(fresh.config.webhook, fresh.policy->lifecycle.time_zone, *crypto_, zones_)
          .sources;
  return fresh;
}

// Fed by real progress: the loop turned, the store answered, and the worker came a step further.
Task<void> Daemon::feed_watchdog(std::stop_token stop) {
  const auto interval = manager_.watchdog_interval();
  if (!interval) co_return;
  Wakeup wakeup(loop_.get_executor());
  const std::stop_callback wake(stop, [&wakeup] { wakeup.notify(); });
  bool told = false;
  while (!stop.stop_requested()) {
    const Instant now = clock_.now();
    co_await store_.work().next_due_at(now);
    if (engine_.still_for() <= worker_still_max(config_)) {
      manager_.alive();
    } else if (!std::exchange(told, true)) {
      log_.error("the worker does not move any more; the watchdog will end the daemon");
    }
    co_await wakeup.wait_for(*interval / 3);
  }
}

Task<void> Daemon::prune(std::stop_token stop) {
  const WorkStore::Retention retention = retention_of(config_.store);
  Wakeup wakeup(loop_.get_executor());
  const std::stop_callback wake(stop, [&wakeup] { wakeup.notify(); });
  while (!stop.stop_requested()) {
    const Instant now = clock_.now();
    const std::size_t rows = co_await store_.work().prune(now, retention, prune_rows_max);
    if (rows == 0) co_await wakeup.wait_for(prune_every);
  }
}

std::vector<std::string> Daemon::not_ready() const {
  std::vector<std::string> missing;
  if (!ready_) missing.emplace_back("recovery is not done");
  if (const auto pause = client_.pause()) missing.push_back("target paused: " + pause->reason);
  if (client_.breaker_state() == Breaker::State::open) {
    missing.emplace_back("target: the breaker is open");
  }
  return missing;
}

}  // namespace rosterd
