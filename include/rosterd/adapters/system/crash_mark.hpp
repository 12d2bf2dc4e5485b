#pragma once

#include <filesystem>

namespace rosterd::system {

/// Tells a process that died by its own doing from one that was killed or lost its power: only the
/// first says anything against the events it was working on.
///
/// A file that a dying process (SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL) leaves one byte in. One
/// per process; for the main thread. Throws `system_error` when the file cannot be made.
class CrashMark {
 public:
  explicit CrashMark(const std::filesystem::path& file);
  ~CrashMark();
  CrashMark(const CrashMark&) = delete;
  CrashMark& operator=(const CrashMark&) = delete;

  /// Whether the process before this one left the mark.
  bool was_left() const { return was_left_; }

  /// Leaves it: this process ends by its own doing.
  void leave();

 private:
  int fd_ = -1;
  bool was_left_ = false;
};

}  // namespace rosterd::system
