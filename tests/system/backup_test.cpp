#include "company.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace rosterd::test {
namespace {

using testing::HasSubstr;

class BackupCommand : public Company {
 protected:
  std::string copy() const { return path("copy.db").string(); }

  std::uint64_t events_in_copy() const {
    return sqlite::open_views(copy())->count(EventSelection{});
  }
};

TEST_F(BackupCommand, CopiesWhatWasAcceptedWhileTheDaemonGoesOn) {
  start_sandbox();
  start_daemon();
  for (int i = 0; i < 40; ++i) send(change("e" + std::to_string(i), "p1", "Sales"));

  const Said said = rosterd({"backup", copy()});

  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("every page in order"));
  EXPECT_EQ(events_in_copy(), 40U);
  EXPECT_EQ(send(change("later", "p1", "Finance")).status, 202U);
  wait_until_settled();
  EXPECT_EQ(events_in_copy(), 40U);
}

TEST_F(BackupCommand, TellsProgramsWhatItMade) {
  start_sandbox();
  start_daemon();

  const Json made = json({"backup", copy()});

  struct stat file = {};
  ASSERT_EQ(::stat(copy().c_str(), &file), 0);
  EXPECT_EQ(made["file"], copy());
  EXPECT_EQ(made["store"], path("rosterd.db").string());
  EXPECT_EQ(made["bytes"], file.st_size);
  EXPECT_GE(made["schema_version"], 2);
}

TEST_F(BackupCommand, ReplacesAFileOnlyByForce) {
  start_sandbox();
  start_daemon();
  write_file(copy(), "something else");

  const Said refused = rosterd({"backup", copy()});

  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_EQ(text_of_file(copy()), "something else");
  EXPECT_EQ(rosterd({"backup", copy(), "--force"}).code, 0);
  EXPECT_EQ(events_in_copy(), 0U);
}

TEST_F(BackupCommand, OfAStoreThatIsNotThereSaysSo) {
  start_sandbox();
  write_config(config_text());

  const Said said = rosterd({"backup", copy()});

  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.err, HasSubstr("there is no store at"));
  EXPECT_FALSE(std::filesystem::exists(copy()));
}

/// An old copy takes the place of the store, as docs/BACKUP.md says.
class Restore : public Company {
 protected:
  void back_up() { ASSERT_EQ(rosterd({"backup", path("copy.db").string()}).code, 0); }

  void restore() {
    ASSERT_EQ(stop_daemon(), 0);
    for (const char* part : {"rosterd.db", "rosterd.db-wal", "rosterd.db-shm"}) {
      std::filesystem::remove(path(part));
    }
    std::filesystem::copy_file(path("copy.db"), path("rosterd.db"));
    start_daemon();
  }

  /// Returns when what it found has been dealt with: an event that came later has, too.
  void reconcile() {
    EXPECT_NE(rosterd({"reconcile"}).code, 1);
    apply({change("barrier-" + std::to_string(++barriers_), "stayer", "Engineering")});
  }

  void apply(const std::vector<Json>& events) {
    for (const Json& event : events) ASSERT_EQ(send(event).status, 202U);
    wait_until_settled();
  }

  const std::vector<Json> before = {
      change("e1", "mover", "Sales"),
      change("e2", "leaver", "Finance"),
      change("e3", "stayer", "Engineering"),
  };
  const std::vector<Json> since = {
      change("e4", "mover", "Engineering"),
      change("e5", "joiner", "Finance"),
      leaving("e6", "leaver"),
  };

 private:
  int barriers_ = 0;
};

TEST_F(Restore, TakesNoAccessAndGivesWhatTheOldRecordsGive) {
  start_sandbox();
  start_daemon();
  apply(before);
  const Holders then = access();
  back_up();
  apply(since);
  const Holders now = access();

  restore();
  reconcile();

  Holders both = now;
  for (const auto& [name, accounts] : then) both[name].insert(accounts.begin(), accounts.end());
  EXPECT_EQ(access(), both);
}

TEST_F(Restore, EndsWhereItWasWhenTheSourcesSendAgain) {
  start_sandbox();
  start_daemon();
  apply(before);
  back_up();
  apply(since);
  const Holders now = access();

  restore();
  reconcile();
  apply(before);
  apply(since);

  EXPECT_EQ(access(), now);
  EXPECT_EQ(events().size(), before.size() + since.size() + 1)
      << "what the copy has is a duplicate";
}

TEST_F(Restore, InReportModeGivesNobodyBackWhatTheyLost) {
  start_sandbox();
  start_daemon();
  apply(before);
  back_up();
  apply(since);
  const Holders now = access();
  write_policy(policy_text() + "\n[entitlements]\ndefault_mode = \"report\"\n");

  restore();
  reconcile();
  const Holders meanwhile = access();
  apply(since);
  write_policy(policy_text());
  ASSERT_EQ(stop_daemon(), 0);
  start_daemon();
  reconcile();

  EXPECT_EQ(meanwhile, now);
  EXPECT_EQ(access(), now);
}

}  // namespace
}  // namespace rosterd::test
