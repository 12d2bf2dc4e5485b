#pragma once

#include "rosterd/base/task.hpp"

#include <filesystem>
#include <string>

namespace rosterd {

/// What became of a file that was dropped.
enum class FileOutcome {
  done,      ///< taken, perhaps with rows that failed
  rejected,  ///< as a whole
  held,      ///< waits for a person
};

/// Where a handler puts what was wrong with the file it was given, for whoever sent it.
class ReportKeeper {
 public:
  virtual ~ReportKeeper() = default;

  /// Becomes `NAME.errors.csv` beside the file; takes the place of what was kept before, also
  /// before a crash. Empty: nothing was wrong. On the disk when the task ends, and waits while that
  /// is full: so whoever keeps the report first can let the file count then. Throws
  /// `operation_aborted` when the daemon is to stop meanwhile.
  virtual Task<void> keep(std::string errors_csv) = 0;
};

/// Whoever knows what the files of a drop folder mean.
class FileHandler {
 public:
  virtual ~FileHandler() = default;

  /// Called on the loop, one file at a time. The file stays where it is until the task ends. After
  /// a crash the same file is handed over again, and what was kept for it is still kept. Throws
  /// when the environment is broken; the file then stays for the next start.
  virtual Task<FileOutcome> handle(std::filesystem::path file, ReportKeeper& report) = 0;
};

}  // namespace rosterd
