#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace rosterd::sqlite {

struct BackupProgress {
  bool checking = false;  ///< all is copied, and the copy is read once more
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
};

struct BackupOptions {
  std::filesystem::path store;
  std::filesystem::path file;
  bool overwrite = false;
  /// Called now and then; false: stop, and leave nothing behind. Empty: nobody is asked.
  std::function<bool(const BackupProgress&)> go_on;
};

struct BackupReport {
  std::uint64_t bytes = 0;
  int schema_version = 0;  ///< 0: of a store that no migration has touched yet
};

/// Copies a store as it was at one moment, whatever its schema: from any process, also while a
/// daemon writes, which it does not hold up. Only the daemon's write-ahead log grows meanwhile.
///
/// The copy is written under another name in the same folder, readable by its owner alone; it gets
/// its name when every page of it was found in order and is on the disk. Blocking. Nothing when
/// `go_on` said so; throws, and leaves no copy, when there is something at `file` and `overwrite`
/// is off, when the copy is damaged, and when the disk is full.
std::optional<BackupReport> backup(const BackupOptions& options);

}  // namespace rosterd::sqlite
