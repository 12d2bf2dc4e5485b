#include "drop_folder_fixture.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace rosterd::drop_folder {
namespace {

/// A folder whose sender means harm.
class HostileFolder : public DropFolderTest {
 protected:
  HostileFolder() {
    config.rescan = 30ms;
    config.settle = 5ms;
    outside = config.folder / "outside.csv";
    put("outside.csv", "secret");
  }

  /// What is tried is not how fast the disk syncs.
  void move_into_memory() {
    const fs::path memory = "/dev/shm";
    if (!fs::is_directory(memory)) return;
    fs::remove_all(config.folder);
    config.folder = memory / config.folder.filename();
    make_folders();
    outside = config.folder / "outside.csv";
    put("outside.csv", "secret");
  }

  fs::path incoming(const std::string& name) const { return config.folder / "incoming" / name; }

  /// Complete at once, whatever else there is.
  void drop_in(const std::string& name, const std::string& text) const {
    std::ofstream(config.folder / "sent") << text;
    fs::rename(config.folder / "sent", incoming(name));
  }
  /// Runs until nothing but the plain file that is dropped last has been handled.
  void run_with_a_plain_file() {
    put("incoming/zz.csv", "plain");
    run();
    EXPECT_EQ(handler.handled, Names{"processing/zz.csv=plain"});
  }
  std::string names_in(const std::string& folder) const {
    Names names;
    for (const auto& entry : fs::directory_iterator(config.folder / folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
  }

  fs::path outside;
};

TEST_F(HostileFolder, NoLinkIsFollowedWhereverItLeads) {
  fs::create_symlink(outside, incoming("file.csv"));
  fs::create_symlink("../outside.csv", incoming("up.csv"));
  fs::create_symlink("/", incoming("folder.csv"));
  fs::create_symlink("nowhere", incoming("dangling.csv"));
  fs::create_symlink("loop.csv", incoming("loop.csv"));

  run_with_a_plain_file();

  for (const char* name : {"file.csv", "up.csv", "folder.csv", "dangling.csv", "loop.csv"}) {
    EXPECT_TRUE(fs::is_symlink(config.folder / "rejected" / name)) << name;
  }
  EXPECT_EQ(contents("outside.csv"), "secret");
}

TEST_F(HostileFolder, AHardLinkIsAFileAndItsOtherNameStays) {
  fs::create_hard_link(outside, incoming("linked.csv"));

  run();

  EXPECT_EQ(handler.handled, Names{"processing/linked.csv=secret"});
  EXPECT_EQ(contents("outside.csv"), "secret");
}

TEST_F(HostileFolder, NothingIsOpenedThatCouldBlock) {
  ASSERT_EQ(::mkfifo(incoming("pipe.csv").c_str(), 0600), 0);
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  incoming("socket.csv").string().copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);

  run_with_a_plain_file();

  ::close(server);
  EXPECT_EQ(names_in("rejected"), "pipe.csv pipe.csv.errors.csv socket.csv socket.csv.errors.csv");
  EXPECT_EQ(
      contents("rejected/pipe.csv.errors.csv"),
      "line,column,value,reason\r\n,,,is not a regular file\r\n"
  );
}

TEST_F(HostileFolder, NoDeviceIsOpened) {
  constexpr unsigned zero_minor = 5;
  if (::mknod(incoming("zero.csv").c_str(), S_IFCHR | 0600, makedev(1, zero_minor)) != 0) {
    GTEST_SKIP() << "only root may make a device: " << std::strerror(errno);
  }

  run_with_a_plain_file();

  EXPECT_TRUE(fs::is_character_file(config.folder / "rejected/zero.csv"));
}

TEST_F(HostileFolder, NamesThatWouldDeceiveAReaderAreRejected) {
  put("incoming/new\nline.csv", "x");
  put("incoming/\x1b[2Jclear.csv", "x");
  put("incoming/gpj.\u202Evsc.csv", "x");
  put("incoming/csi\u009B31m.csv", "x");
  put("incoming/bad\xC3\x28.csv", "x");
  put("incoming/" + std::string(251, 'l') + ".csv", "x");

  run_with_a_plain_file();

  const std::string cut(200, 'l');
  EXPECT_EQ(
      names_in("rejected"),
      "_[2Jclear.csv _[2Jclear.csv.errors.csv bad_(.csv bad_(.csv.errors.csv csi__31m.csv "
      "csi__31m.csv.errors.csv gpj.___vsc.csv gpj.___vsc.csv.errors.csv " +
          cut + " " + cut + ".errors.csv new_line.csv new_line.csv.errors.csv"
  );
}

TEST_F(HostileFolder, NamesThatAreOnlyOddAreHandled) {
  const Names odd = {
      "--help",
      "-rf.csv",
      "; rm x.csv",
      "'; DROP TABLE intake; --.csv",
      "\"quoted\".csv",
      "=cmd().csv",
      "\u5C71\U0001F984.csv"};
  for (const std::string& name : odd) put("incoming/" + name, "a");
  handler.files = odd.size();

  run();

  for (const std::string& name : odd)
    EXPECT_TRUE(fs::exists(config.folder / "done" / name)) << name;
}

TEST_F(HostileFolder, TheReportOnOneFileDoesNotReplaceAnother) {
  handler.outcome = FileOutcome::rejected;
  handler.report = "the report";
  handler.files = 2;
  put("incoming/a.csv.errors.csv", "a file with the name of a report");
  put("incoming/a.csv", "a");
  modified("incoming/a.csv.errors.csv", 1);

  run();

  EXPECT_EQ(contents("rejected/a.csv.errors_csv"), "a file with the name of a report");
  EXPECT_EQ(contents("rejected/a.csv.errors.csv"), "the report");
}

TEST_F(HostileFolder, AManifestThatIsALinkStaysWhereItIs) {
  fs::create_symlink(outside, incoming("roster.csv.manifest.json"));
  put("incoming/roster.csv", "a");

  run();

  EXPECT_EQ(tree(), "done/roster.csv\nincoming/roster.csv.manifest.json\noutside.csv\n");
}

// Between the look at a file and its rename there is time to put a link in its place.
TEST_F(HostileFolder, WhatIsSwappedForALinkIsNotHandled) {
  move_into_memory();
  handler.files = 30;
  std::atomic<bool> over = false;
  std::thread swapper;
  const fs::path link = config.folder / "link";
  const fs::path name = incoming("swapped.csv");
  while_running = [&] {
    swapper = std::thread([&] {
      while (!over) {
        drop_in("swapped.csv", "honest");
        std::error_code ignored;
        fs::create_symlink(outside, link, ignored);
        fs::rename(link, name, ignored);
      }
    });
  };

  run();

  over = true;
  swapper.join();
  for (const std::string& handled : handler.handled) ASSERT_TRUE(handled.ends_with("=honest"));
}

TEST_F(HostileFolder, AnIncomingFolderThatIsReplacedIsWatchedAnew) {
  while_running = [this] {
    fs::rename(config.folder / "incoming", config.folder / "old");
    make_folders();
    drop_in("late.csv", "a");
  };

  run();

  EXPECT_EQ(handler.handled, Names{"processing/late.csv=a"});
}

TEST_F(HostileFolder, FoldersThatAreAllReplacedAreWatchedAnew) {
  while_running = [this] {
    for (const char* name : {"incoming", "processing", "done", "rejected", "held"}) {
      fs::remove_all(config.folder / name);
    }
    make_folders();
    put("processing/left.csv", "left");
    drop_in("late.csv", "a");
  };
  handler.files = 2;

  run();

  EXPECT_EQ(handler.handled, (Names{"processing/left.csv=left", "processing/late.csv=a"}));
  EXPECT_EQ(tree(), "done/late.csv\ndone/left.csv\noutside.csv\n");
}

TEST_F(HostileFolder, AnIncomingThatCannotBeUsedIsToldOnceAndTriedAgain) {
  fs::remove(config.folder / "incoming");
  put("incoming", "not a folder");
  int looks = 0;
  while_running = [&] {
    fs::remove(config.folder / "incoming");
    fs::create_directory(config.folder / "incoming");
    drop_in("roster.csv", "a");
    ++looks;
  };

  run();

  EXPECT_EQ(looks, 1);
  EXPECT_EQ(handler.handled, Names{"processing/roster.csv=a"});
  EXPECT_EQ(log.text, "the drop folder cannot be used\nthe drop folder can be used again\n");
}

TEST_F(HostileFolder, AnIncomingThatItsSenderShutStopsNothing) {
  if (::geteuid() == 0) GTEST_SKIP() << "nothing is shut to root";
  put("incoming/roster.csv", "a");
  const auto set_mode = [this](unsigned mode) {
    fs::permissions(config.folder / "incoming", static_cast<fs::perms>(mode));
  };
  set_mode(0500);
  log.on_message = [&](const std::string& text) {
    if (text.ends_with("cannot be used\n")) set_mode(0700);
  };

  run();

  EXPECT_EQ(tree(), "done/roster.csv\noutside.csv\n");
}

TEST_F(HostileFolder, TenThousandFilesAtOnceAreHandledInTheirOrder) {
  move_into_memory();
  constexpr int files = 10'000;
  Names expected;
  const auto now = fs::file_time_type::clock::now();
  for (int i = 0; i < files; ++i) {
    const std::string name = std::to_string(files + i) + ".csv";
    put("incoming/" + name, "");
    fs::last_write_time(incoming(name), now - std::chrono::seconds(i));
    expected.insert(expected.begin(), "processing/" + name + "=");
  }
  handler.files = files;

  run();

  EXPECT_EQ(handler.handled, expected);
}

}  // namespace
}  // namespace rosterd::drop_folder
