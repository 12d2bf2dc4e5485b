#include "stored.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace rosterd::test {

Stored::Stored(const std::filesystem::path& file) {
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(file.c_str(), &database_, flags, nullptr) == SQLITE_OK) return;
  const std::string why = sqlite3_errmsg(database_);
  sqlite3_close(database_);
  throw std::runtime_error(file.string() + ": " + why);
}

Stored::~Stored() {
  sqlite3_close(database_);
}

void Stored::exec(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return;
  throw std::runtime_error(sql.substr(0, 80) + ": " + sqlite3_errmsg(database_));
}

std::vector<std::string> Stored::rows(const std::string& sql) {
  std::vector<std::string> rows;
  const auto keep = [](void* list, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i) {
      if (i > 0) row += '|';
      row += values[i] == nullptr ? "NULL" : values[i];
    }
    static_cast<std::vector<std::string>*>(list)->push_back(std::move(row));
    return 0;
  };
  if (sqlite3_exec(database_, sql.c_str(), keep, &rows, nullptr) == SQLITE_OK) return rows;
  throw std::runtime_error(sql.substr(0, 80) + ": " + sqlite3_errmsg(database_));
}

std::vector<std::string> Stored::outline() {
  std::vector<std::string> all = rows("SELECT type, name, sql FROM sqlite_schema ORDER BY name");
  for (const std::string& table :
       rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")) {
    all.push_back(table + ": " + rows("SELECT count(*) FROM \"" + table + "\"").front());
  }
  return all;
}

std::vector<std::string> out_of_order(Stored& store) {
  return store.rows(
      "SELECT 'finished', person, event FROM (SELECT e.person, o.event, o.finished_at, "
      "max(o.finished_at) OVER (PARTITION BY e.person ORDER BY e.id ROWS BETWEEN UNBOUNDED "
      "PRECEDING AND 1 PRECEDING) AS earlier FROM outbox o JOIN event e ON e.id = o.event) "
      "WHERE finished_at < earlier "
      "UNION ALL SELECT 'sent', person, event FROM (SELECT person, event, max(event) OVER "
      "(PARTITION BY person ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS "
      "earlier FROM operation) WHERE event < earlier "
      "UNION ALL SELECT 'superseded last', person, event FROM (SELECT e.person, o.event, o.state, "
      "max(e.id) OVER (PARTITION BY e.person) AS newest FROM outbox o JOIN event e "
      "ON e.id = o.event) WHERE event = newest AND state = 'superseded'"
  );
}

}  // namespace rosterd::test
