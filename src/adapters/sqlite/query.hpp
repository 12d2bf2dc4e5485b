#pragma once

#include "rosterd/base/hash.hpp"
#include "rosterd/base/instant.hpp"
#include "rosterd/domain/ids.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rosterd::sqlite {

/// The row a query stands on. Columns count from 0.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}

  bool has(int column) const { return !statement_.isColumnNull(column); }
  std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  int small(int column) const { return statement_.getColumn(column).getInt(); }
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  bool flag(int column) const { return integer(column) != 0; }
  std::string text(int column) const { return statement_.getColumn(column).getString(); }
  Instant instant(int column) const { return from_micros(integer(column)); }

  std::optional<Instant> optional_instant(int column) const {
    if (!has(column)) return std::nullopt;
    return instant(column);
  }
  std::optional<std::int64_t> optional_integer(int column) const {
    if (!has(column)) return std::nullopt;
    return integer(column);
  }
  Key128 key(int column) const {
    Key128 key;
    copy_bytes(column, &key, sizeof key);
    return key;
  }
  Digest digest(int column) const {
    Digest digest{};
    copy_bytes(column, &digest, sizeof digest);
    return digest;
  }

 private:
  void copy_bytes(int column, void* to, std::size_t size) const {
    const auto value = statement_.getColumn(column);
    if (static_cast<std::size_t>(value.getBytes()) != size) {
      throw std::runtime_error("the store holds a key of the wrong length");
    }
    std::memcpy(to, value.getBlob(), size);
  }

  SQLite::Statement& statement_;
};

/// A prepared statement: bound in the order of its parameters, run, and ready again, whatever
/// happens. What is bound must live until the call returns.
class Query {
 public:
  Query(const SQLite::Database& database, const std::string& sql) : statement_(database, sql) {}

  /// Runs it to the end; gives the number of rows changed.
  template <class... Values>
  int run(const Values&... values) {
    const Ready ready(statement_);
    bind_all(values...);
    return statement_.exec();
  }

  /// Calls `visit(Row)` for each row.
  template <class Visit, class... Values>
  void each(Visit visit, const Values&... values) {
    const Ready ready(statement_);
    bind_all(values...);
    while (statement_.executeStep()) visit(Row(statement_));
  }

  /// Calls `visit(Row)` for the first row; gives whether there is one.
  template <class Visit, class... Values>
  bool first(Visit visit, const Values&... values) {
    const Ready ready(statement_);
    bind_all(values...);
    if (!statement_.executeStep()) return false;
    visit(Row(statement_));
    return true;
  }

  template <class... Values>
  bool any(const Values&... values) {
    return first([](Row) {}, values...);
  }

  /// The first column of the first row; nothing when there is no row or it is null.
  template <class... Values>
  std::optional<std::int64_t> number(const Values&... values) {
    std::optional<std::int64_t> value;
    first([&](Row row) { value = row.optional_integer(0); }, values...);
    return value;
  }

  /// For statements put together at run time: one parameter at a time, before `each` or `run`
  /// without values.
  template <class Value>
  void bind_next(const Value& value) {
    bind(++bound_, value);
  }

 private:
  struct Ready {
    explicit Ready(SQLite::Statement& s) : statement(s) {}
    ~Ready() { statement.tryReset(); }
    Ready(const Ready&) = delete;
    Ready& operator=(const Ready&) = delete;
    SQLite::Statement& statement;
  };

  template <class... Values>
  void bind_all(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
  }

  void bind(int index, std::int64_t value) { statement_.bind(index, value); }
  void bind(int index, int value) { statement_.bind(index, value); }
  void bind(int index, bool value) { statement_.bind(index, value ? 1 : 0); }
  void bind(int index, std::uint64_t value) {
    statement_.bind(index, static_cast<std::int64_t>(value));
  }
  void bind(int index, const std::string& value) { statement_.bindNoCopy(index, value); }
  void bind(int index, std::string_view value) { statement_.bind(index, std::string(value)); }
  void bind(int index, Instant value) { statement_.bind(index, to_micros(value)); }
  void bind(int index, const Key128& value) {
    statement_.bindNoCopy(index, &value, static_cast<int>(sizeof value));
  }
  void bind(int index, const Digest& value) {
    statement_.bindNoCopy(index, value.data(), static_cast<int>(value.size()));
  }
  void bind(int index, std::span<const std::byte> value) {
    // An empty span may have no address, which would bind NULL.
    const void* const data = value.empty() ? "" : static_cast<const void*>(value.data());
    statement_.bindNoCopy(index, data, static_cast<int>(value.size()));
  }
  template <class Tag>
  void bind(int index, const Id<Tag>& value) {
    statement_.bindNoCopy(index, value.value);
  }
  // Apart from the others and not inline: g++ 12 takes an empty one for uninitialized.
  void bind(int index, const std::optional<Instant>& value);
  template <class Value>
  void bind(int index, const std::optional<Value>& value) {
    if (value) {
      bind(index, *value);
    } else {
      statement_.bind(index);
    }
  }

  SQLite::Statement statement_;
  int bound_ = 0;
};

}  // namespace rosterd::sqlite
