#include "adapters/sqlite/connection.hpp"
#include "disk_fixture.hpp"
#include "rosterd/adapters/sqlite/backup.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock-matchers.h>

#include <algorithm>
#include <exception>
#include <optional>

namespace rosterd::test {
namespace {

using testing::HasSubstr;

class DiskFaults : public DiskTest {
 protected:
  std::string refused(const std::function<void()>& act) {
    try {
      act();
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }
  AcceptResult send(const std::string& id) { return accept(events({{.person = "ada", .id = id}})); }
  // Not those that SQLite makes beside a store while it is read.
  static std::ptrdiff_t files_in(const std::filesystem::path& folder) {
    const std::filesystem::directory_iterator files(folder);
    return std::count_if(
        std::filesystem::begin(files),
        std::filesystem::end(files),
        [](const auto& file) {
          return !file.path().string().ends_with("-wal") && !file.path().string().ends_with("-shm");
        }
    );
  }
  std::size_t events_with(const std::string& id) const {
    SQLite::Database database(temp.path().string(), SQLite::OPEN_READONLY);
    SQLite::Statement count(database, "SELECT count(*) FROM event WHERE external_id = ?");
    count.bind(1, id);
    count.executeStep();
    return static_cast<std::size_t>(count.getColumn(0).getInt());
  }
};

TEST_F(DiskFaults, AnIoErrorLeavesEachStepWholeOrAbsent) {
  sweep({.fault = DiskFault::io_error});
}

TEST_F(DiskFaults, ADiskThatFailsForGoodLeavesEachStepWholeOrAbsent) {
  sweep({.fault = DiskFault::io_error, .for_good = true});
}

TEST_F(DiskFaults, AFullDiskLeavesEachStepWholeOrAbsent) {
  sweep({.fault = DiskFault::full, .for_good = true});
}

TEST_F(DiskFaults, AfterAFullDiskTheSameStoreGoesOnAsIfNothingHadBeen) {
  const auto steps = history();
  remember(steps);
  for (std::size_t step = 0; step < steps.size() && !HasFailure(); ++step) {
    if (steps[step].restarts) continue;
    for (int at = 1;; ++at) {
      begin_before(steps, step);
      disk.plan({.fault = DiskFault::full, .at = at, .only = DiskOperation::write});
      const std::string error = refused(steps[step].act);
      if (!disk.struck()) break;
      SCOPED_TRACE(steps[step].name + ": " + *disk.struck() + "; " + error);
      ASSERT_NE(error, "");
      EXPECT_EQ(contents(), contents_before(step));

      steps[step].act();

      EXPECT_EQ(shape(), shape_before(step + 1));
      EXPECT_EQ(faults(), "");
    }
  }
}

TEST_F(DiskFaults, AFullDiskIsNoReasonToStop) {
  disk.plan({.fault = DiskFault::full, .at = 1, .for_good = true});

  EXPECT_EQ(send("e1").admission, Admission::disk_full);
  EXPECT_EQ(send("e1").admission, Admission::disk_full);
  EXPECT_THAT(
      refused([this] { known("ada"); }),
      HasSubstr("the disk is full, and the store " + temp.path().string())
  );
  EXPECT_EQ(outbox_now(), "");

  disk.plan({});
  EXPECT_EQ(send("e1").events.at(0).acceptance, Acceptance::accepted);
  EXPECT_EQ(send("e1").events.at(0).acceptance, Acceptance::duplicate);
  temp.reopen();
  EXPECT_EQ(send("e1").events.at(0).acceptance, Acceptance::duplicate);
  EXPECT_EQ(events_with("e1"), 1u);
}

TEST_F(DiskFaults, AFailedSyncIsNeverTriedAgain) {
  disk.plan({.fault = DiskFault::io_error, .at = 1, .only = DiskOperation::sync});

  EXPECT_THAT(refused([this] { send("e1"); }), HasSubstr(temp.path().string() + " is broken"));
  disk.plan({.fault = DiskFault::io_error, .at = 1});
  EXPECT_THAT(refused([this] { send("e1"); }), HasSubstr("a new start reads"));
  temp.close();

  EXPECT_EQ(disk.struck(), std::nullopt) << "something was asked of the disk";
}

/// Several senders at once, so that they share commits.
class SharedCommits : public DiskFaults {
 protected:
  struct Answer {
    bool acknowledged = false;
    Acceptance acceptance = Acceptance::accepted;
  };

  std::vector<Answer> send_at_once(int senders) {
    std::vector<Answer> answers(static_cast<std::size_t>(senders));
    temp.loop().restart();
    for (std::size_t i = 0; i < answers.size(); ++i) {
      asio::co_spawn(
          temp.loop(),
          temp.event_log().accept(events({{.person = "ada", .id = id_of(i)}})),
          [&answer = answers[i]](std::exception_ptr error, const AcceptResult& result) {
            if (error || result.admission != Admission::admitted) return;
            answer.acknowledged = true;
            answer.acceptance = result.events.at(0).acceptance;
          }
      );
    }
    temp.loop().run();
    return answers;
  }
  static std::string id_of(std::size_t sender) { return "of-" + std::to_string(sender); }

  /// Those that were not acknowledged send again; then all of them do.
  void sweep_senders(DiskPlan plan, bool reopened) {
    constexpr int senders = 5;
    remember({});
    for (plan.at = 1; !HasFailure(); ++plan.at) {
      begin_before({}, 0);
      disk.plan(plan);
      const auto answers = send_at_once(senders);
      const auto struck = disk.struck();
      if (!struck) break;
      SCOPED_TRACE(testing::Message() << plan << ": " << *struck);
      disk.plan({});
      if (reopened) {
        temp.close();
        disk.power_on(Leftovers::nothing);
        temp.open();
      }
      for (std::size_t i = 0; i < answers.size(); ++i) {
        const std::size_t least = answers[i].acknowledged ? 1 : 0;
        EXPECT_GE(events_with(id_of(i)), least) << id_of(i);
        EXPECT_LE(events_with(id_of(i)), 1u) << id_of(i);
      }
      send_at_once(senders);
      for (const Answer& again : send_at_once(senders)) {
        EXPECT_TRUE(again.acknowledged);
        EXPECT_EQ(again.acceptance, Acceptance::duplicate);
      }
      for (int i = 0; i < senders; ++i) {
        EXPECT_EQ(events_with(id_of(static_cast<std::size_t>(i))), 1u);
      }
      EXPECT_EQ(faults(), "");
    }
    EXPECT_GT(plan.at, 5);
  }
};

TEST_F(SharedCommits, AnIoErrorLosesNobodyWhoWasAcknowledgedAndKeepsNobodyTwice) {
  sweep_senders({.fault = DiskFault::io_error}, true);
}

TEST_F(SharedCommits, AFullDiskLosesNobodyWhoWasAcknowledgedAndKeepsNobodyTwice) {
  sweep_senders({.fault = DiskFault::full}, false);
}

TEST_F(SharedCommits, WhoOnlyLooksDoesNotFailWithWhoWritesOnAFullDisk) {
  remember({});
  begin_before({}, 0);
  disk.plan({.fault = DiskFault::full, .at = 1, .for_good = true});
  std::optional<std::size_t> seen;

  temp.loop().restart();
  bool refused = false;
  asio::co_spawn(
      temp.loop(),
      temp.event_log().accept(events({{.person = "ada", .id = "of-a-full-disk"}})),
      [&](std::exception_ptr error, const AcceptResult& result) {
        refused = error || result.admission != Admission::admitted;
      }
  );
  asio::co_spawn(
      temp.loop(),
      temp.work().leavers_to_check(1),
      [&](std::exception_ptr error, const auto& leavers) {
        if (!error) seen = leavers.size();
      }
  );
  temp.loop().run();

  EXPECT_TRUE(refused);
  EXPECT_EQ(seen, 0u);
}

/// A log that is long enough to be moved into the file by a commit.
class LongLog : public DiskFaults {
 protected:
  /// Gives how many were acknowledged.
  int send_large(int from, int to) {
    for (int i = from; i < to; ++i) {
      std::vector<NewEvent> batch = events({{.person = "ada", .id = "large-" + std::to_string(i)}});
      batch.back().payload = std::string(200'000, 'x');
      accept(std::move(batch));
      ++acknowledged;
    }
    return acknowledged;
  }

  int acknowledged = 0;
};

TEST_F(LongLog, IsMovedIntoTheFileByCommits) {
  send_large(0, 60);

  EXPECT_GT(std::filesystem::file_size(temp.path()), 4'000'000u);
  EXPECT_LT(std::filesystem::file_size(temp.path().string() + "-wal"), 6'000'000u);
}

// A reader holds back a part of the first move, which therefore is not synced; the second move then
// syncs the whole file. An error at that which nobody minded would end in a log that is written
// over while half of what it had is not on the disk.
TEST_F(LongLog, AFailedSyncWhileItIsMovedStopsTheStoreAndLosesNothing) {
  remember({});
  begin_before({}, 0);
  send_large(0, 15);
  {
    SQLite::Database reader(temp.path().string(), SQLite::OPEN_READONLY);
    reader.exec("BEGIN");
    reader.execAndGet("SELECT count(*) FROM event");
    send_large(15, 25);
  }
  disk.plan(
      {.fault = DiskFault::io_error,
       .at = 1,
       .only = DiskOperation::sync,
       .file_ends_with = "rosterd.db"}
  );

  const std::string error = refused([this] { send_large(25, 80); });
  temp.close();
  disk.power_on(Leftovers::nothing);
  temp.open();

  EXPECT_THAT(error, HasSubstr("is broken"));
  EXPECT_EQ(faults(), "");
  for (int i = 0; i < acknowledged; ++i) {
    ASSERT_EQ(events_with("large-" + std::to_string(i)), 1u) << i << " of " << acknowledged;
  }
}

TEST_F(DiskFaults, ABackupIsWholeOrNotThere) {
  const TempFolder folder;
  sqlite::BackupOptions options;
  options.store = temp.path();
  options.file = folder.path() / "copy.db";
  options.overwrite = true;
  ASSERT_TRUE(sqlite::backup(options));
  send("e1");
  int at = 1;
  for (; !HasFailure(); ++at) {
    disk.plan({.fault = at % 2 == 0 ? DiskFault::full : DiskFault::io_error, .at = at});
    const std::string error = refused([&] { sqlite::backup(options); });
    if (!disk.struck()) break;
    SCOPED_TRACE(*disk.struck() + ": " + error);
    EXPECT_EQ(files_in(folder.path()), 1);
    EXPECT_EQ(sqlite::open_views(options.file)->count(EventSelection{}), error.empty() ? 1u : 0u);
    if (error.empty()) break;
  }

  EXPECT_GT(at, 10);
  EXPECT_EQ(outbox_now(), "1 ada pending");
}

}  // namespace
}  // namespace rosterd::test
