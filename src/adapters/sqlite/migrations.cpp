#include "adapters/sqlite/migrations.hpp"

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/embedded_files.hpp"
#include "adapters/sqlite/query.hpp"
#include "rosterd/base/assert.hpp"

#include <cstdint>
#include <stdexcept>

namespace rosterd::sqlite {
namespace {

// FNV-1a: this finds an edited file, not a forged one.
std::string checksum(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (int shift = 60; shift >= 0; shift -= 4) hex += digits[(hash >> shift) & 15U];
  return hex;
}

void expect_not_newer(const SQLite::Database& database, int version) {
  const int newest = static_cast<int>(known_migrations().size());
  if (version <= newest) return;
  throw std::runtime_error(
      database.getFilename() + " has schema " + std::to_string(version) +
      ", and this program knows none above " + std::to_string(newest) +
      ": it was written by a newer rosterd"
  );
}

void expect_unchanged(SQLite::Database& database) {
  const auto known = known_migrations();
  Query applied(database, "SELECT version, checksum FROM schema_migrations ORDER BY version");
  applied.each([&](Row row) {
    const Migration& migration = known.at(static_cast<std::size_t>(row.small(0) - 1));
    if (row.text(1) == checksum(migration.text)) return;
    throw std::runtime_error(
        database.getFilename() + ": migration " + std::string(migration.name) +
        " is not the one that was applied"
    );
  });
}

void apply(SQLite::Database& database, const Migration& migration, Instant now) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec(std::string(migration.text));
  Query record(
      database,
      "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)"
  );
  const std::string sum = checksum(migration.text);
  record.run(migration.version, migration.name, sum, now);
  transaction.commit();
}

}  // namespace

std::vector<Migration> known_migrations() {
  std::vector<Migration> migrations;
  for (const EmbeddedFile& file : embedded_files()) {
    const Migration migration{std::stoi(std::string(file.name.substr(0, 4))), file.name, file.text};
    migrations.push_back(migration);
    ROSTERD_ASSERT(
        migration.version == static_cast<int>(migrations.size()), "migrations are numbered 1, 2, 3"
    );
  }
  return migrations;
}

std::vector<Migration> apply_migrations(SQLite::Database& database, Instant now) {
  if (schema_version(database) == 0) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec("PRAGMA application_id = " + std::to_string(application_id));
    database.exec(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, "
        "name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"
    );
    transaction.commit();
  }
  const int version = schema_version(database);
  expect_not_newer(database, version);
  expect_unchanged(database);

  std::vector<Migration> applied;
  for (const Migration& migration : known_migrations()) {
    if (migration.version <= version) continue;
    apply(database, migration, now);
    applied.push_back(migration);
  }
  return applied;
}

int schema_version(SQLite::Database& database) {
  if (!database.tableExists("schema_migrations")) return 0;
  return database.execAndGet("SELECT coalesce(max(version), 0) FROM schema_migrations").getInt();
}

void expect_current_schema(SQLite::Database& database) {
  const int version = schema_version(database);
  expect_not_newer(database, version);
  const int newest = static_cast<int>(known_migrations().size());
  if (version == newest) return;
  throw std::runtime_error(
      database.getFilename() + " has schema " + std::to_string(version) + " and needs " +
      std::to_string(newest) + ": run `rosterd migrate`"
  );
}

}  // namespace rosterd::sqlite
