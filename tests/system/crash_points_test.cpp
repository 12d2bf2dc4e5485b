#include "keeping.hpp"
#include "sender.hpp"
#include "stored.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace rosterd::test {
namespace {

/// A company whose daemon dies at a chosen call of the system (`tests/preload/crash_point.cpp`).
/// Each day HR sends one webhook with two events, and a roster that says the same of those two,
/// something new of everybody else, and of one person what cannot be read.
class CrashPoints : public Company {
 protected:
  void SetUp() override { start_sandbox(); }

  void TearDown() override {
    keep_if_failed(path(""));
    Company::TearDown();
  }

  void set_crash_point(const std::string& point) {
    environment["LD_PRELOAD"] = ROSTERD_CRASH_POINT_LIBRARY;
    environment["ROSTERD_CRASH_POINT"] = point;
    // AddressSanitizer wants to be the first library, and need not be.
    environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";
  }

  void clear_crash_point() {
    for (const char* name : {"LD_PRELOAD", "ROSTERD_CRASH_POINT", "ASAN_OPTIONS"}) {
      environment.erase(name);
    }
  }

  /// The next day, with a daemon that dies at this point, and one after it that does not. Whether
  /// the first got through the day and ended in order.
  bool survives(const std::string& point) {
    SCOPED_TRACE("day " + std::to_string(++day_) + ", crash point: " + point);
    try {
      const bool survived = lives_through_the_day(point);
      expect_nothing_lost();
      return survived;
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what() << "\n" << told();
      return false;
    }
  }

  bool lives_through_the_day(const std::string& point) {
    set_crash_point(point);
    Program& daemon = launch_daemon();
    clear_crash_point();
    const bool served = until_ended_or(daemon, [this] { return is_ready(); });
    const bool acknowledged = served && deliver_webhook();
    drop(roster_name(), roster());
    if (served && until_ended_or(daemon, [this] { return is_all_done(); })) daemon.signal(SIGTERM);
    const int end = daemon.wait();
    if (end == 0) {
      EXPECT_TRUE(acknowledged) << told();
    } else {
      EXPECT_EQ(end, -SIGKILL) << told();
      recover(acknowledged);
    }
    return end == 0;
  }

  void recover(bool acknowledged) {
    Program& successor = start_daemon();
    if (!acknowledged) {
      EXPECT_TRUE(deliver_webhook()) << told();
    }
    eventually("everything to be done", [this] { return is_all_done(); });
    // Its successor finds a log to recover, or a clean stop.
    if (day_ % 2 == 0) {
      successor.kill();
      successor.wait();
    } else {
      EXPECT_EQ(stop_daemon(), 0) << told();
    }
  }

  /// Days until the daemon gets through one; gives how often it died.
  int sweep(const std::string& calls, int step) {
    int deaths = 0;
    for (int number = 1;; number += step, ++deaths) {
      if (survives(std::to_string(number) + " " + calls) || HasFailure()) return deaths;
    }
  }

  void expect_nothing_lost() {
    EXPECT_EQ(access(), wanted());
    EXPECT_EQ(files_in("incoming"), std::set<std::string>{});
    EXPECT_EQ(files_in("processing"), std::set<std::string>{});
    EXPECT_EQ(files_in("done"), all_rosters());
    EXPECT_EQ(reports(), std::set<std::string>{report});
    EXPECT_EQ(rosterd({"audit", "verify"}).code, 0);

    Stored store(path("rosterd.db"));
    EXPECT_EQ(store.integrity(), "ok");
    const auto kept = store.rows("SELECT external_id FROM event WHERE source = 'hr' ORDER BY id");
    EXPECT_EQ(kept, all_ids());
    EXPECT_EQ(
        store.rows(
            "SELECT person, count(*) FROM event WHERE source = 'people' AND person LIKE 'p%' "
            "GROUP BY person"
        ),
        changes_by_person()
    );
    EXPECT_THAT(
        store.rows("SELECT * FROM outbox WHERE state NOT IN ('applied', 'superseded')"),
        testing::IsEmpty()
    );
    EXPECT_THAT(out_of_order(store), testing::IsEmpty());
  }

 private:
  static constexpr std::array<const char*, 3> departments = {"Engineering", "Sales", "Finance"};
  static constexpr const char* report =
      "line,column,value,reason\r\n8,Status,Elsewhere,is none of the values that are "
      "configured\r\n";
  static constexpr int people_in_roster = 4;  ///< the last of whom comes and goes

  std::string department(int person) const {
    return departments.at(static_cast<std::size_t>(day_ + person) % departments.size());
  }
  bool bob_is_there() const { return day_ % 2 != 0; }
  bool is_there(int person) const { return person != people_in_roster - 1 || day_ % 2 == 0; }

  static std::string id_of(int day, const std::string& person) {
    return "day-" + std::to_string(day) + "-" + person;
  }

  Json webhook() const {
    Json batch = Json::array();
    batch.push_back(change(id_of(day_, "ada"), "ada", department(0)));
    batch.push_back(
        bob_is_there() ? change(id_of(day_, "bob"), "bob", department(1))
                       : leaving(id_of(day_, "bob"), "bob")
    );
    return batch;
  }

  bool deliver_webhook() const {
    WireRequest request;
    request.method = "POST";
    request.target = "/v1/events/hr";
    request.body = webhook().dump();
    request.headers = signed_headers(webhook_key(), id_of(day_, "both"), request.body);
    const auto answer = ask(webhook_port(), request);
    return answer && answer->status == 202;
  }

  std::string roster_name() const { return "day-" + std::to_string(day_) + ".csv"; }

  static std::string row(const std::string& id, const std::string& department, bool there) {
    return id + ",auth0|" + id + "," + department + (there ? ",Active\n" : ",Left\n");
  }

  std::string roster() const {
    std::string text = "Id,Account,Department,Status\n";
    text += row("ada", department(0), true) + row("bob", department(1), bob_is_there());
    for (int i = 0; i < people_in_roster; ++i) {
      text += row("p" + std::to_string(i), department(i), is_there(i));
    }
    return text + "nobody,auth0|nobody,Sales,Elsewhere\n";
  }

  /// What everybody should have on the evening of this day.
  Holders wanted() const {
    std::vector<Json> last = webhook();
    for (int i = 0; i < people_in_roster; ++i) {
      if (is_there(i)) last.push_back(change("", "p" + std::to_string(i), department(i)));
    }
    return holders_after(last);
  }

  std::vector<std::string> all_ids() const {
    std::vector<std::string> ids;
    for (int day = 1; day <= day_; ++day) {
      for (const char* person : {"ada", "bob"}) ids.push_back(id_of(day, person));
    }
    return ids;
  }

  std::set<std::string> all_rosters() const {
    std::set<std::string> names;
    for (int day = 1; day <= day_; ++day) {
      const std::string name = "day-" + std::to_string(day) + ".csv";
      names.insert({name, name + ".errors.csv"});
    }
    return names;
  }

  /// What the reports of all days say: each the same.
  std::set<std::string> reports() const {
    std::set<std::string> texts;
    for (const std::string& name : files_in("done")) {
      if (name.ends_with(".errors.csv")) texts.insert(text_of_file(path("drop") / "done" / name));
    }
    return texts;
  }

  /// Everybody's row in every roster says something new.
  std::vector<std::string> changes_by_person() const {
    std::vector<std::string> rows;
    for (int i = 0; i < people_in_roster; ++i) {
      rows.push_back("p" + std::to_string(i) + "|" + std::to_string(day_));
    }
    return rows;
  }

  std::set<std::string> files_in(const std::string& folder) const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path("drop") / folder)) {
      names.insert(entry.path().filename());
    }
    return names;
  }

  bool is_all_done() {
    return std::filesystem::exists(path("drop") / "done" / roster_name()) && open_events() == 0;
  }

  /// False: the daemon ended before.
  template <class Check>
  bool until_ended_or(Program& daemon, Check check) {
    return eventually("the daemon to come on, or to end", [&] {
             if (!daemon.running()) return 2;
             return check() ? 1 : 0;
           }) == 1;
  }

  int day_ = 0;
};

/// `ROSTERD_CRASH_POINTS=all`: every call in turn; else some of those of which there are many.
bool all_points_wanted() {
  const char* text = std::getenv("ROSTERD_CRASH_POINTS");
  return text != nullptr && std::string(text) == "all";
}

struct Sweep {
  const char* name;
  const char* calls;
  int step;  ///< from one point to the next, unless all are wanted
};

class CrashSweeps : public CrashPoints, public testing::WithParamInterface<Sweep> {};

TEST_P(CrashSweeps, LoseNothingAndDoNothingTwice) {
  ASSERT_TRUE(survives(""));

  const int deaths = sweep(GetParam().calls, all_points_wanted() ? 1 : GetParam().step);

  RecordProperty("deaths", deaths);
  EXPECT_GE(deaths, 2) << "the points were not reached";
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    CrashSweeps,
    testing::Values(
        Sweep{"BeforeTheNthWriteToTheStore", "before write rosterd.db", 5},
        Sweep{"BeforeTheNthSync", "before sync", 1},
        Sweep{"BeforeTheNthMove", "before move", 1},
        Sweep{"AfterTheNthMessageIsSent", "after send", 5},
        Sweep{"AfterTheNthMessageIsReceived", "after receive", 5}
    ),
    [](const auto& row) { return std::string(row.param.name); }
);

struct NamedPoint {
  const char* name;
  const char* point;
};

class NamedCrashPoints : public CrashPoints, public testing::WithParamInterface<NamedPoint> {};

TEST_P(NamedCrashPoints, LoseNothingAndDoNothingTwice) {
  ASSERT_TRUE(survives(""));

  EXPECT_FALSE(survives(GetParam().point)) << "the point was not reached";
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    NamedCrashPoints,
    testing::Values(
        NamedPoint{
            "BeforeTheEventsAreCommitted",
            "1 after receive POST /v1/events\n1 before sync rosterd.db-wal"},
        NamedPoint{"AfterTheCommitAndBeforeTheAnswer", "1 before send HTTP/1.1 202"},
        NamedPoint{"AfterTheAnswer", "1 after send HTTP/1.1 202"},
        NamedPoint{"BeforeTheCall", "1 before send PATCH /api/groups"},
        NamedPoint{"AfterTheCallAndBeforeItsAnswer", "1 after send PATCH /api/groups"},
        NamedPoint{"AfterTheCallIsAnsweredAndBeforeItIsNoted", "1 after receive 204 No Content"},
        NamedPoint{"AfterARemovalAndBeforeItsAnswer", "1 after send DELETE /api/groups"},
        NamedPoint{
            "BeforeTheSettlementIsWritten",
            "1 after receive 204 No Content\n1 before write rosterd.db-wal"},
        NamedPoint{
            "BeforeTheSettlementIsCommitted",
            "1 after receive 204 No Content\n1 before sync rosterd.db-wal"},
        NamedPoint{
            "AfterTheSettlement", "1 after receive 204 No Content\n1 after sync rosterd.db-wal"},
        NamedPoint{"BeforeAFileIsTaken", "1 before move /incoming/"},
        NamedPoint{"AfterAFileIsTakenAndBeforeItsFolderIsSynced", "1 after move /processing/"},
        NamedPoint{"AfterAFileIsTaken", "1 after move /processing/\n2 after sync /drop/"},
        NamedPoint{"WhileAFileIsRead", "1 after move /processing/\n2 before sync rosterd.db-wal"},
        NamedPoint{"BeforeTheReportIsKept", "1 before move .errors.csv"},
        NamedPoint{
            "AfterTheReportIsKeptAndBeforeTheFileCounts",
            "1 after move .errors.csv\n1 before write rosterd.db-wal"},
        NamedPoint{"AfterTheFileCountsAndBeforeItsReportIsBesideIt", "1 before write /done/"},
        NamedPoint{"AfterAFileIsReadAndBeforeItIsPutAway", "1 before move /done/"},
        NamedPoint{"AfterAFileIsPutAwayAndBeforeItsFolderIsSynced", "1 after move /done/"},
        NamedPoint{"InACleanStop", "1 before move /done/\n1 before remove /rosterd.db-wal"}
    ),
    [](const auto& row) { return std::string(row.param.name); }
);

/// `rosterd migrate`, killed at every point in turn.
class MigrationCrashes : public CrashPoints {
 protected:
  using Contents = std::vector<std::string>;

  std::filesystem::path store() const { return path("rosterd.db"); }

  void clear() const {
    for (const char* end : {"", "-wal", "-shm", "-journal", ".lock"}) {
      std::filesystem::remove(store().string() + end);
    }
  }

  static Contents differences(Contents left, Contents right) {
    std::sort(left.begin(), left.end());
    std::sort(right.begin(), right.end());
    Contents different;
    std::set_symmetric_difference(
        left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(different)
    );
    return different;
  }

  /// Without what is another time or another secret in each store.
  Contents contents() const {
    Stored stored(store());
    EXPECT_EQ(stored.integrity(), "ok");
    Contents all = stored.outline();
    for (const char* sql :
         {"SELECT version, name, checksum FROM schema_migrations",
          "SELECT * FROM event",
          "SELECT * FROM event_payload",
          "SELECT event, state, due_at FROM outbox",
          "SELECT * FROM outbox_count"}) {
      for (const std::string& row : stored.rows(sql)) all.push_back(std::string(sql) + ": " + row);
    }
    return all;
  }

  /// As the program of schema 1 left it: an event is due.
  void make_schema_1() {
    clear();
    ASSERT_EQ(rosterd({"migrate"}).code, 0);
    const std::string applied = first_migration();
    const std::string application = Stored(store()).rows("PRAGMA application_id").front();
    clear();
    Stored old(store());
    old.rows("PRAGMA journal_mode = WAL");
    old.exec("PRAGMA application_id = " + application);
    old.exec(text_of_file(std::string(ROSTERD_SOURCE_DIR) + "/migrations/0001_initial.sql"));
    old.exec(
        "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"
    );
    old.exec("INSERT INTO schema_migrations VALUES (" + applied + ")");
    old.exec(
        "INSERT INTO event VALUES (1, 'hr', 'e1', 'ada', 'person.changed', 'person.changed', "
        "'partial', '{\"user_id\":\"auth0|ada\",\"department\":\"Sales\"}', NULL, NULL, NULL, '', "
        "0, NULL, NULL);"
        "INSERT INTO outbox (event, state, priority, lane, due_at, from_file) "
        "VALUES (1, 'pending', 1, 0, 0, 0);"
        "INSERT INTO outbox_count VALUES ('pending', 0, 1);"
        "INSERT INTO event_payload VALUES (1, x'7b7d');"
    );
  }

  /// Gives how often the command was killed before it got through.
  int sweep_migration(const std::string& calls, int step, const std::function<void()>& begin) {
    begin();
    EXPECT_EQ(rosterd({"migrate"}).code, 0);
    const Contents whole = contents();
    int deaths = 0;
    for (int number = 1;; number += all_points_wanted() ? 1 : step, ++deaths) {
      const std::string point = std::to_string(number) + " " + calls;
      SCOPED_TRACE(point);
      begin();
      set_crash_point(point);
      const int end = rosterd({"migrate"}).code;
      clear_crash_point();
      const Said again = rosterd({"migrate"});
      EXPECT_EQ(again.code, 0) << again.err;
      EXPECT_THAT(differences(contents(), whole), testing::IsEmpty());
      if (end == 0 || HasFailure()) return deaths;
      EXPECT_EQ(end, -SIGKILL);
    }
  }

 private:
  /// The row that says that it was applied, as SQL.
  std::string first_migration() const {
    return Stored(store())
        .rows(
            "SELECT version || ',' || quote(name) || ',' || quote(checksum) || ',0' "
            "FROM schema_migrations WHERE version = 1"
        )
        .front();
  }
};

TEST_F(MigrationCrashes, LeaveTheOldSchemaOrTheNew) {
  const auto old = [this] { make_schema_1(); };
  EXPECT_GE(sweep_migration("before write rosterd.db", 5, old), 3);
  EXPECT_GE(sweep_migration("before sync", 1, old), 1);
}

TEST_F(MigrationCrashes, LeaveAStoreThatIsMadeByTheNextStart) {
  const auto none = [this] { clear(); };
  EXPECT_GE(sweep_migration("before write rosterd.db", 5, none), 3);
  EXPECT_GE(sweep_migration("before sync", 1, none), 1);
}

TEST_F(MigrationCrashes, AtTheStartOfTheDaemonCostNoEvent) {
  make_schema_1();
  set_crash_point("3 before write rosterd.db-wal");
  EXPECT_EQ(launch_daemon().wait(), -SIGKILL);
  clear_crash_point();

  start_daemon();
  wait_until_settled();

  const Holders sales = {{"Staff", {"auth0|ada"}}, {"Sales", {"auth0|ada"}}};
  EXPECT_EQ(access(), sales);
  EXPECT_EQ(stop_daemon(), 0) << told();
  EXPECT_EQ(Stored(store()).integrity(), "ok");
}

}  // namespace
}  // namespace rosterd::test
