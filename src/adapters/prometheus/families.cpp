#include "adapters/prometheus/families.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_type.h>

#include <chrono>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace rosterd::prometheus {

namespace {

using ::prometheus::ClientMetric;
using ::prometheus::MetricFamily;
using ::prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

double number(std::uint64_t count) {
  return static_cast<double>(count);
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double unix_seconds(Instant instant) {
  return seconds(instant.time_since_epoch());
}

std::string text(std::string_view name) {
  return std::string(name);
}

/// One family after the other, each with its help beside its name.
class Families {
 public:
  /// A family that is given its samples one by one.
  void begin_counter(const char* name, const char* help) { begin(name, help, MetricType::Counter); }
  void begin_gauge(const char* name, const char* help) { begin(name, help, MetricType::Gauge); }

  void sample(Labels labels, double value) {
    ClientMetric& metric = families_.back().metric.emplace_back();
    metric.label = std::move(labels);
    metric.counter.value = value;
    metric.gauge.value = value;
  }

  void counter(const char* name, const char* help, double value) {
    begin_counter(name, help);
    sample({}, value);
  }
  void gauge(const char* name, const char* help, double value) {
    begin_gauge(name, help);
    sample({}, value);
  }

  std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  void begin(const char* name, const char* help, MetricType type) {
    MetricFamily& family = families_.emplace_back();
    family.name = name;
    family.help = help;
    family.type = type;
  }

  std::vector<MetricFamily> families_;
};

void add_program(Families& out, const MetricsSnapshot& snapshot) {
  out.begin_gauge("rosterd_build_info", "The program that runs; always 1.");
  out.sample({{"version", snapshot.version}}, 1);
  out.begin_gauge("rosterd_policy_info", "The policy in force; always 1.");
  out.sample({{"version", snapshot.policy_version}}, 1);
  out.gauge("rosterd_ready", "Whether /readyz says so.", snapshot.ready ? 1 : 0);
  out.gauge(
      "rosterd_store_readable",
      "Whether the store gave an answer to this scrape; 0: what it knows is missing here.",
      snapshot.store ? 1 : 0
  );
  out.begin_gauge("rosterd_http_connections", "Open connections.");
  for (const auto& [listener, count] : snapshot.connections) {
    out.sample({{"listener", listener}}, number(count));
  }
}

void add_process(Families& out, const ProcessUsage& process) {
  out.gauge(
      "process_start_time_seconds",
      "When the process started, in seconds since the epoch.",
      unix_seconds(process.started_at)
  );
  out.counter("process_cpu_seconds_total", "Processor time used.", process.cpu_seconds);
  out.gauge("process_resident_memory_bytes", "Memory in use.", number(process.resident_bytes));
  out.gauge("process_open_fds", "Open file descriptors.", number(process.open_files));
  if (process.open_files_max == 0) return;
  out.gauge("process_max_fds", "How many there may be.", number(process.open_files_max));
}

void add_pairs(
    Families& out, const char* first, const char* second, const MetricsSnapshot::ByTwo& counts
) {
  for (const auto& [names, count] : counts) {
    out.sample({{first, names.first}, {second, names.second}}, number(count));
  }
}

void add_ingest(Families& out, const MetricsSnapshot& snapshot) {
  out.begin_counter(
      "rosterd_events_total",
      "Events accepted, duplicate, in conflict; deliveries refused; rows that cannot be read."
  );
  add_pairs(out, "source", "result", snapshot.events);
  out.begin_counter("rosterd_files_total", "Files taken from drop folders.");
  add_pairs(out, "source", "result", snapshot.taken);
}

void add_newest_files(Families& out, const MetricsSnapshot& snapshot) {
  out.begin_gauge(
      "rosterd_file_timestamp_seconds",
      "When the newest file of a source was taken, and what became of it."
  );
  std::set<std::string> told;
  for (const Intake& intake : snapshot.files) {
    if (!told.insert(intake.source).second) continue;
    const Labels labels = {{"source", intake.source}, {"state", text(to_string(intake.state))}};
    out.sample(labels, unix_seconds(intake.taken_at));
  }
}

void add_worker(Families& out, const MetricsSnapshot& snapshot) {
  out.counter("rosterd_rounds_total", "Rounds of the worker.", number(snapshot.rounds));
  out.counter("rosterd_applied_total", "Events applied.", number(snapshot.applied));
  out.begin_counter("rosterd_assignments_total", "Assignments changed and verified.");
  out.sample({{"change", "grant"}}, number(snapshot.granted));
  out.sample({{"change", "remove"}}, number(snapshot.removed));
  out.counter(
      "rosterd_lost_writes_total",
      "Writes that the tenant acknowledged and that were not there when read back.",
      number(snapshot.lost_writes)
  );
  out.counter(
      "rosterd_reconciliations_total",
      "Comparisons of everybody with the tenant.",
      number(snapshot.reconciliations)
  );
  if (!snapshot.last_round_at) return;
  out.gauge(
      "rosterd_last_round_age_seconds",
      "Since the worker last ended a round.",
      seconds(snapshot.now - *snapshot.last_round_at)
  );
}

// Every class from the start: an alert on an increase does not see a series that begins with 1.
void add_failures(Families& out, const MetricsSnapshot& snapshot) {
  const auto add = [&](const char* label, const std::map<ErrorClass, std::uint64_t>& counts) {
    for (const ErrorClass error : all_error_classes()) {
      const auto found = counts.find(error);
      const double value = found == counts.end() ? 0 : number(found->second);
      out.sample({{label, text(to_string(error))}}, value);
    }
  };
  out.begin_counter("rosterd_retries_total", "Attempts that failed and are made again.");
  add("class", snapshot.retries);
  out.begin_counter("rosterd_dead_total", "Events that were given up.");
  add("reason", snapshot.dead);
}

double breaker_number(Breaker::State state) {
  switch (state) {
    case Breaker::State::closed:
      return 0;
    case Breaker::State::probing:
      return 1;
    case Breaker::State::open:
      return 2;
  }
  std::abort();
}

void add_target(Families& out, const MetricsSnapshot& snapshot) {
  out.begin_counter(
      "rosterd_target_requests_total",
      "Calls to the tenant by operation and HTTP status; 0: no answer came."
  );
  for (const auto& [call, count] : snapshot.target_calls) {
    const auto& [operation, code] = call;
    out.sample({{"operation", operation}, {"code", std::to_string(code)}}, number(count));
  }
  out.gauge(
      "rosterd_breaker_state",
      "0: closed, calls are made. 1: probing. 2: open, none are made.",
      breaker_number(snapshot.breaker)
  );
  out.gauge(
      "rosterd_target_paused",
      "1: credentials, scopes or certificate keep rosterd from calling; a person must act.",
      snapshot.target_paused ? 1 : 0
  );
  out.gauge(
      "rosterd_target_calls_per_second",
      "The pace that is kept at the moment.",
      snapshot.calls_per_second
  );
  out.gauge(
      "rosterd_target_last_latency_seconds",
      "How long the tenant took for the last call that it answered.",
      seconds(snapshot.last_latency)
  );
  if (snapshot.storage_limit == 0) return;
  out.gauge(
      "rosterd_target_storage_limit_bytes",
      "What the tenant's storage holds at most.",
      number(snapshot.storage_limit)
  );
}

void add_outbox(Families& out, const StatusView& store, Instant now) {
  out.begin_gauge("rosterd_outbox_events", "Events by state.");
  for (const auto& [state, count] : store.events) {
    out.sample({{"state", text(to_string(state))}}, number(count));
  }
  const auto& oldest = store.oldest_open_received_at;
  out.gauge(
      "rosterd_oldest_pending_age_seconds",
      "Since the receipt of the oldest event that is not final yet; 0: there is none.",
      oldest ? seconds(now - *oldest) : 0
  );
  out.gauge("rosterd_database_bytes", "The store's file.", number(store.database_bytes));
}

void add_people(Families& out, const StatusView& store) {
  out.begin_gauge("rosterd_people", "People known, by their status.");
  for (const auto& [state, count] : store.people_by_status) {
    out.sample({{"status", text(to_string(state))}}, number(count));
  }
  out.gauge("rosterd_links", "Accounts that are linked to a person.", number(store.links));
  out.gauge("rosterd_ledger_assignments", "Assignments in the ledger.", number(store.ledger));
}

void add_holds(Families& out, const StatusView& store, const MetricsSnapshot& snapshot) {
  std::uint64_t open = 0;
  std::optional<Instant> oldest;
  for (const Hold& hold : store.holds) {
    if (hold.state != HoldState::open) continue;
    ++open;
    if (!oldest || hold.opened_at < *oldest) oldest = hold.opened_at;
  }
  out.gauge("rosterd_holds", "Holds that wait for a person's decision.", number(open));
  out.gauge(
      "rosterd_oldest_hold_age_seconds",
      "Since the oldest of them was opened; 0: there is none.",
      oldest ? seconds(snapshot.now - *oldest) : 0
  );
  out.gauge(
      "rosterd_held_leavers",
      "People who have left and keep something until somebody decides.",
      number(store.held_leavers.size())
  );
  out.gauge(
      "rosterd_leavers_given_up",
      "People who have left, and whose last event is dead: they may keep access.",
      number(snapshot.leavers_given_up)
  );
  out.gauge(
      "rosterd_residual_access",
      "Ways to groups and roles that leavers have left.",
      number(store.residual)
  );
}

void add_reconciliation(Families& out, const StatusView& store, Instant now) {
  out.begin_gauge("rosterd_drift_assignments", "Differences that the last reconciliation found.");
  for (const DriftKind kind : all_drift_kinds()) {
    const auto found = store.drift.find(kind);
    const double value = found == store.drift.end() ? 0 : number(found->second);
    out.sample({{"kind", text(to_string(kind))}}, value);
  }
  out.gauge(
      "rosterd_contended_assignments",
      "Assignments that somebody else undoes again and again.",
      number(store.contended)
  );
  if (store.storage) {
    out.gauge(
        "rosterd_target_storage_bytes",
        "What the tenant's storage held when it was last asked.",
        number(store.storage->bytes)
    );
  }
  if (!store.reconciliation) return;
  out.gauge(
      "rosterd_reconciliation_age_seconds",
      "Since everybody was last compared with the tenant.",
      seconds(now - store.reconciliation->finished_at)
  );
}

}  // namespace

std::vector<MetricFamily> families_of(const MetricsSnapshot& snapshot) {
  Families out;
  add_program(out, snapshot);
  add_process(out, snapshot.process);
  add_ingest(out, snapshot);
  add_worker(out, snapshot);
  add_failures(out, snapshot);
  add_target(out, snapshot);
  if (!snapshot.store) return out.take();
  add_newest_files(out, snapshot);
  add_outbox(out, *snapshot.store, snapshot.now);
  add_people(out, *snapshot.store);
  add_holds(out, *snapshot.store, snapshot);
  add_reconciliation(out, *snapshot.store, snapshot.now);
  return out.take();
}

}  // namespace rosterd::prometheus
