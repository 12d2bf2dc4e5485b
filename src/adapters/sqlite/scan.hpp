#pragma once

#include "rosterd/base/hash.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace rosterd::sqlite {

/// A statement for passes over whole tables, read a row at a time: several of them are merged in
/// step. It gives views of SQLite's own memory where a `Query` would copy. `database` must outlive
/// it.
class Scan {
 public:
  Scan(const SQLite::Database& database, std::string_view sql);

 private:
  friend class Cursor;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One pass of a scan, which has only one at a time. Columns count from 0.
class Cursor {
 public:
  /// Binds texts, which must outlive the cursor, and goes to the first row.
  Cursor(Scan& scan, std::initializer_list<std::string_view> texts);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  /// False after the last row.
  explicit operator bool() const { return on_row_; }
  void advance();

  /// Valid until the cursor moves.
  std::string_view text(int column) const;
  std::int64_t integer(int column) const;
  Key128 key(int column) const;

 private:
  Scan& scan_;
  bool on_row_ = false;
};

}  // namespace rosterd::sqlite
