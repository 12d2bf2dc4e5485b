#include "adapters/sqlite/gathering_vfs.hpp"

#include "adapters/sqlite/connection.hpp"
#include "support/faulty_disk.hpp"
#include "support/temp_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

namespace rosterd::test {
namespace {

/// A log whose writes are gathered, with so small a cache that a transaction spills into it.
class GatheredLog : public testing::Test {
 protected:
  GatheredLog() {
    database.exec("PRAGMA cache_size = 10");
    database.exec("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  }

  void write_notes(int first, int count) {
    SQLite::Statement insert(database, "INSERT INTO note VALUES (?, ?)");
    for (int id = first; id < first + count; ++id) {
      insert.bind(1, id);
      insert.bind(2, std::string(1000, static_cast<char>('a' + id % 26)));
      insert.exec();
      insert.reset();
    }
  }
  void leave_no_room_for_the_log() {
    disk.plan(
        {.fault = DiskFault::full,
         .at = 1,
         .for_good = true,
         .only = DiskOperation::write,
         .file_ends_with = "-wal"}
    );
  }
  static int notes_in(SQLite::Database& connection) {
    return connection.execAndGet("SELECT count(*) FROM note WHERE length(text) = 1000").getInt();
  }
  int notes_seen_by_a_reader() const {
    SQLite::Database reader = sqlite::open_for_reading(path);
    EXPECT_EQ(reader.execAndGet("PRAGMA integrity_check").getString(), "ok");
    return notes_in(reader);
  }

  FaultyDisk disk;
  TempFolder folder;
  const std::filesystem::path path = folder.path() / "rosterd.db";
  SQLite::Database database = sqlite::open_for_writing(path);
};

TEST_F(GatheredLog, IsWrittenInOnePieceByACommit) {
  write_notes(0, 1);
  disk.plan({});

  SQLite::Transaction transaction(database);
  write_notes(1, 20);
  transaction.commit();

  EXPECT_EQ(disk.writes(), 1);
}

TEST_F(GatheredLog, HoldsATransactionThatIsLargerThanWhatIsGathered) {
  SQLite::Transaction transaction(database);
  write_notes(0, 2000);

  EXPECT_EQ(notes_in(database), 2000) << "read from what has spilled";
  transaction.commit();

  EXPECT_EQ(notes_in(database), 2000);
}

TEST_F(GatheredLog, IsCompleteForAReaderAfterEachCommit) {
  database.exec("PRAGMA application_id = " + std::to_string(sqlite::application_id));
  for (int notes = 1; notes <= 64; notes *= 2) {
    SQLite::Transaction transaction(database);
    write_notes(notes * 1000, notes);
    transaction.commit();
    EXPECT_EQ(notes_seen_by_a_reader(), 2 * notes - 1);
  }
}

TEST_F(GatheredLog, ForgetsWhatWasTakenBack) {
  {
    SQLite::Transaction taken_back(database);
    write_notes(0, 300);
  }
  SQLite::Transaction transaction(database);
  write_notes(0, 7);
  transaction.commit();

  EXPECT_EQ(notes_in(database), 7);
  EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

TEST_F(GatheredLog, WritesNothingOverWhatOthersWroteAfterATransactionWasTakenBack) {
  // Else SQLite reads the log, and so has it written, while it still holds the lock.
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  {
    SQLite::Transaction taken_back(database);
    write_notes(0, 100);
  }
  SQLite::Database other(path.string(), SQLite::OPEN_READWRITE);
  other.exec("INSERT INTO note VALUES (1, 'of another'), (2, 'of another')");

  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM note").getInt(), 2);
  EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

TEST_F(GatheredLog, DoesNotLetATransactionCommitOfWhichSomeWasLost) {
  database.exec("SAVEPOINT whole; SAVEPOINT job");
  write_notes(0, 300);
  database.exec("RELEASE job; SAVEPOINT job");
  leave_no_room_for_the_log();
  const char* reads_what_has_spilled =
      "INSERT INTO note SELECT id, 'again' FROM note WHERE true "
      "ON CONFLICT (id) DO UPDATE SET text = excluded.text";

  EXPECT_THROW(database.exec(reads_what_has_spilled), SQLite::Exception);
  disk.plan({});
  ASSERT_EQ(sqlite3_get_autocommit(database.getHandle()), 0) << "only the statement was taken back";
  EXPECT_THROW(database.exec("ROLLBACK TO job; RELEASE job; RELEASE whole"), SQLite::Exception);

  EXPECT_EQ(notes_in(database), 0);
  write_notes(0, 7);
  EXPECT_EQ(notes_in(database), 7);
  EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

TEST_F(GatheredLog, TellsATransactionOfAWriteThatFailed) {
  leave_no_room_for_the_log();
  const auto write = [this] {
    SQLite::Transaction transaction(database);
    write_notes(0, 5);
    transaction.commit();
  };

  EXPECT_THROW(write(), SQLite::Exception);
  EXPECT_EQ(notes_in(database), 0);

  disk.plan({});
  write();
  EXPECT_EQ(notes_in(database), 5);
}

}  // namespace
}  // namespace rosterd::test
