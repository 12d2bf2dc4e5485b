#include "rosterd/adapters/sqlite/backup.hpp"

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/migrations.hpp"

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unistd.h>

namespace rosterd::sqlite {
namespace {

constexpr int pages_per_step = 1024;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// A file without its final name, and gone with its owner unless it was given that.
class UnnamedFile {
 public:
  explicit UnnamedFile(const std::filesystem::path& final_name) {
    const auto name = "." + final_name.filename().string() + ".XXXXXX";
    std::string path = (final_name.parent_path() / name).string();
    file_ = ::mkostemp(path.data(), O_CLOEXEC);
    if (file_ < 0) fail("cannot write in " + final_name.parent_path().string());
    path_ = path;
  }
  ~UnnamedFile() {
    ::close(file_);
    if (path_.empty()) return;
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  void name_it(const std::filesystem::path& name, bool overwrite) {
    if (::fsync(file_) != 0) fail("cannot write " + path_.string());
    const unsigned flags = overwrite ? 0U : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), flags) != 0) {
      fail("cannot name the copy " + name.string());
    }
    path_.clear();
    const int folder = ::open(name.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) fail("cannot open " + name.parent_path().string());
    const int result = ::fsync(folder);
    ::close(folder);
    if (result != 0) fail("cannot write " + name.parent_path().string());
  }

 private:
  int file_ = -1;
  std::filesystem::path path_;
};

// With --force, a slip of the hand must not put a copy over the store or over what belongs to it.
void refuse_place_of_store(const std::filesystem::path& file, const std::filesystem::path& store) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock", ".crashed"}) {
    const std::filesystem::path part = store.string() + suffix;
    std::error_code ignored;
    const bool same = std::filesystem::equivalent(file, part, ignored) ||
                      file == std::filesystem::weakly_canonical(part, ignored);
    if (same) throw std::runtime_error(file.string() + " belongs to the store itself");
  }
}

std::filesystem::path checked_place(const BackupOptions& options) {
  const auto file = std::filesystem::weakly_canonical(std::filesystem::absolute(options.file));
  if (!std::filesystem::is_directory(file.parent_path())) {
    throw std::runtime_error("there is no folder " + file.parent_path().string());
  }
  if (std::filesystem::is_directory(file)) {
    throw std::runtime_error(file.string() + " is a folder; name a file in it");
  }
  refuse_place_of_store(file, options.store);
  if (!options.overwrite && std::filesystem::exists(file)) {
    throw std::runtime_error(file.string() + " is there already; another name, or --force");
  }
  return file;
}

class Copying {
 public:
  Copying(const BackupOptions& options, const std::filesystem::path& copy)
      : options_(options), source_(open_for_reading(options.store)), copy_(copy) {
    page_bytes_ = static_cast<std::uint64_t>(source_.execAndGet("PRAGMA page_size").getInt64());
  }

  /// Whether it was brought to its end.
  bool run() {
    // All pages are of this transaction's moment, whatever others commit while it lasts. Without
    // it, each of their commits would make the copying begin again.
    source_.exec("BEGIN");
    source_.execAndGet("SELECT count(*) FROM sqlite_schema");
    SQLite::Database target(copy_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    // A copy that is not finished is thrown away, and a finished one is brought to the disk whole.
    target.exec("PRAGMA journal_mode = OFF");
    target.exec("PRAGMA synchronous = OFF");
    SQLite::Backup pages(target, source_);
    for (;;) {
      const int result = pages.executeStep(pages_per_step);
      if (result == SQLITE_DONE) return may_go_on(pages);
      if (result != SQLITE_OK) throw std::runtime_error("the store is busy: try again");
      if (!may_go_on(pages)) return false;
    }
  }

 private:
  bool may_go_on(SQLite::Backup& pages) const {
    if (!options_.go_on) return true;
    const auto total = static_cast<std::uint64_t>(pages.getTotalPageCount());
    const auto left = static_cast<std::uint64_t>(pages.getRemainingPageCount());
    BackupProgress progress;
    progress.checking = left == 0;
    progress.bytes_total = total * page_bytes_;
    progress.bytes_done = (total - left) * page_bytes_;
    return options_.go_on(progress);
  }

  const BackupOptions& options_;
  SQLite::Database source_;
  std::filesystem::path copy_;
  std::uint64_t page_bytes_ = 0;
};

BackupReport check(const std::filesystem::path& copy) {
  SQLite::Database database = open_unchanging(copy);
  const std::string found = database.execAndGet("PRAGMA integrity_check(1)").getString();
  if (found != "ok") {
    throw std::runtime_error("the copy is damaged, and so may be the store: " + found);
  }
  return {.bytes = std::filesystem::file_size(copy), .schema_version = schema_version(database)};
}

}  // namespace

std::optional<BackupReport> backup(const BackupOptions& options) {
  const std::filesystem::path file = checked_place(options);
  UnnamedFile copy(file);
  try {
    if (!Copying(options, copy.path()).run()) return std::nullopt;
    const BackupReport report = check(copy.path());
    copy.name_it(file, options.overwrite);
    return report;
  } catch (const SQLite::Exception& error) {
    throw std::runtime_error("cannot copy " + options.store.string() + ": " + error.what());
  }
}

}  // namespace rosterd::sqlite
