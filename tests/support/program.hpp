#pragma once

#include "support/eventually.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace rosterd::test {

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// What a program is started with.
struct Launch {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  ///< all of it: nothing is inherited
  std::filesystem::path output;                    ///< stdout is appended to it
  std::filesystem::path errors;                    ///< stderr is appended to it
};

/// A running program. It is killed with its owner, and when the thread that started it ends.
class Program {
 public:
  explicit Program(const Launch& launch) : pid_(start(launch)) {
    pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (pidfd_ < 0) throw std::system_error(errno, std::generic_category(), "pidfd_open");
  }
  ~Program() {
    if (!running()) return;
    kill();
    wait();
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const {
    if (!status_) ::kill(pid_, number);
  }
  void kill() const { signal(SIGKILL); }

  bool running() { return !ended_within(std::chrono::milliseconds{0}); }

  /// Whether it ends by itself in this time; returns as soon as it does.
  bool ended_within(std::chrono::milliseconds time) {
    if (status_) return true;
    pollfd waiting{.fd = pidfd_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, static_cast<int>(time.count())) <= 0) return false;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ::close(pidfd_);
    status_ = status;
    return true;
  }

  /// Its exit code, or minus the signal that ended it. Throws when it does not end.
  int wait() {
    if (!ended_within(wait_max)) throw std::runtime_error("the program does not end");
    return WIFEXITED(*status_) ? WEXITSTATUS(*status_) : -WTERMSIG(*status_);
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
  }

  // Everything that allocates comes before the fork: other threads of the test may hold locks.
  static pid_t start(const Launch& launch) {
    std::vector<std::string> arguments = {launch.program.string()};
    arguments.insert(arguments.end(), launch.arguments.begin(), launch.arguments.end());
    std::vector<std::string> environment;
    for (const auto& [name, value] : launch.environment) environment.push_back(name + "=" + value);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    constexpr int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    const int out = ::open(launch.output.c_str(), flags, 0600);
    const int err = ::open(launch.errors.c_str(), flags, 0600);
    const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(in, STDIN_FILENO);
      ::dup2(out, STDOUT_FILENO);
      ::dup2(err, STDERR_FILENO);
      ::execve(argv.front(), argv.data(), envp.data());
      constexpr int cannot_execute = 127;
      ::_exit(cannot_execute);
    }
    for (const int file : {in, out, err}) ::close(file);
    return child;
  }

  pid_t pid_;
  int pidfd_ = -1;
  std::optional<int> status_;
};

/// What a command that ended said.
struct Said {
  int code = -1;
  std::string out;
  std::string err;
};

}  // namespace rosterd::test
