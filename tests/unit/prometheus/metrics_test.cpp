#include "rosterd/adapters/prometheus/metrics.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <sstream>
#include <string>

namespace rosterd::prometheus {
namespace {

using namespace std::chrono_literals;

const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");

StatusView some_status() {
  StatusView view;
  for (const EventState state : all_event_states()) view.events[state] = 0;
  view.events[EventState::pending] = 7;
  view.events[EventState::dead] = 2;
  view.oldest_open_received_at = now - 90s;
  view.people_by_status[LifecycleState::active] = 40;
  view.links = 39;
  view.ledger = 120;
  view.database_bytes = 4096;
  Hold& open = view.holds.emplace_back();
  open.opened_at = now - 2h;
  view.holds.push_back(open);
  view.holds.back().state = HoldState::rejected;
  view.held_leavers = {PersonId("4711"), PersonId("4712")};
  view.residual = 3;
  view.drift[DriftKind::foreign] = 4;
  view.contended = 1;
  view.reconciliation.emplace().finished_at = now - 10min;
  StorageReading& storage = view.storage.emplace();
  storage.bytes = 300'000;
  storage.at = now;
  return view;
}

MetricsSnapshot some_snapshot() {
  MetricsSnapshot snapshot;
  snapshot.now = now;
  snapshot.version = "0.1.0";
  snapshot.policy_version = "3f2a9b01c4de";
  snapshot.ready = true;
  snapshot.store = some_status();
  snapshot.leavers_given_up = 1;
  snapshot.events[{"hr", "accepted"}] = 12;
  snapshot.events[{"hr", "duplicate"}] = 3;
  snapshot.taken[{"hr-files", "done"}] = 1;
  snapshot.granted = 5;
  snapshot.removed = 6;
  snapshot.retries[ErrorClass::throttled] = 9;
  snapshot.dead[ErrorClass::unknown_entitlement] = 2;
  snapshot.last_round_at = now - 3s;
  snapshot.target_calls[{"add_members", 204}] = 20;
  snapshot.target_calls[{"add_members", 0}] = 1;
  snapshot.breaker = Breaker::State::open;
  snapshot.target_paused = true;
  snapshot.calls_per_second = 0.5;
  snapshot.storage_limit = 512'000;
  snapshot.connections["webhook"] = 3;
  snapshot.process.started_at = now - 1h;
  snapshot.process.open_files_max = 1024;
  return snapshot;
}

/// The lines of the exposition that are samples.
std::set<std::string> samples_in(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line[0] != '#') lines.insert(line);
  }
  return lines;
}

class TheMetrics : public testing::Test {
 protected:
  void expect_samples(const MetricsSnapshot& snapshot, const std::set<std::string>& wanted) {
    const auto samples = samples_in(metrics.render(snapshot));
    for (const std::string& sample : wanted) EXPECT_TRUE(samples.contains(sample)) << sample;
  }

  Metrics metrics;
};

TEST_F(TheMetrics, TellWhatIsInTheStore) {
  expect_samples(
      some_snapshot(),
      {"rosterd_store_readable 1",
       "rosterd_outbox_events{state=\"pending\"} 7",
       "rosterd_outbox_events{state=\"retrying\"} 0",
       "rosterd_outbox_events{state=\"dead\"} 2",
       "rosterd_oldest_pending_age_seconds 90",
       "rosterd_people{status=\"active\"} 40",
       "rosterd_links 39",
       "rosterd_ledger_assignments 120",
       "rosterd_database_bytes 4096",
       "rosterd_holds 1",
       "rosterd_oldest_hold_age_seconds 7200",
       "rosterd_held_leavers 2",
       "rosterd_leavers_given_up 1",
       "rosterd_residual_access 3",
       "rosterd_drift_assignments{kind=\"foreign\"} 4",
       "rosterd_drift_assignments{kind=\"missing\"} 0",
       "rosterd_contended_assignments 1",
       "rosterd_reconciliation_age_seconds 600",
       "rosterd_target_storage_bytes 300000",
       "rosterd_target_storage_limit_bytes 512000"}
  );
}

TEST_F(TheMetrics, TellWhatTheDaemonHasDoneAndHowTheTenantAnswers) {
  expect_samples(
      some_snapshot(),
      {"rosterd_build_info{version=\"0.1.0\"} 1",
       "rosterd_policy_info{version=\"3f2a9b01c4de\"} 1",
       "rosterd_ready 1",
       "rosterd_http_connections{listener=\"webhook\"} 3",
       "rosterd_events_total{source=\"hr\",result=\"accepted\"} 12",
       "rosterd_events_total{source=\"hr\",result=\"duplicate\"} 3",
       "rosterd_files_total{source=\"hr-files\",result=\"done\"} 1",
       "rosterd_assignments_total{change=\"grant\"} 5",
       "rosterd_assignments_total{change=\"remove\"} 6",
       "rosterd_last_round_age_seconds 3",
       "rosterd_target_requests_total{operation=\"add_members\",code=\"204\"} 20",
       "rosterd_target_requests_total{operation=\"add_members\",code=\"0\"} 1",
       "rosterd_breaker_state 2",
       "rosterd_target_paused 1",
       "rosterd_target_calls_per_second 0.5",
       "process_max_fds 1024"}
  );
}

TEST_F(TheMetrics, CountEveryReasonFromTheStartSoThatTheFirstOneIsAnIncrease) {
  expect_samples(
      some_snapshot(),
      {"rosterd_dead_total{reason=\"unknown_entitlement\"} 2",
       "rosterd_dead_total{reason=\"poison\"} 0",
       "rosterd_dead_total{reason=\"storage_full\"} 0",
       "rosterd_retries_total{class=\"throttled\"} 9",
       "rosterd_retries_total{class=\"authentication\"} 0"}
  );
}

TEST_F(TheMetrics, SayNothingOfAStoreThatGaveNoAnswer) {
  MetricsSnapshot snapshot = some_snapshot();
  snapshot.store.reset();

  const std::string text = metrics.render(snapshot);

  EXPECT_NE(text.find("\nrosterd_store_readable 0\n"), std::string::npos);
  EXPECT_EQ(text.find("rosterd_outbox_events"), std::string::npos);
  EXPECT_EQ(text.find("rosterd_holds"), std::string::npos);
  EXPECT_NE(text.find("rosterd_target_paused 1"), std::string::npos);
}

TEST_F(TheMetrics, TellOfTheNewestFileOfEachSource) {
  MetricsSnapshot snapshot = some_snapshot();
  for (const char* source : {"hr-files", "payroll", "hr-files"}) {
    Intake& intake = snapshot.files.emplace_back();
    intake.source = source;
    intake.state = IntakeState::held;
    intake.taken_at = from_micros(1'000'000) - 100'000us * snapshot.files.size();
  }

  const auto samples = samples_in(metrics.render(snapshot));

  std::string told;
  for (const std::string& sample : samples) {
    if (sample.starts_with("rosterd_file_timestamp_seconds")) told += sample + "\n";
  }
  EXPECT_EQ(
      told,
      "rosterd_file_timestamp_seconds{source=\"hr-files\",state=\"held\"} 0.9\n"
      "rosterd_file_timestamp_seconds{source=\"payroll\",state=\"held\"} 0.8\n"
  );
}

TEST_F(TheMetrics, SortDurationsIntoBuckets) {
  metrics.event_applied(700ms, true);
  metrics.event_applied(2h, false);
  metrics.access_revoked(4s);
  metrics.committed(2ms, 3);
  metrics.committed(2ms, 0);
  expect_samples(
      some_snapshot(),
      {"rosterd_event_to_applied_seconds_bucket{lane=\"leaver\",le=\"0.5\"} 0",
       "rosterd_event_to_applied_seconds_bucket{lane=\"leaver\",le=\"1\"} 1",
       "rosterd_event_to_applied_seconds_bucket{lane=\"normal\",le=\"3600\"} 0",
       "rosterd_event_to_applied_seconds_bucket{lane=\"normal\",le=\"+Inf\"} 1",
       "rosterd_time_to_revoke_seconds_sum 4",
       "rosterd_time_to_revoke_seconds_count 1",
       "rosterd_commit_seconds_count 2",
       "rosterd_commit_batch_events_count 1",
       "rosterd_commit_batch_events_sum 3"}
  );
}

TEST_F(TheMetrics, DoNotGoBackwardsWhenTheClockDid) {
  metrics.access_revoked(4s);
  metrics.access_revoked(-1h);
  expect_samples(
      some_snapshot(),
      {"rosterd_time_to_revoke_seconds_sum 4", "rosterd_time_to_revoke_seconds_count 2"}
  );
}

TEST_F(TheMetrics, KeepALabelOnOneLineWhateverItHolds) {
  MetricsSnapshot snapshot = some_snapshot();
  snapshot.events = {{{"a\"b\\c\nd", "accepted"}, 1}};
  expect_samples(snapshot, {R"(rosterd_events_total{source="a\"b\\c\nd",result="accepted"} 1)"});
}

TEST_F(TheMetrics, KnowNoTimeToRevokeBeforeSomebodyHasLeft) {
  const RevokeTimes times = metrics.revoke_times();
  EXPECT_EQ(times.count, 0U);
  EXPECT_FALSE(times.p50);
  EXPECT_FALSE(times.p99);
}

TEST_F(TheMetrics, RankTheTimesToRevoke) {
  for (int i = 100; i >= 1; --i) metrics.access_revoked(std::chrono::seconds{i});
  const RevokeTimes times = metrics.revoke_times();
  EXPECT_EQ(times.count, 100U);
  EXPECT_EQ(times.p50, Duration{50s});
  EXPECT_EQ(times.p99, Duration{99s});
}

TEST_F(TheMetrics, ForgetTimesToRevokeThatAreLongAgo) {
  for (std::size_t i = 0; i < revoke_times_kept; ++i) metrics.access_revoked(1h);
  for (std::size_t i = 0; i < revoke_times_kept; ++i) metrics.access_revoked(2s);
  const RevokeTimes times = metrics.revoke_times();
  EXPECT_EQ(times.count, 2 * revoke_times_kept);
  EXPECT_EQ(times.p99, Duration{2s});
}

/// What promtool, which Prometheus comes with, finds wrong with an exposition.
std::string found_by_promtool(const std::string& exposition) {
  std::string name = testing::TempDir() + "rosterd-metrics-XXXXXX";
  const int file = ::mkstemp(name.data());
  EXPECT_EQ(::write(file, exposition.data(), exposition.size()), ssize_t(exposition.size()));
  ::close(file);
  const std::string command = "promtool check metrics <'" + name + "' 2>&1";
  std::string said;
  FILE* const out = ::popen(command.c_str(), "r");
  for (int c = std::fgetc(out); c != EOF; c = std::fgetc(out)) said += static_cast<char>(c);
  const int status = ::pclose(out);
  std::remove(name.c_str());
  return status == 0 ? said : said + "(exit status " + std::to_string(status) + ")";
}

TEST_F(TheMetrics, PassPromtool) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is not here";
  metrics.event_applied(700ms, true);
  metrics.access_revoked(4s);
  metrics.committed(2ms, 3);
  EXPECT_EQ(found_by_promtool(metrics.render(some_snapshot())), "");
  EXPECT_NE(found_by_promtool("rosterd_x{ 1\n"), "");
}

}  // namespace
}  // namespace rosterd::prometheus
