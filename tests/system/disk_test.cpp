#include "company.hpp"
#include "stored.hpp"
#include "support/small_disk.hpp"

#include <gmock/gmock.h>

namespace rosterd::test {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// The store is on a disk of its own.
class BadDisk : public Company {
 protected:
  BadDisk() : disk(path("disk"), "8m") {}

  void SetUp() override {
    if (!disk.is_there()) GTEST_SKIP() << disk.skipped;
    start_sandbox();
    std::string text = config_text();
    const std::string own = "path = \"rosterd.db\"";
    write_config(text.replace(text.find(own), own.size(), "path = \"disk/rosterd.db\""));
  }
  std::string store() const { return path("disk/rosterd.db").string(); }

  bool policy_is_settled() const {
    return Stored(store()).rows("SELECT settled FROM policy_version") ==
           std::vector<std::string>{"1"};
  }

  /// What a daemon that cannot start says.
  std::string refusal() {
    EXPECT_EQ(launch_daemon().wait(), 1);
    return told();
  }

  SmallDisk disk;
};

TEST_F(BadDisk, ThatIsFullTurnsSendersAwayUntilThereIsRoom) {
  start_daemon();
  // So that the worker has nothing left to write down, which would end the daemon.
  ASSERT_EQ(send(change("e1", "p1", "Sales")).status, 202U);
  wait_until_settled();
  eventually("the policy to be settled", [this] { return policy_is_settled(); });
  disk.fill();

  const WireAnswer refused = send(change("e2", "p2", "Sales"));

  EXPECT_EQ(refused.status, 503U);
  EXPECT_THAT(refused.body, HasSubstr("the disk is nearly full; send it again later"));
  EXPECT_THAT(told(), HasSubstr("Events are refused with 503 until there is room"));
  disk.make_room();
  EXPECT_EQ(send(change("e2", "p2", "Sales")).status, 202U);
  wait_until_settled();
  EXPECT_THAT(access()["Sales"], ElementsAre("auth0|p1", "auth0|p2"));
  EXPECT_EQ(events().size(), 2U);
  EXPECT_EQ(stop_daemon(), 0);
}

TEST_F(BadDisk, ThatIsFullEndsTheDaemonThatHasSomethingToWriteDown) {
  Program& daemon = start_daemon();
  set_faults({{"latency_ms", 1'000}});
  ASSERT_EQ(send(change("e1", "p1", "Sales")).status, 202U);
  eventually("the event to be in the worker's hands", [this] {
    return events().front()["state"] == "running";
  });
  disk.fill();

  EXPECT_EQ(daemon.wait(), 1);
  EXPECT_THAT(told(), HasSubstr("a task ended the daemon task=worker"));
  EXPECT_THAT(told(), HasSubstr("the disk is full, and the store " + store()));
  EXPECT_THAT(
      refusal(),
      AllOf(HasSubstr(store()), AnyOf(HasSubstr("the disk is full"), HasSubstr("No space")))
  );

  disk.make_room();
  set_faults(Json::object());
  start_daemon();
  wait_until_settled();
  EXPECT_THAT(access()["Sales"], ElementsAre("auth0|p1"));
  EXPECT_EQ(events().size(), 1U);
}

TEST_F(BadDisk, ThatIsReadOnlyIsSaidAtTheStart) {
  start_daemon();
  ASSERT_EQ(send(change("e1", "p1", "Sales")).status, 202U);
  wait_until_settled();
  EXPECT_EQ(stop_daemon(), 0);
  disk.make_read_only();

  const std::string said = refusal();

  EXPECT_THAT(said, HasSubstr("the store needs a folder that can be written"));
  EXPECT_THAT(said, HasSubstr(store()));
  EXPECT_THAT(said, HasSubstr("Read-only file system"));
  disk.make_writable();
  start_daemon();
  EXPECT_EQ(events().size(), 1U);
}

}  // namespace
}  // namespace rosterd::test
