#include "rosterd/adapters/system/crash_mark.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace rosterd::system {

namespace {

constexpr std::array<int, 5> fatal_signals = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

// What a signal handler may touch; a descriptor is all it needs.
volatile std::sig_atomic_t mark_fd = -1;

void write_mark(int fd) {
  const ssize_t written = ::write(fd, "x", 1);
  (void)written;
}

extern "C" void leave_mark_and_die(int signal) {
  if (mark_fd >= 0) write_mark(mark_fd);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

CrashMark::CrashMark(const std::filesystem::path& file) {
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
  if (fd_ < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot open " + file.string());
  }
  struct stat status = {};
  was_left_ = ::fstat(fd_, &status) == 0 && status.st_size > 0;
  if (was_left_ && ::ftruncate(fd_, 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot clear " + file.string());
  }
  mark_fd = fd_;
  for (const int signal : fatal_signals) std::signal(signal, leave_mark_and_die);
}

CrashMark::~CrashMark() {
  for (const int signal : fatal_signals) std::signal(signal, SIG_DFL);
  mark_fd = -1;
  ::close(fd_);
}

void CrashMark::leave() {
  write_mark(fd_);
}

}  // namespace rosterd::system
