#include "adapters/sqlite/connection.hpp"

#include "adapters/sqlite/gathering_vfs.hpp"
#include "adapters/sqlite/query.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unistd.h>

namespace rosterd::sqlite {
namespace {

constexpr int busy_timeout_ms = 5'000;
constexpr int log_pages_max = 1000;

// SQLite keeps account of its memory under a lock, which every allocation would take; nobody asks.
void forgo_memory_statistics() {
  [[maybe_unused]] static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// Each connection belongs to one thread, so SQLite need not lock it at every call.
const int one_thread = SQLite::OPEN_NOMUTEX;

void create_private(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot open " + path.string());
  }
  ::close(file);
}

// SQLite's own would pass over a failed fsync and try again with the next commit, which may then be
// told that all is well.
int shorten_log(void*, sqlite3* connection, const char* database, int pages) {
  if (pages < log_pages_max) return SQLITE_OK;
  const int result =
      sqlite3_wal_checkpoint_v2(connection, database, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  const bool can_wait = result == SQLITE_BUSY || result == SQLITE_LOCKED || result == SQLITE_FULL;
  return can_wait ? SQLITE_OK : result;
}

void checkpoint_on_close(SQLite::Database& database, bool wanted) {
  sqlite3_db_config(
      database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted ? 0 : 1, nullptr
  );
}

void make_settings(SQLite::Database& database) {
  const std::string mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode != "wal") {
    throw std::runtime_error(
        database.getFilename() + ": WAL mode is not possible here (" + mode +
        "); the store must be on a local disk"
    );
  }
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA foreign_keys = ON");
  database.exec("PRAGMA temp_store = MEMORY");
  // In kibibytes. Events are added at the end, which more of it makes no faster.
  database.exec("PRAGMA cache_size = -20480");
  sqlite3_wal_hook(database.getHandle(), shorten_log, nullptr);
}

void expect_rosterd_store(SQLite::Database& database, bool may_be_empty) {
  const int id = database.execAndGet("PRAGMA application_id").getInt();
  if (id == application_id) return;
  const int tables = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
  if (may_be_empty && id == 0 && tables == 0) return;
  throw std::runtime_error(database.getFilename() + " is not a rosterd store");
}

}  // namespace

SQLite::Database open_for_writing(const std::filesystem::path& path) {
  forgo_memory_statistics();
  create_private(path);
  try {
    SQLite::Database database(
        path.string(), SQLite::OPEN_READWRITE | one_thread, busy_timeout_ms, gathering_vfs()
    );
    forget_what_is_rolled_back(database.getHandle());
    checkpoint_on_close(database, false);
    expect_rosterd_store(database, true);
    make_settings(database);
    return database;
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_NOTADB) throw;
    throw std::runtime_error(path.string() + " is not a rosterd store");
  }
}

void put_log_away(SQLite::Database& database) {
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  checkpoint_on_close(database, true);
}

SQLite::Database open_for_reading(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) {
    throw std::runtime_error(
        "there is no store at " + path.string() + "; `rosterd serve` or `rosterd migrate` makes one"
    );
  }
  try {
    SQLite::Database database(path.string(), SQLite::OPEN_READONLY | one_thread, busy_timeout_ms);
    expect_rosterd_store(database, false);
    return database;
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_NOTADB) {
      throw std::runtime_error(path.string() + " is not a rosterd store");
    }
    const bool no_log = !std::filesystem::exists(path.string() + "-wal");
    if (error.getErrorCode() != SQLITE_CANTOPEN || !no_log) throw;
  }
  // A clean stop leaves no write-ahead log, and then a reader that may not write to the folder
  // cannot make the shared memory WAL mode asks for; without a log the file alone is the whole
  // truth.
  SQLite::Database database = open_unchanging(path);
  expect_rosterd_store(database, false);
  return database;
}

SQLite::Database open_unchanging(const std::filesystem::path& path) {
  std::string uri = "file:";
  for (const char c : path.string()) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr char digits[] = "0123456789abcdef";
      uri += '%';
      uri += digits[static_cast<unsigned char>(c) >> 4U];
      uri += digits[static_cast<unsigned char>(c) & 15U];
    } else {
      uri += c;
    }
  }
  uri += "?immutable=1";
  return {uri, SQLite::OPEN_READONLY | SQLite::OPEN_URI | one_thread, busy_timeout_ms};
}

}  // namespace rosterd::sqlite
