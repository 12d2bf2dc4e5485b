#pragma once

#include <filesystem>
#include <string>
#include <vector>

struct sqlite3;

namespace rosterd::test {

/// A store's file as SQLite alone sees it, without any of rosterd's code. Not beside a daemon that
/// runs: closing it may move the log into the file.
class Stored {
 public:
  /// Made when it is not there. Throws when it cannot be opened.
  explicit Stored(const std::filesystem::path& file);
  ~Stored();
  Stored(const Stored&) = delete;
  Stored& operator=(const Stored&) = delete;

  void exec(const std::string& sql);
  /// The rows of a query, their columns parted by `|`.
  std::vector<std::string> rows(const std::string& sql);
  std::string integrity() { return rows("PRAGMA integrity_check").front(); }

  /// Everything's definition, and how many rows each table has.
  std::vector<std::string> outline();

 private:
  sqlite3* database_ = nullptr;
};

/// Events that were finished before an earlier one of the same person, and those that took effect
/// in the tenant before it.
std::vector<std::string> out_of_order(Stored& store);

}  // namespace rosterd::test
