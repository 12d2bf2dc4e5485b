#pragma once

#include <filesystem>

namespace rosterd::sqlite {

/// The right to write a store, held by one process: an flock on a file beside it. The kernel takes
/// it back when the process ends, however it ends.
class LockFile {
 public:
  /// Throws, naming the process that holds it, when it is taken.
  explicit LockFile(const std::filesystem::path& store);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  int file_ = -1;
};

}  // namespace rosterd::sqlite
