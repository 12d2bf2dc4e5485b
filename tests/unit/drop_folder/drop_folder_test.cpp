#include "drop_folder_fixture.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace rosterd::drop_folder {
namespace {

TEST_F(DropFolderTest, AFileIsHandledInProcessingAndThenDone) {
  put("incoming/roster.csv", "a");

  run();

  EXPECT_EQ(handler.handled, Names{"processing/roster.csv=a"});
  EXPECT_EQ(tree(), "done/roster.csv\n");
}

TEST_F(DropFolderTest, TheFoldersAreMade) {
  fs::remove_all(config.folder / "held");
  put("incoming/roster.csv", "a");

  run();

  EXPECT_TRUE(fs::is_directory(config.folder / "held"));
}

TEST_F(DropFolderTest, ARejectedFileHasItsErrorsBesideIt) {
  put("incoming/roster.csv", "a");
  handler.outcome = FileOutcome::rejected;
  handler.report = "line,column,value,reason\r\n";

  run();

  EXPECT_EQ(tree(), "rejected/roster.csv\nrejected/roster.csv.errors.csv\n");
  EXPECT_EQ(contents("rejected/roster.csv.errors.csv"), "line,column,value,reason\r\n");
}

TEST_F(DropFolderTest, AHeldFileWaits) {
  put("incoming/roster.csv", "a");
  handler.outcome = FileOutcome::held;

  run();

  EXPECT_EQ(tree(), "held/roster.csv\n");
}

TEST_F(DropFolderTest, TheOldestFileIsTheFirst) {
  put("incoming/a.csv", "new");
  put("incoming/b.csv", "old");
  modified("incoming/a.csv", 1);
  modified("incoming/b.csv", 2);
  handler.files = 2;

  run();

  EXPECT_EQ(handler.handled, (Names{"processing/b.csv=old", "processing/a.csv=new"}));
}

TEST_F(DropFolderTest, AFileThatIsRenamedInIsTakenAtOnce) {
  config.settle = 1h;
  config.rescan = 1h;
  put("roster.csv", "a");
  while_running = [this] {
    fs::rename(config.folder / "roster.csv", config.folder / "incoming/roster.csv");
  };

  run();

  EXPECT_EQ(tree(), "done/roster.csv\n");
}

TEST_F(DropFolderTest, AFileThatIsStillWrittenIsNotTaken) {
  config.settle = 1ms;
  config.rescan = 200ms;
  std::ofstream slow;
  while_running = [&] {
    slow.open(config.folder / "incoming/slow.csv");
    slow << "half" << std::flush;
    put("incoming/other.csv", "a");
  };
  handler.files = 2;
  handler.on_file = [&] { slow.close(); };

  run();

  EXPECT_EQ(handler.handled, (Names{"processing/other.csv=a", "processing/slow.csv=half"}));
}

TEST_F(DropFolderTest, NamesOfUnfinishedFilesAreLeftAlone) {
  for (const char* name : {".hidden.csv", "a.tmp", "a.part", "a.filepart", "a.manifest.json"}) {
    put("incoming/" + std::string(name), "x");
  }
  put("incoming/roster.csv", "a");

  run();

  EXPECT_EQ(
      tree(),
      "done/roster.csv\nincoming/.hidden.csv\nincoming/a.filepart\nincoming/a.manifest.json\n"
      "incoming/a.part\nincoming/a.tmp\n"
  );
}

TEST_F(DropFolderTest, TheManifestTravelsWithItsFile) {
  put("incoming/roster.csv", "a");
  put("incoming/roster.csv.manifest.json", "{}");
  std::string during;
  handler.on_file = [&] { during = tree(); };

  run();

  EXPECT_EQ(during, "processing/roster.csv\nprocessing/roster.csv.manifest.json\n");
  EXPECT_EQ(tree(), "done/roster.csv\ndone/roster.csv.manifest.json\n");
}

TEST_F(DropFolderTest, ARequiredManifestIsWaitedFor) {
  config.manifest_required = true;
  config.rescan = 1h;
  put("incoming/roster.csv", "a");
  put("manifest", "{}");
  while_running = [this] {
    fs::rename(config.folder / "manifest", config.folder / "incoming/roster.manifest.json");
  };

  run();

  EXPECT_EQ(tree(), "done/roster.csv\ndone/roster.csv.manifest.json\n");
}

TEST_F(DropFolderTest, AMissingManifestIsNotWaitedForForEver) {
  config.manifest_required = true;
  put("incoming/roster.csv", "a");

  run();

  EXPECT_EQ(tree(), "done/roster.csv\n");
}

TEST_F(DropFolderTest, ANameThatIsThereAlreadyGetsTheTime) {
  put("done/roster.csv", "old");
  put("incoming/roster.csv", "new");

  run();

  EXPECT_EQ(tree(), "done/roster.20260302T090000Z.csv\ndone/roster.csv\n");
  EXPECT_EQ(contents("done/roster.csv"), "old");
}

TEST_F(DropFolderTest, WhatACrashLeftIsHandledFirst) {
  put("processing/crashed.csv", "a");
  put("processing/later.csv.manifest.json", "{}");
  put("incoming/later.csv", "b");
  modified("incoming/later.csv", 5);
  handler.files = 2;

  run();

  EXPECT_EQ(handler.handled, (Names{"processing/crashed.csv=a", "processing/later.csv=b"}));
  EXPECT_EQ(tree(), "done/crashed.csv\ndone/later.csv\ndone/later.csv.manifest.json\n");
}

TEST_F(DropFolderTest, AReportThatWasKeptBeforeACrashLiesBesideItsFile) {
  put("processing/roster.csv", "a");
  put("processing/.roster.csv.errors.csv", "the report");

  run();

  EXPECT_EQ(tree(), "done/roster.csv\ndone/roster.csv.errors.csv\n");
  EXPECT_EQ(contents("done/roster.csv.errors.csv"), "the report");
}

TEST_F(DropFolderTest, WhatIsKeptAfterACrashTakesThePlaceOfWhatWasKeptBefore) {
  put("processing/better.csv", "a");
  put("processing/.better.csv.errors.csv", "the old report");
  handler.report = "";

  run();

  EXPECT_EQ(tree(), "done/better.csv\n");
}

TEST_F(DropFolderTest, AReportIsNotThatOfTheNextFileOfTheSameName) {
  put("done/roster.csv", "put away just before a crash");
  put("processing/.roster.csv.errors.csv", "its report");
  put("processing/..roster.csv.errors.csv.tmp", "its rep");
  put("incoming/roster.csv", "a");

  run();

  EXPECT_EQ(tree(), "done/roster.20260302T090000Z.csv\ndone/roster.csv\n");
}

TEST_F(DropFolderTest, ABrokenEnvironmentLeavesTheFileForTheNextStart) {
  put("incoming/roster.csv", "a");
  handler.broken = true;

  EXPECT_THROW(run(), std::runtime_error);

  EXPECT_EQ(tree(), "processing/roster.csv\n");
}

TEST_F(DropFolderTest, LinksAndPipesAreRejectedUnopened) {
  put("secret", "s");
  fs::create_symlink(config.folder / "secret", config.folder / "incoming/link.csv");
  ASSERT_EQ(::mkfifo((config.folder / "incoming/pipe.csv").c_str(), 0600), 0);
  fs::create_directory(config.folder / "incoming/folder");
  put("incoming/roster.csv", "a");

  run();

  EXPECT_EQ(handler.handled, Names{"processing/roster.csv=a"});
  EXPECT_TRUE(fs::is_symlink(config.folder / "rejected/link.csv"));
  EXPECT_TRUE(fs::is_fifo(config.folder / "rejected/pipe.csv"));
  EXPECT_TRUE(fs::is_directory(config.folder / "incoming/folder"));
  EXPECT_EQ(
      contents("rejected/link.csv.errors.csv"), "line,column,value,reason\r\n,,,is a link\r\n"
  );
}

TEST_F(DropFolderTest, ADangerousNameIsRejectedUnderASafeOne) {
  put("incoming/a\nb.csv", "x");
  put("incoming/\xFFz.csv", "x");
  put("incoming/roster.csv", "a");

  run();

  EXPECT_EQ(
      tree(),
      "done/roster.csv\nrejected/_z.csv\nrejected/_z.csv.errors.csv\nrejected/a_b.csv\n"
      "rejected/a_b.csv.errors.csv\n"
  );
}

TEST_F(DropFolderTest, StopsWhenAskedWhileItWaits) {
  config.rescan = 1h;
  while_running = [this] { handler.stop.request_stop(); };

  run();

  EXPECT_TRUE(handler.handled.empty());
}

}  // namespace
}  // namespace rosterd::drop_folder
