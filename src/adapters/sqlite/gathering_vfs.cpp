#include "adapters/sqlite/gathering_vfs.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>

namespace rosterd::sqlite {
namespace {

// SQLite's file system for Unix takes the size of a write modulo 128 KiB.
constexpr std::size_t gathered_bytes_max = std::size_t{120} << 10;

/// A default file system and the one that is made of it, which lives as long as the program.
struct Gathering {
  sqlite3_vfs vfs{};
  std::string name;
  std::string real_name;

  /// It may be another one by now with the same name and the same functions.
  sqlite3_vfs* real() const { return sqlite3_vfs_find(real_name.c_str()); }
};

/// A write-ahead log. SQLite gives the memory; the file it stands for follows.
struct Log {
  sqlite3_file base;
  std::string* gathered;
  sqlite3_int64 offset;  // of what is gathered
  int failed;            // the error by which some of it was lost

  static Log& of(sqlite3_file* file) { return *reinterpret_cast<Log*>(file); }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  const sqlite3_io_methods& calls() { return *real()->pMethods; }

  int write_gathered() {
    if (failed == SQLITE_OK && !gathered->empty()) {
      const auto size = static_cast<int>(gathered->size());
      failed = calls().xWrite(real(), gathered->data(), size, offset);
      gathered->clear();
    }
    return failed;
  }

  void forget() {
    gathered->clear();
    failed = SQLITE_OK;
  }
};
static_assert(sizeof(Log) % 8 == 0, "what follows is aligned as SQLite aligns its own files");

int close(sqlite3_file* file) {
  Log& log = Log::of(file);
  // What no sync has followed is of no transaction.
  delete log.gathered;
  return log.calls().xClose(log.real());
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  Log& log = Log::of(file);
  const auto count = static_cast<std::size_t>(size);
  const bool goes_on = offset == log.offset + static_cast<sqlite3_int64>(log.gathered->size());
  if (!goes_on || log.gathered->size() + count > gathered_bytes_max) log.write_gathered();
  if (log.failed != SQLITE_OK) return log.failed;
  if (log.gathered->empty()) log.offset = offset;
  log.gathered->append(static_cast<const char*>(bytes), count);
  return SQLITE_OK;
}

/// A call of the file itself, after what was gathered has been written.
template <auto Member, class... Arguments>
int then(sqlite3_file* file, Arguments... arguments) {
  Log& log = Log::of(file);
  const int result = log.write_gathered();
  return result == SQLITE_OK ? (log.calls().*Member)(log.real(), arguments...) : result;
}

template <auto Member, class... Arguments>
int pass(sqlite3_file* file, Arguments... arguments) {
  Log& log = Log::of(file);
  return (log.calls().*Member)(log.real(), arguments...);
}

// Of version 1: shared memory is the database's, and nothing of a log is mapped.
const sqlite3_io_methods log_calls = {
    .iVersion = 1,
    .xClose = close,
    .xRead = then<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = then<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = then<&sqlite3_io_methods::xSync, int>,
    .xFileSize = then<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = pass<&sqlite3_io_methods::xLock, int>,
    .xUnlock = pass<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = then<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = pass<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* const real = reinterpret_cast<Gathering*>(vfs)->real();
  if ((flags & SQLITE_OPEN_WAL) == 0) return real->xOpen(real, path, file, flags, flags_out);

  Log& log = *new (file) Log{};
  const int result = real->xOpen(real, path, log.real(), flags, flags_out);
  if (log.real()->pMethods == nullptr) return result;
  log.gathered = new std::string;
  log.gathered->reserve(gathered_bytes_max);
  log.base.pMethods = &log_calls;
  return result;
}

void forget(void* connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(
      static_cast<sqlite3*>(connection), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file
  );
  if (file != nullptr && file->pMethods == &log_calls) Log::of(file).forget();
}

}  // namespace

const char* gathering_vfs() {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Gathering>> known;

  const std::lock_guard lock(mutex);
  const sqlite3_vfs& real = *sqlite3_vfs_find(nullptr);
  std::unique_ptr<Gathering>& made = known[real.zName];
  if (!made) {
    made = std::make_unique<Gathering>();
    made->real_name = real.zName;
    made->name = "gathering " + made->real_name;
    made->vfs = real;
    made->vfs.zName = made->name.c_str();
    made->vfs.pNext = nullptr;
    made->vfs.szOsFile = static_cast<int>(sizeof(Log)) + real.szOsFile;
    made->vfs.xOpen = open;
    sqlite3_vfs_register(&made->vfs, 0);
  }
  return made->name.c_str();
}

void forget_what_is_rolled_back(sqlite3* connection) {
  sqlite3_rollback_hook(connection, forget, connection);
}

}  // namespace rosterd::sqlite
