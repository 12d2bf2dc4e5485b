#include "adapters/sqlite/scan.hpp"

#include <sqlite3.h>

#include <cstring>
#include <stdexcept>

namespace rosterd::sqlite {

Scan::Scan(const SQLite::Database& database, std::string_view sql)
    : database_(database.getHandle()) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(
      database_,
      sql.data(),
      static_cast<int>(sql.size()),
      SQLITE_PREPARE_PERSISTENT,
      &statement,
      nullptr
  );
  statement_.reset(statement);
  if (result != SQLITE_OK) throw SQLite::Exception(database_, result);
}

void Scan::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Cursor::Cursor(Scan& scan, std::initializer_list<std::string_view> texts) : scan_(scan) {
  int index = 0;
  for (const std::string_view text : texts) {
    // A view may have no address, which would bind NULL.
    const char* const data = text.data() == nullptr ? "" : text.data();
    const int result = sqlite3_bind_text(
        scan_.statement_.get(), ++index, data, static_cast<int>(text.size()), SQLITE_STATIC
    );
    if (result != SQLITE_OK) throw SQLite::Exception(scan_.database_, result);
  }
  advance();
}

Cursor::~Cursor() {
  sqlite3_reset(scan_.statement_.get());
  sqlite3_clear_bindings(scan_.statement_.get());
}

void Cursor::advance() {
  const int result = sqlite3_step(scan_.statement_.get());
  on_row_ = result == SQLITE_ROW;
  if (on_row_ || result == SQLITE_DONE) return;
  const SQLite::Exception error(scan_.database_, result);
  sqlite3_reset(scan_.statement_.get());
  throw error;
}

std::string_view Cursor::text(int column) const {
  const auto* const text = sqlite3_column_text(scan_.statement_.get(), column);
  const int bytes = sqlite3_column_bytes(scan_.statement_.get(), column);
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(bytes)};
}

std::int64_t Cursor::integer(int column) const {
  return sqlite3_column_int64(scan_.statement_.get(), column);
}

Key128 Cursor::key(int column) const {
  Key128 key;
  const void* const bytes = sqlite3_column_blob(scan_.statement_.get(), column);
  if (sqlite3_column_bytes(scan_.statement_.get(), column) != sizeof key) {
    throw std::runtime_error("the store holds a key of the wrong length");
  }
  std::memcpy(&key, bytes, sizeof key);
  return key;
}

}  // namespace rosterd::sqlite
