#include "drop_folder_fixture.hpp"
#include "support/small_disk.hpp"

namespace rosterd::drop_folder {
namespace {

class FullDropFolder : public DropFolderTest {
 protected:
  FullDropFolder() : disk(config.folder, "128k") {
    make_folders();
    put("incoming/monday.csv", "worker_id");
    handler.outcome = FileOutcome::rejected;
    handler.report = std::string(20'000, 'x');
    handler.on_file = [this] {
      if (handler.handled.size() == 1) disk.fill();
    };
  }

  test::SmallDisk disk;
};

TEST_F(FullDropFolder, KeepsAFileWhereItIsUntilItsReportCanBeWritten) {
  if (!disk.is_there()) GTEST_SKIP() << disk.skipped;
  std::string meanwhile;
  log.on_message = [&](const std::string&) {
    meanwhile = tree();
    disk.make_room();
    put("incoming/tuesday.csv", "worker_id");
  };
  handler.files = 2;

  run();

  EXPECT_EQ(meanwhile, "filler\nprocessing/monday.csv\n");
  EXPECT_EQ(contents("rejected/monday.csv.errors.csv"), *handler.report);
  EXPECT_EQ(log.text, "the drop folder's disk is full: a file waits in processing\n");
  EXPECT_EQ(handler.handled.size(), 2u) << "neither file was read twice";
}

TEST_F(FullDropFolder, HandsTheFileOverAgainAtTheNextStart) {
  if (!disk.is_there()) GTEST_SKIP() << disk.skipped;
  log.on_message = [this](const std::string&) { handler.stop.request_stop(); };

  EXPECT_THROW(run(), boost::system::system_error) << "so that the file does not count";

  EXPECT_EQ(tree(), "filler\nprocessing/monday.csv\n");
}

TEST_F(FullDropFolder, KeepsTheReportOfAFileThatWaitsWhenItIsStopped) {
  if (!disk.is_there()) GTEST_SKIP() << disk.skipped;
  fs::rename(config.folder / "incoming/monday.csv", config.folder / "processing/monday.csv");
  handler.on_file = nullptr;
  handler.on_kept = [this] { disk.fill(); };
  log.on_message = [this](const std::string&) { handler.stop.request_stop(); };
  handler.files = 2;

  run();

  EXPECT_EQ(tree(), "filler\nprocessing/.monday.csv.errors.csv\nprocessing/monday.csv\n");
}

}  // namespace
}  // namespace rosterd::drop_folder
