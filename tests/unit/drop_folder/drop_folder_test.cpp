#include "rosterd/adapters/drop_folder/drop_folder.hpp"

#include "support/run.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace rosterd::drop_folder {
namespace {

namespace fs = std::filesystem;

class RealClock : public Clock {
 public:
  Instant now() const override { return *parse_rfc3339("2026-03-02T09:00:00Z"); }
  Duration monotonic() const override {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<Duration>(since);
  }
};

class NoLog : public Log {
 public:
  void write(LogLevel, std::string_view, const std::vector<LogField>&) override {}
};

/// Notes what it is given, answers as told, and stops the folder after the last file.
class Handler : public FileHandler {
 public:
  Task<FileVerdict> handle(fs::path file) override {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    handled.push_back(
        file.parent_path().filename().string() + "/" + file.filename().string() + "=" + text
    );
    if (on_file) on_file();
    if (handled.size() >= files) stop.request_stop();
    if (broken) throw std::runtime_error("disk full");
    co_return verdict;
  }

  std::vector<std::string> handled;
  FileVerdict verdict;
  std::function<void()> on_file;
  std::size_t files = 1;
  bool broken = false;
  std::stop_source stop;
};

class DropFolderTest : public testing::Test {
 protected:
  DropFolderTest() {
    std::string name = (fs::temp_directory_path() / "rosterd-drop-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    config.name = "hr";
    config.folder = name;
    config.settle = 20ms;
    config.rescan = 60ms;
    for (const char* folder : {"incoming", "processing", "done", "rejected", "held"}) {
      fs::create_directories(config.folder / folder);
    }
  }
  ~DropFolderTest() override { fs::remove_all(config.folder); }

  void put(const std::string& name, const std::string& text) {
    std::ofstream(config.folder / name) << text;
  }
  void modified(const std::string& name, int hours_ago) {
    fs::last_write_time(
        config.folder / name, fs::file_time_type::clock::now() - std::chrono::hours(hours_ago)
    );
  }
  void run() {
    asio::io_context loop{1};
    DropFolder folder(loop.get_executor(), config, handler, clock, log);
    if (while_running) asio::post(loop, while_running);
    test::run(loop, folder.run(handler.stop.get_token()));
  }
  /// Everything there is, by name.
  std::string tree() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(config.folder)) {
      if (entry.is_directory()) continue;
      names.push_back(fs::relative(entry.path(), config.folder).string());
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) text += name + "\n";
    return text;
  }
  std::string contents(const std::string& name) const {
    std::ifstream in(config.folder / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  DropConfig config;
  RealClock clock;
  NoLog log;
  Handler handler;
  std::function<void()> while_running;
};

using Names = std::vector<std::string>;

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
  handler.verdict.outcome = FileVerdict::Outcome::rejected;
  handler.verdict.errors_csv = "line,column,value,reason\r\n";

  run();

  EXPECT_EQ(tree(), "rejected/roster.csv\nrejected/roster.csv.errors.csv\n");
  EXPECT_EQ(contents("rejected/roster.csv.errors.csv"), "line,column,value,reason\r\n");
}

TEST_F(DropFolderTest, AHeldFileWaits) {
  put("incoming/roster.csv", "a");
  handler.verdict.outcome = FileVerdict::Outcome::held;

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
