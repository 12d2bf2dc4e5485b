#pragma once

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/migrations.hpp"

#include <filesystem>
#include <string>

namespace rosterd::test {

/// A store that the program of schema 1 left behind: ada has left and is due, and is still in two
/// groups of the ledger; bob's event was applied.
inline void make_store_of_schema_1(const std::filesystem::path& path) {
  SQLite::Database database = sqlite::open_for_writing(path);
  database.exec("PRAGMA application_id = " + std::to_string(sqlite::application_id));
  database.exec(std::string(sqlite::known_migrations().front().text));
  // The checksum is of the file as it was released.
  database.exec(
      "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
      "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;"
      "INSERT INTO schema_migrations VALUES (1, '0001_initial.sql', 'b85f11c72ee7acfc', 0)"
  );
  database.exec(
      "INSERT INTO event VALUES (1, 'hr', 'e1', 'bob', 'person.joined', '', 'partial', '{}', "
      "NULL, NULL, NULL, '', 0, NULL, NULL);"
      "INSERT INTO event VALUES (2, 'hr', 'e2', 'ada', 'person.left', '', 'partial', '{}', "
      "NULL, NULL, NULL, '', 0, NULL, NULL);"
      "INSERT INTO outbox (event, state, priority, lane, due_at, from_file, folded, finished_at) "
      "VALUES (1, 'applied', 1, 0, NULL, 0, 1, 0), (2, 'pending', 0, 0, 0, 0, 0, NULL);"
      "INSERT INTO outbox_count VALUES ('applied', 0, 1), ('pending', 0, 1);"
      "INSERT INTO event_payload VALUES (1, x'7b7d'), (2, x'7b7d');"
      "INSERT INTO policy_version (version, text, since, settled) VALUES ('v1', '', 0, 1);"
      "INSERT INTO person VALUES ('bob', 'active', NULL, 1, NULL, NULL, 0, 0, 0, "
      "'{\"status\":\"active\"}', '{\"newest\":[\"\",null,1]}');"
      "INSERT INTO link VALUES ('auth0|ada', 'ada');"
      "INSERT INTO ledger VALUES ('auth0|ada', 'group', 'Staff-id', 'Staff', '', 'ada', 1, "
      "'everyone', 'v1', 0, 0), ('auth0|ada', 'group', 'Engineering-id', 'Engineering', '', "
      "'ada', 1, 'engineers', 'v1', 0, 0);"
  );
  sqlite::put_log_away(database);
}

}  // namespace rosterd::test
