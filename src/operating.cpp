#include "operating.hpp"

#include "cli/explain_input.hpp"
#include "cli/explain_output.hpp"
#include "drops.hpp"
#include "listening.hpp"
#include "process_usage.hpp"
#include "rosterd/adapters/tcmalloc/free_memory.hpp"
#include "rosterd/base/text.hpp"

#include <boost/system/system_error.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace rosterd {

namespace {

/// How often the total of calls is looked at, for the calls of the last minute.
constexpr std::chrono::seconds look_every{5};

std::optional<http::TlsFiles> tls_files(const OperatorConfig& config) {
  if (config.tls_certificate.empty()) return std::nullopt;
  return http::TlsFiles{config.tls_certificate.string(), config.tls_key.string()};
}

bool stays_on_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

Daemon::Operating::Operating(Daemon& daemon, std::vector<system::InheritedSocket>& sockets)
    : daemon_(daemon),
      settings_{daemon.config_.guard, daemon.config_.log.personal_data},
      started_at_(daemon.clock_.now()),
      started_(daemon.clock_.monotonic()),
      store_(
          daemon.loop_.get_executor(),
          [path = daemon.config_.store.path] { return sqlite::open_views(path); }
      ),
      reads_(
          {store_,
           history_,
           daemon.log_,
           [this] { return live(); },
           [this] { return explain(); },
           [this] { return settings_.personal_data; }}
      ),
      metrics_({store_, daemon.metrics_, daemon.log_, [this] { return snapshot(); }}),
      socket_door_(door_parts(), std::nullopt),
      tcp_door_(door_parts(), daemon.config_.operator_.token) {
  listen_on_socket(sockets);
  listen_on_tcp();
}

OperatorDoor::Parts Daemon::Operating::door_parts() {
  return {
      daemon_.operator_api_,
      reads_,
      metrics_,
      page_files(),
      *daemon_.crypto_,
      daemon_.clock_,
      daemon_.log_};
}

void Daemon::Operating::listen_on_socket(std::vector<system::InheritedSocket>& sockets) {
  const auto inherited = std::find_if(sockets.begin(), sockets.end(), [](const auto& socket) {
    return socket.name == "operator";
  });
  if (inherited != sockets.end()) return adopt(*inherited);
  const OperatorConfig& config = daemon_.config_.operator_;
  if (config.socket.empty()) return;
  const ServerParts parts{daemon_.loop_, socket_door_, daemon_.clock_, daemon_.log_};
  const http::UnixListen endpoint{config.socket.string(), config.socket_mode};
  socket_ = listen_on(endpoint, "[operator] socket", parts, http::Options());
}

// A mode is a permission only where there is a file to have one.
void Daemon::Operating::adopt(const system::InheritedSocket& socket) {
  const bool has_mode = is_unix_socket(socket.fd);
  if (!has_mode && daemon_.config_.operator_.token.empty()) {
    throw std::runtime_error(
        "systemd hands over a TCP port for the operator, and [operator] has no token, which keeps "
        "others out"
    );
  }
  OperatorDoor& door = has_mode ? socket_door_ : tcp_door_;
  const ServerParts parts{daemon_.loop_, door, daemon_.clock_, daemon_.log_};
  http::Options options;
  if (!has_mode) options.tls = tls_files(daemon_.config_.operator_);
  socket_ = listen_on(http::InheritedListen{socket.fd}, "rosterd-operator.socket", parts, options);
}

void Daemon::Operating::listen_on_tcp() {
  const OperatorConfig& config = daemon_.config_.operator_;
  if (config.listen.empty()) return;
  const auto endpoint = tcp_listen(config.listen);
  if (!endpoint) throw std::runtime_error("[operator] listen is no HOST:PORT");
  http::Options options;
  options.tls = tls_files(config);
  if (!options.tls && !stays_on_this_machine(endpoint->host)) {
    daemon_.log_.warning(
        "the operator's token crosses the network in the clear, unless TLS ends in front",
        {{"listen", config.listen}}
    );
  }
  const ServerParts parts{daemon_.loop_, tcp_door_, daemon_.clock_, daemon_.log_};
  tcp_ = listen_on(*endpoint, "[operator] listen", parts, options);
}

void Daemon::Operating::spawn(Supervisor& supervisor) {
  const std::stop_token stop = supervisor.stop_token();
  if (socket_) supervisor.spawn("operator", socket_->run(stop));
  if (tcp_) supervisor.spawn("operator over TCP", tcp_->run(stop));
  supervisor.spawn("history", record(stop));
}

void Daemon::Operating::reload(const Config& fresh) {
  settings_.guard = fresh.guard;
  settings_.personal_data = fresh.log.personal_data;
  tcp_door_.replace_token(fresh.operator_.token);
  if (fresh.operator_.listen != daemon_.config_.operator_.listen) {
    daemon_.log_.warning("[operator] listen has changed, which takes a restart");
  }
}

Task<void> Daemon::Operating::record(std::stop_token stop) {
  Wakeup wakeup(daemon_.loop_.get_executor());
  const std::stop_callback wake(stop, [&wakeup] { wakeup.notify(); });
  Duration next_point = started_;
  while (!stop.stop_requested()) {
    const Duration now = daemon_.clock_.monotonic();
    call_rate_.note(now, calls());
    tcmalloc::return_free_memory();
    if (now >= next_point) {
      next_point =
          std::max(next_point, now - OperatorHistory::interval) + OperatorHistory::interval;
      co_await add_to_history();
    }
    co_await wakeup.wait_for(look_every);
  }
}

Task<void> Daemon::Operating::add_to_history() {
  auto work = [](Views& views) { return views.status(); };
  std::string why_not;
  try {
    const StatusView view = co_await store_.read(std::move(work));
    const sync::EngineStatistics& done = daemon_.engine_.statistics();
    HistoryTotals totals;
    totals.applied = done.applied;
    totals.granted = done.grants;
    totals.removed = done.revocations;
    totals.calls = calls();
    totals.lost_writes = done.lost_writes;
    history_.add(daemon_.clock_.now(), view, totals);
  } catch (const boost::system::system_error&) {
    throw;  // cancelled: the daemon stops
  } catch (const std::exception& error) {
    why_not = error.what();
  }
  if (why_not.empty()) co_return;
  daemon_.log_.warning("a minute is missing in the history", {{"error", printable(why_not)}});
}

std::uint64_t Daemon::Operating::calls() const {
  std::uint64_t sum = 0;
  for (const auto& [call, count] : daemon_.client_.statistics().calls) sum += count;
  return sum;
}

LiveStatus Daemon::Operating::live() const {
  const Duration now = daemon_.clock_.monotonic();
  LiveStatus live;
  live.not_ready = daemon_.not_ready();
  live.breaker = daemon_.client_.breaker_state();
  live.pause = daemon_.client_.pause();
  live.calls_per_second = daemon_.client_.calls_per_second();
  live.calls_last_minute = call_rate_.in_last_minute(now, calls());
  live.time_to_revoke = daemon_.metrics_.revoke_times();
  live.storage_limit = daemon_.config_.target.storage_bytes_max;
  live.uptime = now - started_;
  return live;
}

OperatorReads::Explain Daemon::Operating::explain() const {
  const Instant now = daemon_.clock_.now();
  const TimeZones& zones = daemon_.zones_;
  return [policy = daemon_.policy_, guard = settings_.guard, now, &zones](
             Views& views, const PersonId& id
         ) -> std::optional<std::string> {
    const auto row = views.person(id);
    if (!row) return std::nullopt;
    sync::ExplainInput input = cli::explain_input(views, *row, guard, now);
    cli::ExplainedPerson person;
    person.record = row->record;
    person.tenant_asked = false;
    person.explanation = sync::explain(input, {*policy, guard, zones, now});
    person.events = std::move(input.events);
    constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
    return json_of(person).dump(-1, ' ', false, replace) + "\n";
  };
}

prometheus::MetricsSnapshot Daemon::Operating::snapshot() const {
  prometheus::MetricsSnapshot snapshot;
  snapshot.now = daemon_.clock_.now();
  snapshot.version = ROSTERD_VERSION;
  snapshot.policy_version = daemon_.policy_->version;
  snapshot.ready = daemon_.not_ready().empty();
  add_work(snapshot);
  add_ingest(snapshot);
  add_target(snapshot);
  if (daemon_.webhook_server_) {
    snapshot.connections["webhook"] = daemon_.webhook_server_->connections();
  }
  for (const auto* server : {socket_.get(), tcp_.get()}) {
    if (server != nullptr) snapshot.connections["operator"] += server->connections();
  }
  snapshot.process = process_usage(started_at_);
  return snapshot;
}

void Daemon::Operating::add_work(prometheus::MetricsSnapshot& snapshot) const {
  const sync::EngineStatistics& done = daemon_.engine_.statistics();
  snapshot.rounds = done.rounds;
  snapshot.applied = done.applied;
  snapshot.granted = done.grants;
  snapshot.removed = done.revocations;
  snapshot.lost_writes = done.lost_writes;
  snapshot.reconciliations = done.reconciliations;
  snapshot.retries = done.retries;
  snapshot.dead = done.dead_by_class;
  snapshot.dead[ErrorClass::poison] += daemon_.poisoned_;
  snapshot.last_round_at = done.last_round_at;
}

void Daemon::Operating::add_ingest(prometheus::MetricsSnapshot& snapshot) const {
  snapshot.events[{"(unknown)", "unauthorized"}] = 0;
  for (const auto& [source, counts] : daemon_.webhooks_.counts()) {
    const std::string name = source.empty() ? "(unknown)" : source;
    snapshot.events[{name, "unauthorized"}] = counts.unauthorized;
    if (source.empty()) continue;
    snapshot.events[{name, "accepted"}] = counts.accepted;
    snapshot.events[{name, "duplicate"}] = counts.duplicate;
    snapshot.events[{name, "conflict"}] = counts.conflict;
    snapshot.events[{name, "invalid"}] = counts.invalid;
    snapshot.events[{name, "refused"}] = counts.refused;
  }
  for (const auto& [drop, counts] : daemon_.drops_->counts()) {
    snapshot.events[{drop, "accepted"}] = counts.accepted;
    snapshot.events[{drop, "invalid"}] = counts.invalid;
    for (const auto& [state, files] : counts.files) {
      snapshot.taken[{drop, std::string(to_string(state))}] = files;
    }
  }
}

void Daemon::Operating::add_target(prometheus::MetricsSnapshot& snapshot) const {
  const extension::Client& client = daemon_.client_;
  snapshot.target_calls = client.statistics().calls;
  snapshot.breaker = client.breaker_state();
  snapshot.target_paused = client.pause().has_value();
  snapshot.calls_per_second = client.calls_per_second();
  snapshot.last_latency = client.statistics().last_latency;
  snapshot.storage_limit = daemon_.config_.target.storage_bytes_max;
}

}  // namespace rosterd
