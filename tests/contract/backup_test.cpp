#include "rosterd/adapters/sqlite/backup.hpp"

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "store_fixture.hpp"

#include <gmock/gmock-matchers.h>

#include <fstream>
#include <sys/stat.h>

namespace rosterd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t large = 64 * 1024;

class Backup : public StoreTest {
 protected:
  Backup() { options.store = temp.path(); }

  std::filesystem::path copy() const { return folder.path() / "copy.db"; }

  std::optional<sqlite::BackupReport> back_up() {
    options.file = copy();
    return sqlite::backup(options);
  }

  std::string refused() {
    try {
      back_up();
    } catch (const std::exception& error) {
      return error.what();
    }
    return "nothing was refused";
  }

  /// So large that it is copied in many steps.
  void accept_large_events(int count) {
    for (int i = 0; i < count; ++i) {
      std::vector<NewEvent> batch;
      batch.push_back(event({.id = "large-" + std::to_string(i)}));
      batch.back().payload = std::string(large, 'x');
      accept(std::move(batch));
    }
  }

  std::uint64_t events_in(const std::filesystem::path& store) const {
    return sqlite::open_views(store)->count(EventSelection{});
  }

  std::vector<std::string> files_beside_the_copy() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  /// Takes the copy in the place of the store, as an operator would: stop, copy, start.
  void restore() {
    temp.close();
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(temp.path().string() + suffix);
    }
    std::filesystem::copy_file(copy(), temp.path());
    temp.open();
  }

  TempFolder folder;
  sqlite::BackupOptions options;
};

TEST_F(Backup, IsTheStoreAsItWas) {
  accepted({.person = "ada", .id = "e1"});
  accepted({.person = "bob", .id = "e2", .state = EventState::waiting});

  const auto report = back_up();
  accepted({.person = "carol", .id = "e3"});
  restore();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->schema_version, static_cast<int>(sqlite::known_migrations().size()));
  EXPECT_EQ(report->bytes, std::filesystem::file_size(copy()));
  EXPECT_EQ(outbox_now(), "1 ada pending, 2 bob waiting");
}

TEST_F(Backup, IsOfOneMomentHoweverMuchIsWrittenMeanwhile) {
  accept_large_events(200);
  int steps = 0;
  options.go_on = [&](const sqlite::BackupProgress&) {
    accepted({.id = "meanwhile-" + std::to_string(++steps)});
    return true;
  };

  ASSERT_TRUE(back_up());

  EXPECT_GE(steps, 3);
  EXPECT_EQ(events_in(copy()), 200u);
  EXPECT_EQ(events_in(temp.path()), 200u + static_cast<std::uint64_t>(steps));
}

TEST_F(Backup, TellsHowFarItIs) {
  accept_large_events(200);
  std::vector<std::uint64_t> done;
  std::vector<bool> checking;
  options.go_on = [&](const sqlite::BackupProgress& progress) {
    done.push_back(progress.bytes_done);
    checking.push_back(progress.checking);
    return true;
  };

  const auto report = back_up();

  ASSERT_TRUE(report);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_EQ(done.back(), report->bytes);
  EXPECT_EQ(std::count(checking.begin(), checking.end(), true), 1);
  EXPECT_TRUE(checking.back());
}

TEST_F(Backup, MayBeNamedFromWhereOneIs) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  options.file = "copy.db";
  const auto report = sqlite::backup(options);
  std::filesystem::current_path(before);

  EXPECT_TRUE(report);
  EXPECT_THAT(files_beside_the_copy(), ElementsAre("copy.db"));
}

TEST_F(Backup, IsReadableByItsOwnerOnly) {
  const mode_t before = ::umask(0);
  back_up();
  ::umask(before);

  struct stat status = {};
  ASSERT_EQ(::stat(copy().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(files_beside_the_copy(), ElementsAre("copy.db"));
}

TEST_F(Backup, ThatIsStoppedLeavesNothing) {
  accept_large_events(200);
  options.go_on = [](const sqlite::BackupProgress& progress) { return progress.checking; };

  EXPECT_FALSE(back_up());

  EXPECT_THAT(files_beside_the_copy(), ElementsAre());
}

TEST_F(Backup, ReplacesAFileOnlyWhenItIsToldTo) {
  std::ofstream(copy()) << "something of somebody's";

  EXPECT_THAT(refused(), HasSubstr("copy.db is there already"));
  EXPECT_EQ(std::filesystem::file_size(copy()), 23u);

  options.overwrite = true;
  EXPECT_TRUE(back_up());
  EXPECT_EQ(events_in(copy()), 0u);
}

TEST_F(Backup, NeverReplacesTheStoreOrWhatBelongsToIt) {
  accepted({.person = "ada", .id = "e1"});
  std::filesystem::create_symlink(temp.path(), folder.path() / "link");
  options.overwrite = true;

  for (const std::string& place :
       {temp.path().string(),
        temp.path().string() + "-wal",
        temp.path().string() + "-shm",
        temp.path().string() + ".lock",
        temp.path().string() + ".crashed",
        (folder.path() / "link").string(),
        (temp.path().parent_path() / "." / "rosterd.db").string()}) {
    options.file = place;
    EXPECT_THROW(sqlite::backup(options), std::runtime_error) << place;
  }

  temp.reopen();
  EXPECT_EQ(outbox_now(), "1 ada pending");
}

TEST_F(Backup, SaysWhatIsWrongWithItsPlace) {
  options.file = folder.path() / "missing" / "copy.db";
  EXPECT_THROW(sqlite::backup(options), std::runtime_error);

  options.file = folder.path();
  EXPECT_THROW(sqlite::backup(options), std::runtime_error);

  EXPECT_THAT(files_beside_the_copy(), ElementsAre());
}

TEST_F(Backup, OfNoStoreFails) {
  options.store = folder.path() / "none.db";

  EXPECT_THAT(refused(), HasSubstr("there is no store at"));

  EXPECT_THAT(files_beside_the_copy(), ElementsAre());
}

TEST_F(Backup, OnAFullDiskFailsAndLeavesNothing) {
  accept_large_events(200);
  std::string error;
  {
    const FileSizeLimit disk(1024 * 1024);
    error = refused();
  }

  EXPECT_THAT(error, HasSubstr("cannot copy " + temp.path().string()));
  EXPECT_THAT(files_beside_the_copy(), ElementsAre());
}

TEST_F(Backup, OfADamagedStoreFails) {
  accept_large_events(20);
  temp.close();
  std::fstream file(temp.path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(temp.path()) / 2));
  file << std::string(64 * 1024, '\xee');
  file.close();

  EXPECT_THAT(refused(), HasSubstr("damaged"));

  EXPECT_THAT(files_beside_the_copy(), ElementsAre());
}

TEST_F(Backup, OfAnOlderSchemaIsLeftAtThatSchema) {
  temp.close();
  SQLite::Database(temp.path().string(), SQLite::OPEN_READWRITE)
      .exec("DELETE FROM schema_migrations WHERE version > 1");

  const auto report = back_up();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->schema_version, 1);
}

TEST_F(Backup, OnceRestoredTakesAgainWhatItHasNotSeen) {
  accepted({.person = "ada", .id = "before"});
  back_up();
  accepted({.person = "ada", .id = "after"});

  restore();
  const AcceptResult again =
      accept(events({{.person = "ada", .id = "before"}, {.person = "ada", .id = "after"}}));

  EXPECT_EQ(again.events.at(0).acceptance, Acceptance::duplicate);
  EXPECT_EQ(again.events.at(1).acceptance, Acceptance::accepted);
  EXPECT_EQ(outbox_now(), "1 ada pending, 2 ada pending");
}

}  // namespace
}  // namespace rosterd::test
