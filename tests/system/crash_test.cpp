#include "sender.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <list>
#include <random>

namespace rosterd::test {
namespace {

int rounds_wanted() {
  const char* text = std::getenv("ROSTERD_CRASH_ROUNDS");
  constexpr int usual = 15;
  return text ? std::atoi(text) : usual;
}

std::string integrity_of(const std::filesystem::path& store) {
  sqlite3* database = nullptr;
  std::string verdict = "cannot be opened";
  if (sqlite3_open_v2(store.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK) {
    const auto keep = [](void* text, int, char** values, char**) {
      *static_cast<std::string*>(text) = values[0];
      return 0;
    };
    sqlite3_exec(database, "PRAGMA integrity_check", keep, &verdict, nullptr);
  }
  sqlite3_close(database);
  return verdict;
}

/// A company whose HR sends without a pause, whatever happens to the daemon.
class Crashes : public Company {
 protected:
  void hire_senders() {
    for (const char* name : {"a", "b", "c"}) senders_.emplace_back(name, port_, webhook_key());
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
    std::uniform_int_distribution<int> life(1, 300);
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

  std::set<std::string> acknowledged() const {
    std::set<std::string> ids;
    for (const Sender& sender : senders_)
      ids.insert(sender.acknowledged().begin(), sender.acknowledged().end());
    return ids;
  }

  Holders expected() const {
    Holders access;
    for (const Sender& sender : senders_) sender.expect(access);
    return access;
  }

  /// Every event that was acknowledged is there once, and nothing else is; all are final.
  void expect_complete_outbox() {
    std::multiset<std::string> kept;
    std::map<std::string, std::size_t> not_final;
    for (const Json& event : events()) {
      kept.insert(event["external_id"].get<std::string>());
      const std::string state = event["state"];
      if (state != "applied" && state != "superseded") ++not_final[state];
    }
    const auto ids = acknowledged();
    EXPECT_EQ(kept, std::multiset<std::string>(ids.begin(), ids.end()));
    EXPECT_THAT(not_final, testing::IsEmpty());
  }

  std::atomic<std::uint16_t> port_ = 0;
  std::list<Sender> senders_;
  std::mt19937 random_{20260302};
};

TEST_F(Crashes, WhateverWasAcknowledgedIsAppliedOnceHoweverOftenTheDaemonIsKilled) {
  start_sandbox();
  hire_senders();
  for (int round = 0; round < rounds_wanted(); ++round) live_and_die(round);

  Program& daemon = launch_daemon();
  announce_daemon(daemon, wait_max);
  dismiss_senders();
  wait_until_settled();

  EXPECT_THAT(acknowledged(), testing::SizeIs(testing::Gt(rounds_wanted())));
  expect_complete_outbox();
  EXPECT_EQ(access(), expected());
  EXPECT_EQ(stop_daemon(), 0) << told();
  EXPECT_EQ(integrity_of(path("rosterd.db")), "ok");
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
  expect_complete_outbox();
  EXPECT_EQ(access(), expected());
}

}  // namespace
}  // namespace rosterd::test
