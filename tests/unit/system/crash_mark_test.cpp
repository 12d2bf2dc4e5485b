#include "rosterd/adapters/system/crash_mark.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace rosterd::system {
namespace {

class Crash : public testing::Test {
 protected:
  Crash() {
    std::string name = (std::filesystem::temp_directory_path() / "rosterd-mark-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  ~Crash() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file() const { return folder_ / "mark"; }

  void a_process_ends_by(const std::function<void(CrashMark&)>& end) const {
    const pid_t child = ::fork();
    if (child == 0) {
      CrashMark mark(file());
      end(mark);
      ::_exit(0);
    }
    ASSERT_GT(child, 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  }

  bool was_left() const { return CrashMark(file()).was_left(); }

 private:
  std::filesystem::path folder_;
};

TEST_F(Crash, OfItsOwnDoingLeavesAMarkForTheNextStartOnly) {
  a_process_ends_by([](CrashMark&) { std::raise(SIGABRT); });

  EXPECT_TRUE(was_left());
  EXPECT_FALSE(was_left());
}

TEST_F(Crash, FromOutsideLeavesNone) {
  a_process_ends_by([](CrashMark&) { std::raise(SIGKILL); });

  EXPECT_FALSE(was_left());
}

TEST_F(Crash, CanBeSaid) {
  a_process_ends_by([](CrashMark& mark) { mark.leave(); });

  EXPECT_TRUE(was_left());
}

TEST_F(Crash, AnOrderlyEndLeavesNone) {
  a_process_ends_by([](CrashMark&) {});

  EXPECT_FALSE(was_left());
}

}  // namespace
}  // namespace rosterd::system
