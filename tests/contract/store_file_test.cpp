#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "store_fixture.hpp"

#include <gmock/gmock-matchers.h>

#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace rosterd::test {
namespace {

using testing::HasSubstr;

template <class Action>
std::string what_is_thrown_by(Action action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing";
}

int number(SQLite::Database& database, const std::string& question) {
  return database.execAndGet(question).getInt();
}

class StoreFile : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder.path() / "rosterd.db"; }
  std::unique_ptr<sqlite::Store> open() {
    sqlite::StoreOptions options;
    options.path = path();
    return std::make_unique<sqlite::Store>(options, *crypto, loop.get_executor());
  }

  TempFolder folder;
  const std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  asio::io_context loop;
  const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
};

TEST_F(StoreFile, IsWrittenTheWayThatLosesNothing) {
  SQLite::Database database = sqlite::open_for_writing(path());

  EXPECT_EQ(database.execAndGet("PRAGMA journal_mode").getString(), "wal");
  EXPECT_EQ(number(database, "PRAGMA synchronous"), 2);
  EXPECT_EQ(number(database, "PRAGMA foreign_keys"), 1);
  EXPECT_EQ(number(database, "PRAGMA busy_timeout"), 5000);
}

TEST_F(StoreFile, IsReadableByItsOwnerOnly) {
  open();

  struct stat status = {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(StoreFile, HasOneWriterAndSaysWhichProcessItIs) {
  const auto first = open();

  const std::string error = what_is_thrown_by([&] { open(); });

  EXPECT_THAT(error, HasSubstr("is in use by process " + std::to_string(::getpid())));
}

TEST_F(StoreFile, IsFreeAgainWhenItsWriterHasGone) {
  open().reset();

  EXPECT_NO_THROW(open());
}

TEST_F(StoreFile, IsWholeWithoutALogAfterACleanStop) {
  open()->close();

  const std::string log = path().string() + "-wal";
  EXPECT_TRUE(!std::filesystem::exists(log) || std::filesystem::file_size(log) == 0);
}

TEST_F(StoreFile, CallsAfterItWasClosedFail) {
  const auto store = open();
  store->close();

  const auto error = what_is_thrown_by([&] { run(loop, store->work().leaver_is_waiting(now)); });

  EXPECT_EQ(error, "the store is closed");
}

TEST_F(StoreFile, ACheckpointEmptiesTheLog) {
  const auto store = open();
  run(loop, store->work().use_policy("v1", "", now));
  ASSERT_GT(std::filesystem::file_size(path().string() + "-wal"), 0u);

  run(loop, store->checkpoint());

  EXPECT_EQ(std::filesystem::file_size(path().string() + "-wal"), 0u);
}

TEST_F(StoreFile, MigratingTwiceDoesNothingTheSecondTime) {
  const auto before = sqlite::migration_status(path());
  const auto first = sqlite::migrate(path(), now);
  const auto second = sqlite::migrate(path(), now);
  const auto after = sqlite::migration_status(path());

  EXPECT_FALSE(before.at(0).applied);
  EXPECT_EQ(first.size(), before.size());
  EXPECT_TRUE(second.empty());
  EXPECT_TRUE(after.back().applied);
}

TEST_F(StoreFile, OfANewerProgramIsLeftAlone) {
  sqlite::migrate(path(), now);
  SQLite::Database(path().string(), SQLite::OPEN_READWRITE)
      .exec("INSERT INTO schema_migrations VALUES (99, '0099_later.sql', '', 0)");

  EXPECT_THAT(what_is_thrown_by([&] { open(); }), HasSubstr("newer rosterd"));
  EXPECT_THAT(what_is_thrown_by([&] { sqlite::open_views(path()); }), HasSubstr("newer rosterd"));
}

TEST_F(StoreFile, WithAnotherMigrationOfTheSameNumberIsLeftAlone) {
  sqlite::migrate(path(), now);
  SQLite::Database(path().string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE schema_migrations SET checksum = 'another'");

  EXPECT_THAT(what_is_thrown_by([&] { open(); }), HasSubstr("0001_initial.sql"));
}

TEST_F(StoreFile, OfAnotherProgramIsLeftAlone) {
  SQLite::Database(path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE somebody_elses (id INTEGER)");

  EXPECT_THAT(what_is_thrown_by([&] { open(); }), HasSubstr("is not a rosterd store"));
  EXPECT_THAT(
      what_is_thrown_by([&] { sqlite::open_views(path()); }), HasSubstr("is not a rosterd store")
  );
}

TEST_F(StoreFile, ThatIsNoDatabaseIsLeftAlone) {
  std::ofstream(path()) << "worker_id,department\n0042,Engineering\n" << std::string(4096, 'x');

  EXPECT_THAT(what_is_thrown_by([&] { open(); }), HasSubstr("is not a rosterd store"));
}

TEST_F(StoreFile, ThatIsNotThereCannotBeViewed) {
  const auto error = what_is_thrown_by([&] { sqlite::open_views(path()); });

  EXPECT_THAT(error, HasSubstr("there is no store at " + path().string()));
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(StoreFile, RefusesAFinalStateWithoutATime) {
  sqlite::migrate(path(), now);
  SQLite::Database database = sqlite::open_for_writing(path());
  database.exec(
      "INSERT INTO event VALUES (1, 'hr', 'e1', 'ada', 'person.changed', '', 'partial', '{}', "
      "NULL, NULL, NULL, '', 0, NULL, NULL)"
  );

  EXPECT_THROW(
      database.exec("INSERT INTO outbox (event, state, priority, lane, from_file) "
                    "VALUES (1, 'applied', 1, 0, 0)"),
      SQLite::Exception
  );
}

}  // namespace
}  // namespace rosterd::test
