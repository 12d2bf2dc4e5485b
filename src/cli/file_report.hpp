#pragma once

#include "progress_line.hpp"
#include "rosterd/ingest/file_intake.hpp"

#include <cstddef>
#include <ostream>

namespace rosterd::cli {

/// What happened to a file, for people: counts, then each row that failed and each person that was
/// quarantined, at most `rows_max` of each.
void print_report(const ingest::IntakeReport& report, std::size_t rows_max, std::ostream& out);

/// The same for programs.
void print_report_json(const ingest::IntakeReport& report);

/// The same keys for a file that the daemon took; what only the reader of the file knows is null.
void print_intake_json(const Intake& intake);

/// A bar while a file is read.
class FileProgress {
 public:
  void show(const ingest::IntakeProgress& progress);
  void clear() { line_.clear(); }

 private:
  ProgressLine line_;
  int shown_ = -1;
};

}  // namespace rosterd::cli
