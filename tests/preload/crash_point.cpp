/// A library that is preloaded into a program and kills it (SIGKILL, as a power button would) at a
/// chosen call of the system. `ROSTERD_CRASH_POINT` says where, one step a line:
///
///     NUMBER before|after CALL TEXT
///
/// CALL is write, sync, move, remove, send or receive; TEXT is part of the file's path (of what is
/// sent or received), and without it every such call counts. A step is reached at the NUMBER-th
/// call that fits since the step before it was reached; the program dies at the last one. `receive`
/// is known only after it, and counts only when something was received.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

// No allocation anywhere: this also runs before main, and inside of allocators.
constexpr std::size_t steps_max = 4;
constexpr std::size_t text_bytes = 200;
constexpr std::size_t path_bytes = 4096;

struct Step {
  unsigned number = 0;
  std::array<char, 8> when{};
  std::array<char, 8> call{};
  std::array<char, text_bytes> text{};
};

class CrashPoint {
 public:
  CrashPoint() {
    const char* line = std::getenv("ROSTERD_CRASH_POINT");
    while (line != nullptr && *line != '\0' && count_ < steps_max) {
      Step& step = steps_[count_];
      const int read = std::sscanf(
          line,
          "%u %7s %7s%*1[ ]%199[^\n]",
          &step.number,
          step.when.data(),
          step.call.data(),
          step.text.data()
      );
      if (read < 3 || step.number == 0) std::abort();
      ++count_;
      line = std::strchr(line, '\n');
      if (line != nullptr) ++line;
    }
  }

  bool wants(std::string_view when, std::string_view call) const {
    const std::size_t at = at_;
    return at < count_ && when == steps_[at].when.data() && call == steps_[at].call.data();
  }

  void pass(std::string_view when, std::string_view call, std::string_view what) {
    while (lock_.test_and_set(std::memory_order_acquire)) {
    }
    if (wants(when, call) && what.find(steps_[at_].text.data()) != std::string_view::npos) {
      if (++seen_ == steps_[at_].number) {
        seen_ = 0;
        if (at_ + 1 == count_) die();
        ++at_;
      }
    }
    lock_.clear(std::memory_order_release);
  }

 private:
  static void die() {
    ::syscall(SYS_kill, ::getpid(), 9);
    for (;;) ::pause();
  }

  std::array<Step, steps_max> steps_{};
  std::size_t count_ = 0;
  std::atomic<std::size_t> at_ = 0;
  unsigned seen_ = 0;
  std::atomic_flag lock_ = ATOMIC_FLAG_INIT;
};

CrashPoint& crash_point() {
  static CrashPoint point;
  return point;
}

/// The path behind a descriptor.
class PathOf {
 public:
  explicit PathOf(int file) {
    std::array<char, 64> link{};
    std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
    const ssize_t size = ::readlink(link.data(), path_.data(), path_.size());
    if (size > 0) size_ = static_cast<std::size_t>(size);
  }
  std::string_view text() const { return {path_.data(), size_}; }

 private:
  std::array<char, path_bytes> path_{};
  std::size_t size_ = 0;
};

/// `FOLDER/NAME > FOLDER/NAME`, so that a move can be told by where it goes.
class PathsOf {
 public:
  PathsOf(int from_folder, const char* from, int to_folder, const char* to) {
    add(PathOf(from_folder).text());
    add("/");
    add(from);
    add(" > ");
    add(PathOf(to_folder).text());
    add("/");
    add(to);
  }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  void add(std::string_view part) {
    const std::size_t fits = std::min(part.size(), text_.size() - size_);
    std::memcpy(text_.data() + size_, part.data(), fits);
    size_ += fits;
  }

  std::array<char, 4 * path_bytes> text_{};
  std::size_t size_ = 0;
};

/// The beginning of what a message consists of, as one text.
class Message {
 public:
  Message(const msghdr& message, std::size_t bytes) {
    for (std::size_t i = 0; i < message.msg_iovlen; ++i) {
      const iovec& part = message.msg_iov[i];
      const std::size_t fits = std::min({part.iov_len, bytes - size_, text_.size() - size_});
      std::memcpy(text_.data() + size_, part.iov_base, fits);
      size_ += fits;
    }
  }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, path_bytes> text_{};
  std::size_t size_ = 0;
};

/// The function of this name that would be called without this library.
template <class Function>
Function* real(Function* /*like*/, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

template <class Do>
auto around(std::string_view call, int file, Do act) {
  CrashPoint& point = crash_point();
  if (point.wants("before", call)) point.pass("before", call, PathOf(file).text());
  const auto result = act();
  if (point.wants("after", call)) point.pass("after", call, PathOf(file).text());
  return result;
}

template <class Do>
auto around_text(std::string_view call, std::string_view text, Do act) {
  crash_point().pass("before", call, text);
  const auto result = act();
  crash_point().pass("after", call, text);
  return result;
}

}  // namespace

// What follows takes the place of the C library's functions; the names are its own.
extern "C" {

ssize_t write(int file, const void* bytes, std::size_t size) {
  static const auto next = real(&::write, "write");
  return around("write", file, [&] { return next(file, bytes, size); });
}

ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t at) {
  static const auto next = real(&::pwrite, "pwrite");
  return around("write", file, [&] { return next(file, bytes, size, at); });
}

ssize_t pwrite64(int file, const void* bytes, std::size_t size, off64_t at) {
  static const auto next = real(&::pwrite64, "pwrite64");
  return around("write", file, [&] { return next(file, bytes, size, at); });
}

int ftruncate(int file, off_t size) noexcept {
  static const auto next = real(&::ftruncate, "ftruncate");
  return around("write", file, [&] { return next(file, size); });
}

int ftruncate64(int file, off64_t size) noexcept {
  static const auto next = real(&::ftruncate64, "ftruncate64");
  return around("write", file, [&] { return next(file, size); });
}

int fsync(int file) {
  static const auto next = real(&::fsync, "fsync");
  return around("sync", file, [&] { return next(file); });
}

int fdatasync(int file) {
  static const auto next = real(&::fdatasync, "fdatasync");
  return around("sync", file, [&] { return next(file); });
}

int renameat2(
    int from_folder, const char* from, int to_folder, const char* to, unsigned flags
) noexcept {
  static const auto next = real(&::renameat2, "renameat2");
  const PathsOf paths(from_folder, from, to_folder, to);
  return around_text("move", paths.text(), [&] {
    return next(from_folder, from, to_folder, to, flags);
  });
}

int unlink(const char* path) noexcept {
  static const auto next = real(&::unlink, "unlink");
  return around_text("remove", path, [&] { return next(path); });
}

ssize_t send(int socket, const void* bytes, std::size_t size, int flags) {
  static const auto next = real(&::send, "send");
  const std::string_view text(static_cast<const char*>(bytes), size);
  return around_text("send", text, [&] { return next(socket, bytes, size, flags); });
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  static const auto next = real(&::sendmsg, "sendmsg");
  const Message sent(*message, path_bytes);
  return around_text("send", sent.text(), [&] { return next(socket, message, flags); });
}

ssize_t recv(int socket, void* bytes, std::size_t size, int flags) {
  static const auto next = real(&::recv, "recv");
  const ssize_t got = next(socket, bytes, size, flags);
  if (got <= 0) return got;
  const std::string_view text(static_cast<const char*>(bytes), static_cast<std::size_t>(got));
  crash_point().pass("after", "receive", text);
  return got;
}

ssize_t recvmsg(int socket, msghdr* message, int flags) {
  static const auto next = real(&::recvmsg, "recvmsg");
  const ssize_t got = next(socket, message, flags);
  if (got <= 0) return got;
  const Message received(*message, static_cast<std::size_t>(got));
  crash_point().pass("after", "receive", received.text());
  return got;
}

}  // extern "C"
