#include "rosterd/adapters/sqlite/store.hpp"

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/event_log.hpp"
#include "adapters/sqlite/intake_store.hpp"
#include "adapters/sqlite/lock_file.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/outbox_control.hpp"
#include "adapters/sqlite/tables.hpp"
#include "adapters/sqlite/work_store.hpp"
#include "adapters/sqlite/writer.hpp"

#include <sqlite3.h>

#include <optional>
#include <stdexcept>
#include <utility>

namespace rosterd::sqlite {
namespace {

SQLite::Database open_migrated(const StoreOptions& options) {
  SQLite::Database database = open_for_writing(options.path);
  apply_migrations(database, options.now);
  return database;
}

// Without room the log stays, and nothing is lost.
void put_log_away_if_there_is_room(SQLite::Database& database) {
  try {
    put_log_away(database);
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_FULL) throw;
  }
}

}  // namespace

struct Store::Parts {
  Parts(StoreOptions options, const Crypto& crypto, asio::any_io_executor loop)
      : lock(options.path),
        database(open_migrated(options)),
        tables(std::in_place, database, crypto),
        writer(std::in_place, database, std::move(loop), hooks(options)),
        event_log(
            *writer,
            *tables,
            SqliteEventLog::Limits{options.open_events_max, options.free_bytes_min},
            options.path
        ),
        work(*writer, *tables),
        intake(*writer, *tables),
        control(*writer, *tables) {}

  Writer::Hooks hooks(const StoreOptions& options) {
    Writer::Hooks hooks;
    hooks.before_once = [this](Transaction& job) { tables->outbox.index_new(job); };
    hooks.before_commit = [this](Transaction& last) { tables->outbox.save_counts(last); };
    hooks.on_commit = options.on_commit;
    return hooks;
  }

  LockFile lock;
  SQLite::Database database;
  std::optional<Tables> tables;
  std::optional<Writer> writer;
  SqliteEventLog event_log;
  SqliteWorkStore work;
  SqliteIntakeStore intake;
  SqliteOutboxControl control;
  bool closed = false;
};

Store::Store(StoreOptions options, const Crypto& crypto, asio::any_io_executor loop)
    : parts_(std::make_unique<Parts>(std::move(options), crypto, std::move(loop))) {}

Store::~Store() {
  try {
    close();
  } catch (...) {
    // The log keeps what the checkpoint did not move.
  }
}

EventLog& Store::event_log() {
  return parts_->event_log;
}

WorkStore& Store::work() {
  return parts_->work;
}

IntakeStore& Store::intake() {
  return parts_->intake;
}

OutboxControl& Store::control() {
  return parts_->control;
}

Task<void> Store::checkpoint() {
  return parts_->writer->perform_alone([this] {
    parts_->database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  });
}

void Store::close() {
  if (parts_->closed) return;
  parts_->closed = true;
  parts_->writer->close();
  if (!parts_->writer->is_broken()) put_log_away_if_there_is_room(parts_->database);
}

CommitTotals Store::commits() const {
  return parts_->writer->totals();
}

std::vector<MigrationRow> migrate(const std::filesystem::path& path, Instant now) {
  const LockFile lock(path);
  SQLite::Database database = open_for_writing(path);
  std::vector<MigrationRow> rows;
  for (const Migration& migration : apply_migrations(database, now)) {
    rows.push_back(MigrationRow{migration.version, std::string(migration.name), true});
  }
  put_log_away_if_there_is_room(database);
  return rows;
}

std::vector<MigrationRow> migration_status(const std::filesystem::path& path) {
  int version = 0;
  if (std::filesystem::exists(path)) {
    SQLite::Database database = open_for_reading(path);
    version = schema_version(database);
  }
  std::vector<MigrationRow> rows;
  for (const Migration& migration : known_migrations()) {
    const bool applied = migration.version <= version;
    rows.push_back(MigrationRow{migration.version, std::string(migration.name), applied});
  }
  return rows;
}

}  // namespace rosterd::sqlite
