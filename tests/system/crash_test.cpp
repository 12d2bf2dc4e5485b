#include "keeping.hpp"
#include "sender.hpp"
#include "stored.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <list>
#include <random>

namespace rosterd::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;  // everything takes several times as long
#else
constexpr bool sanitized = false;
#endif

/// `ROSTERD_CRASH_ROUNDS`.
int rounds_wanted() {
  const char* text = std::getenv("ROSTERD_CRASH_ROUNDS");
  constexpr int usual = sanitized ? 40 : 200;
  return text ? std::atoi(text) : usual;
}

/// `ROSTERD_CRASH_SEED`: a number, or `random`.
unsigned seed_wanted() {
  const char* text = std::getenv("ROSTERD_CRASH_SEED");
  constexpr unsigned usual = 20260302;
  if (text == nullptr) return usual;
  if (std::string(text) == "random") return std::random_device{}();
  return static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

/// A company whose HR sends without a pause, whatever happens to the daemon.
class Crashes : public Company {
 protected:
  void TearDown() override {
    keep_if_failed(path(""));
    Company::TearDown();
  }

  void hire_senders() {
    for (const char* name : {"a", "b", "c"}) {
      Sender::Who who;
      who.name = name;
      who.key = webhook_key();
      who.acknowledged = path(std::string("acknowledged-by-") + name);
      who.seed = static_cast<unsigned>(random_());
      senders_.emplace_back(std::move(who), port_);
    }
  }

  void dismiss_senders() {
    for (Sender& sender : senders_) sender.finish();
  }

  /// Starts the daemon and tells the senders where it is; gives nothing when it ended before.
  bool announce_daemon(Program& daemon, std::chrono::milliseconds time) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    constexpr std::chrono::milliseconds step{2};
    while (webhook_port() == 0) {
      if (daemon.ended_within(step)) throw std::runtime_error("the daemon has ended: " + told());
      if (std::chrono::steady_clock::now() > deadline) return false;
    }
    port_ = webhook_port();
    return true;
  }

  /// A life of the daemon. Every other one is counted from its start, so that it may end before the
  /// daemon has recovered from the last; the others from when it serves.
  void live_and_die(int round) {
    std::uniform_int_distribution<int> life(1, 500);
    const std::chrono::milliseconds time{life(random_)};
    port_ = 0;
    Program& daemon = launch_daemon();
    const auto begun = std::chrono::steady_clock::now();
    announce_daemon(daemon, round % 2 == 0 ? time : std::chrono::milliseconds{wait_max});
    const auto used = round % 2 == 0 ? std::chrono::steady_clock::now() - begun
                                     : std::chrono::steady_clock::duration::zero();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - used);
    if (left.count() > 0) {
      ASSERT_FALSE(daemon.ended_within(left)) << told();
    }
    daemon.kill();
    ASSERT_EQ(daemon.wait(), -SIGKILL);
  }

  /// By all senders; each one's in order.
  std::vector<Json> acknowledged() const {
    std::vector<Json> events;
    for (const Sender& sender : senders_) {
      for (Json& event : sender.acknowledged()) events.push_back(std::move(event));
    }
    return events;
  }

  /// What was acknowledged is there once, and nothing else is; all of it is final, in the order of
  /// each person's events, and the tenant is what it says.
  void expect_nothing_lost() {
    std::multiset<std::string> ids;
    const std::vector<Json> events = acknowledged();
    for (const Json& event : events) ids.insert(event["id"].get<std::string>());
    EXPECT_EQ(access(), holders_after(events));
    EXPECT_EQ(rosterd({"audit", "verify"}).code, 0);
    EXPECT_EQ(stop_daemon(), 0) << told();

    Stored store(path("rosterd.db"));
    EXPECT_EQ(store.integrity(), "ok");
    const auto kept = store.rows("SELECT external_id FROM event");
    EXPECT_EQ(std::multiset<std::string>(kept.begin(), kept.end()), ids);
    EXPECT_THAT(
        store.rows("SELECT event, state, reason FROM outbox WHERE state NOT IN ('applied', "
                   "'superseded')"),
        testing::IsEmpty()
    );
    EXPECT_THAT(out_of_order(store), testing::IsEmpty());
  }

  const unsigned seed_ = seed_wanted();
  std::atomic<std::uint16_t> port_ = 0;
  std::list<Sender> senders_;
  std::mt19937 random_{seed_};
};

TEST_F(Crashes, WhateverWasAcknowledgedIsAppliedOnceHoweverOftenTheDaemonIsKilled) {
  SCOPED_TRACE("ROSTERD_CRASH_SEED=" + std::to_string(seed_));
  start_sandbox();
  hire_senders();
  for (int round = 0; round < rounds_wanted(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    ASSERT_NO_FATAL_FAILURE(live_and_die(round));
  }

  Program& daemon = launch_daemon();
  announce_daemon(daemon, wait_max);
  dismiss_senders();
  wait_until_settled();

  EXPECT_THAT(acknowledged(), testing::SizeIs(testing::Gt(rounds_wanted())));
  expect_nothing_lost();
}

TEST_F(Crashes, ASigtermInTheMiddleOfWorkEndsItInOrderAndLosesNothing) {
  start_sandbox();
  Program& daemon = launch_daemon();
  announce_daemon(daemon, wait_max);
  set_faults({{"latency_ms", 100}});
  hire_senders();
  eventually("work in flight", [this] {
    return calls_to("PATCH /api/groups/{id:guid}/members") >= 2;
  });

  EXPECT_EQ(stop_daemon(), 0) << told();

  EXPECT_THAT(told(), testing::HasSubstr("stopped"));
  for (const Json& event : events()) EXPECT_NE(event["state"], "running");
  set_faults(Json::object());
  Program& successor = launch_daemon();
  announce_daemon(successor, wait_max);
  EXPECT_THAT(told(), testing::Not(testing::HasSubstr("recovered after a crash")));
  dismiss_senders();
  wait_until_settled();
  expect_nothing_lost();
}

/// A store with a long life behind it, and a backlog.
void fill(const std::filesystem::path& file, int finished, int pending) {
  Stored store(file);
  store.exec("PRAGMA synchronous = OFF");
  store.exec("BEGIN");
  store.exec(
      "CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n "
      "WHERE i < " +
      std::to_string(finished + pending) +
      ") "
      "SELECT i, i <= " +
      std::to_string(finished) + " AS done, unixepoch() * 1000000 AS now FROM n"
  );
  store.exec(
      "INSERT INTO event SELECT i, 'hr', 'e' || i, 'p' || (i % 50000), 'person.changed', "
      "'person.changed', 'partial', '{\"department\":\"Sales\"}', NULL, NULL, NULL, '', now, NULL, "
      "NULL FROM n"
  );
  store.exec("INSERT INTO event_key SELECT i, randomblob(16), zeroblob(32), now FROM n");
  store.exec(
      "INSERT INTO outbox (event, state, priority, lane, due_at, from_file, folded, finished_at) "
      "SELECT i, iif(done, 'applied', 'pending'), 1, 0, iif(done, NULL, 0), 0, done, "
      "iif(done, now, NULL) FROM n"
  );
  store.exec("INSERT INTO outbox_count SELECT state, 0, count(*) FROM outbox GROUP BY state");
  store.exec("COMMIT");
}

TEST_F(Crashes, ALongLifeAndABacklogDoNotKeepTheDaemonFromComingBack) {
  start_sandbox();
  ASSERT_EQ(rosterd({"migrate"}).code, 0);
  constexpr int finished = 1'000'000;
  constexpr int pending = 100'000;
  fill(path("rosterd.db"), finished, pending);
  Program& first = start_daemon();
  first.kill();
  first.wait();

  const auto begun = std::chrono::steady_clock::now();
  Program& second = launch_daemon();
  announce_daemon(second, wait_max);
  const auto took = std::chrono::steady_clock::now() - begun;

  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  std::cout << "ready after " << ms << " ms\n";
  // Wanted is a second on an idle machine; this one may be busy.
  constexpr int ms_max = sanitized ? 40'000 : 10'000;
  EXPECT_LT(ms, ms_max);
}

}  // namespace
}  // namespace rosterd::test
