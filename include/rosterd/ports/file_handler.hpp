#pragma once

#include "rosterd/base/task.hpp"

#include <filesystem>
#include <string>

namespace rosterd {

/// What became of a file that was dropped.
struct FileVerdict {
  enum class Outcome {
    done,      ///< taken, perhaps with rows that failed
    rejected,  ///< as a whole
    held,      ///< waits for a person
  };

  Outcome outcome = Outcome::done;
  /// What was wrong, for whoever sent the file: becomes `NAME.errors.csv` beside it. Empty: none.
  std::string errors_csv;
};

/// Whoever knows what the files of a drop folder mean.
class FileHandler {
 public:
  virtual ~FileHandler() = default;

  /// Called on the loop, one file at a time. The file stays where it is until the task ends. After
  /// a crash the same file is handed over again. Throws when the environment is broken; the file
  /// then stays for the next start.
  virtual Task<FileVerdict> handle(std::filesystem::path file) = 0;
};

}  // namespace rosterd
