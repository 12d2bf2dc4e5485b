#pragma once

#include "rosterd/ingest/csv_reader.hpp"

#include <cstddef>
#include <string>

namespace rosterd::ingest {

/// Rows that are needed a second time. As long as they are few, the file need not be read again for
/// them.
class KeptRows {
 public:
  /// Over `bytes_max` no row is kept, neither one before nor one after.
  explicit KeptRows(std::size_t bytes_max = std::size_t{8} << 20U) : bytes_max_(bytes_max) {}

  void add(const CsvRow& row);

  /// Whether every row that was added is here.
  bool all() const { return all_; }

  /// Gives the rows in the order they were added, once each; false after the last. The fields are
  /// valid as long as nothing is added.
  bool next(CsvRow& row);

 private:
  std::size_t bytes_max_;
  bool all_ = true;
  std::string bytes_;  ///< of each row its line, the number and the lengths of its fields, and them
  std::size_t read_ = 0;
};

}  // namespace rosterd::ingest
