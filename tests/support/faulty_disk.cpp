#include "faulty_disk.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>
#include <random>
#include <stdexcept>
#include <string_view>

namespace rosterd::test {
namespace {

constexpr std::size_t sector_bytes = 512;
constexpr int page_bytes = 4096;

FaultyDisk* the_disk = nullptr;

const char* name_of(DiskOperation operation) {
  switch (operation) {
    case DiskOperation::open:
      return "opening";
    case DiskOperation::write:
      return "write";
    case DiskOperation::sync:
      return "sync";
    case DiskOperation::truncate:
      return "truncation";
    case DiskOperation::remove:
      return "removal";
    case DiskOperation::share_memory:
      return "sharing memory";
  }
  std::abort();
}

int error_of(DiskOperation operation, DiskFault fault) {
  switch (operation) {
    case DiskOperation::open:
      return SQLITE_CANTOPEN;
    case DiskOperation::write:
      return fault == DiskFault::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case DiskOperation::sync:
      return SQLITE_IOERR_FSYNC;
    case DiskOperation::truncate:
      return SQLITE_IOERR_TRUNCATE;
    case DiskOperation::remove:
      return SQLITE_IOERR_DELETE;
    case DiskOperation::share_memory:
      return SQLITE_IOERR_SHMSIZE;
  }
  std::abort();
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

// A write, or a truncation to `offset` where there are no bytes.
struct FaultyDisk::Change {
  std::size_t offset = 0;
  std::string bytes;

  void apply(std::string& content) const {
    if (bytes.empty()) {
      content.resize(offset);
      return;
    }
    content.resize(std::max(content.size(), offset + bytes.size()));
    content.replace(offset, bytes.size(), bytes);
  }

  void apply_some_sectors(std::string& content, std::mt19937_64& random) const {
    if (bytes.empty()) {
      if (random() % 2 == 0) content.resize(offset);
      return;
    }
    for (std::size_t done = 0; done < bytes.size();) {
      const std::size_t at = offset + done;
      const std::size_t size = std::min(bytes.size() - done, sector_bytes - at % sector_bytes);
      Change sector{at, bytes.substr(done, size)};
      done += size;
      const auto fate = random() % 8;
      if (fate < 3) continue;
      if (fate == 7) std::generate(sector.bytes.begin(), sector.bytes.end(), std::ref(random));
      sector.apply(content);
    }
  }
};

struct FaultyDisk::Content {
  std::string synced;
  bool name_synced = false;  // the folder has it
  bool removed = false;      // and the folder may not have noticed
  std::vector<Change> pending;
};

struct FaultyDisk::File {
  sqlite3_file base;
  sqlite3_file* real;
  const std::string* name;  // of a key of contents_; null: a temporary file

  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
};

/// The functions of the VFS and of its files. What is not about writing is the real one's business.
struct FaultyDisk::Calls {
  static int open(sqlite3_vfs*, const char* path, sqlite3_file* handle, int flags, int* flags_out) {
    FaultyDisk& disk = *the_disk;
    const std::lock_guard lock(disk.mutex_);
    File& file = File::of(handle);
    file.base.pMethods = nullptr;
    file.name = nullptr;
    file.real = reinterpret_cast<sqlite3_file*>(&file + 1);
    if (path != nullptr && (flags & SQLITE_OPEN_READWRITE) != 0) {
      if (disk.strike(DiskOperation::open, path) != Strike::none) return SQLITE_CANTOPEN;
      const bool is_there = std::filesystem::exists(path);
      Content& content = disk.content(path);
      if (!is_there) content = Content{};
      file.name = &disk.contents_.find(path)->first;
    }
    const int result = disk.real_->xOpen(disk.real_, path, file.real, flags, flags_out);
    if (file.real->pMethods != nullptr) file.base.pMethods = &methods;
    return result;
  }

  static int remove(sqlite3_vfs*, const char* path, int sync_folder) {
    FaultyDisk& disk = *the_disk;
    const std::lock_guard lock(disk.mutex_);
    const Strike strike = disk.strike(DiskOperation::remove, path);
    if (strike != Strike::none) {
      if (strike == Strike::half) disk.content(path).removed = true;
      return SQLITE_IOERR_DELETE;
    }
    const int result = disk.real_->xDelete(disk.real_, path, 0);
    if (result != SQLITE_OK) return result;
    Content& content = disk.content(path);
    if (sync_folder != 0) content = Content{};
    content.removed = true;
    return SQLITE_OK;
  }

  static int close(sqlite3_file* handle) {
    sqlite3_file* real = File::of(handle).real;
    return real->pMethods->xClose(real);
  }

  static int read(sqlite3_file* handle, void* bytes, int size, sqlite3_int64 offset) {
    if (is_off()) return SQLITE_IOERR_READ;
    sqlite3_file* real = File::of(handle).real;
    return real->pMethods->xRead(real, bytes, size, offset);
  }

  static int write(sqlite3_file* handle, const void* bytes, int size, sqlite3_int64 offset) {
    FaultyDisk& disk = *the_disk;
    const std::lock_guard lock(disk.mutex_);
    const File& file = File::of(handle);
    if (file.name == nullptr) return file.real->pMethods->xWrite(file.real, bytes, size, offset);
    ++disk.writes_;
    // A large one can go wrong at each of its pages.
    int result = SQLITE_OK;
    const char* at = static_cast<const char*>(bytes);
    for (int done = 0; done < size && result == SQLITE_OK; done += page_bytes) {
      result = disk.write_page(file, at + done, std::min(page_bytes, size - done), offset + done);
    }
    return result;
  }

  static int truncate(sqlite3_file* handle, sqlite3_int64 size) {
    FaultyDisk& disk = *the_disk;
    const std::lock_guard lock(disk.mutex_);
    const File& file = File::of(handle);
    if (file.name == nullptr) return file.real->pMethods->xTruncate(file.real, size);
    const Strike strike = disk.strike(DiskOperation::truncate, *file.name);
    if (strike != Strike::failed) {
      disk.content(*file.name).pending.push_back({static_cast<std::size_t>(size), ""});
    }
    if (strike != Strike::none) return SQLITE_IOERR_TRUNCATE;
    return file.real->pMethods->xTruncate(file.real, size);
  }

  static int sync(sqlite3_file* handle, int) {
    FaultyDisk& disk = *the_disk;
    const std::lock_guard lock(disk.mutex_);
    const File& file = File::of(handle);
    if (file.name == nullptr) return SQLITE_OK;
    const Strike strike = disk.strike(DiskOperation::sync, *file.name);
    Content& content = disk.content(*file.name);
    if (strike == Strike::none) {
      for (const Change& change : content.pending) change.apply(content.synced);
      if (!content.name_synced) disk.sync_folder();
      content.name_synced = true;
    }
    // As Linux does it: after the error the pages count as clean, and are never written again.
    const bool lost = strike == Strike::half && disk.plan_.fault != DiskFault::power_loss;
    if (strike == Strike::none || lost) content.pending.clear();
    return strike == Strike::none ? SQLITE_OK : SQLITE_IOERR_FSYNC;
  }

  static int share_memory(
      sqlite3_file* handle, int region, int size, int extend, void volatile** memory
  ) {
    FaultyDisk& disk = *the_disk;
    const std::lock_guard lock(disk.mutex_);
    const File& file = File::of(handle);
    const bool fails = extend != 0 && file.name != nullptr &&
                       disk.strike(DiskOperation::share_memory, *file.name) != Strike::none;
    if (fails) return SQLITE_IOERR_SHMSIZE;
    return file.real->pMethods->xShmMap(file.real, region, size, extend, memory);
  }

  static bool is_off() {
    const std::lock_guard lock(the_disk->mutex_);
    return the_disk->off_;
  }

  template <auto Member, class... Arguments>
  static auto pass(sqlite3_file* handle, Arguments... arguments) {
    sqlite3_file* real = File::of(handle).real;
    return (real->pMethods->*Member)(real, arguments...);
  }

  static const sqlite3_io_methods methods;
};

const sqlite3_io_methods FaultyDisk::Calls::methods = {
    .iVersion = 2,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = pass<&sqlite3_io_methods::xLock, int>,
    .xUnlock = pass<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = pass<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = pass<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = share_memory,
    .xShmLock = pass<&sqlite3_io_methods::xShmLock, int, int, int>,
    .xShmBarrier = pass<&sqlite3_io_methods::xShmBarrier>,
    .xShmUnmap = pass<&sqlite3_io_methods::xShmUnmap, int>,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int FaultyDisk::write_page(const File& file, const char* bytes, int size, sqlite3_int64 offset) {
  const Strike struck = strike(DiskOperation::write, *file.name);
  if (struck == Strike::failed) return SQLITE_IOERR_WRITE;
  const int written = struck == Strike::half ? size / 2 : size;
  const int result = file.real->pMethods->xWrite(file.real, bytes, written, offset);
  if (result != SQLITE_OK) return result;
  const std::string text(bytes, static_cast<std::size_t>(written));
  content(*file.name).pending.push_back({static_cast<std::size_t>(offset), text});
  return struck == Strike::none ? SQLITE_OK : error_of(DiskOperation::write, plan_.fault);
}

FaultyDisk::FaultyDisk() : real_(sqlite3_vfs_find(nullptr)) {
  if (the_disk != nullptr) throw std::logic_error("there is a faulty disk already");
  the_disk = this;
  own_ = *real_;
  own_.zName = "faulty-disk";
  own_.pNext = nullptr;
  own_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  own_.xOpen = Calls::open;
  own_.xDelete = Calls::remove;
  sqlite3_vfs_register(&own_, 1);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&own_);
  sqlite3_vfs_register(real_, 1);
  the_disk = nullptr;
}

void FaultyDisk::plan(const DiskPlan& plan) {
  const std::lock_guard lock(mutex_);
  plan_ = plan;
  counted_ = 0;
  writes_ = 0;
  struck_.reset();
}

int FaultyDisk::writes() const {
  const std::lock_guard lock(mutex_);
  return writes_;
}

std::optional<std::string> FaultyDisk::struck() const {
  const std::lock_guard lock(mutex_);
  return struck_;
}

bool FaultyDisk::counts(DiskOperation operation, const std::string& file) const {
  if (plan_.at == 0 || !file.ends_with(plan_.file_ends_with)) return false;
  if (plan_.only) return operation == *plan_.only;
  return plan_.fault != DiskFault::full || operation == DiskOperation::write ||
         operation == DiskOperation::share_memory;
}

// What is under way when a fault strikes is half done; what is asked for later is not begun.
FaultyDisk::Strike FaultyDisk::strike(DiskOperation operation, const std::string& file) {
  if (off_) return Strike::failed;
  if (!counts(operation, file)) return Strike::none;
  ++counted_;
  const bool strikes = plan_.for_good ? counted_ >= plan_.at : counted_ == plan_.at;
  if (!strikes) return Strike::none;
  if (!struck_) {
    const std::string name = std::filesystem::path(file).filename().string();
    struck_ = std::string(name_of(operation)) + " of " + name;
  }
  off_ = plan_.fault == DiskFault::power_loss;
  return Strike::half;
}

// What is there when it is first heard of is on the disk.
FaultyDisk::Content& FaultyDisk::content(const std::string& file) {
  const auto [known, is_new] = contents_.try_emplace(file);
  if (is_new && std::filesystem::exists(file)) {
    known->second.synced = bytes_of(file);
    known->second.name_synced = true;
  }
  return known->second;
}

// SQLite does it with the first sync of a new journal or log.
void FaultyDisk::sync_folder() {
  for (auto& [file, content] : contents_) {
    if (!content.removed) continue;
    content = Content{};
    content.removed = true;
  }
}

std::string FaultyDisk::leftover(const Content& content, Leftovers leftovers, std::uint64_t seed) {
  std::string bytes = content.synced;
  std::mt19937_64 random(seed);
  for (const Change& change : content.pending) {
    switch (leftovers) {
      case Leftovers::everything:
        change.apply(bytes);
        break;
      case Leftovers::nothing:
        break;
      case Leftovers::some_sectors:
        change.apply_some_sectors(bytes, random);
        break;
    }
  }
  return bytes;
}

void FaultyDisk::power_on(Leftovers leftovers, std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  for (const auto& [file, content] : contents_) {
    const bool folder_noticed =
        leftovers == Leftovers::everything ||
        (leftovers == Leftovers::some_sectors && (seed + file.size()) % 2 == 0);
    const bool is_left = folder_noticed ? !content.removed : content.name_synced;
    std::filesystem::remove(file);
    std::filesystem::remove(file + "-shm");
    if (!is_left) continue;
    std::ofstream(file, std::ios::binary) << leftover(content, leftovers, seed + file.size());
  }
  contents_.clear();
  plan_ = {};
  off_ = false;
}

void FaultyDisk::forget() {
  const std::lock_guard lock(mutex_);
  contents_.clear();
}

std::ostream& operator<<(std::ostream& out, const DiskPlan& plan) {
  switch (plan.fault) {
    case DiskFault::io_error:
      out << "I/O error";
      break;
    case DiskFault::full:
      out << "full disk";
      break;
    case DiskFault::power_loss:
      out << "power loss";
      break;
  }
  out << " at operation " << plan.at << (plan.for_good ? " and from then on" : "");
  if (plan.only) out << ", counting each " << name_of(*plan.only);
  if (!plan.file_ends_with.empty()) out << " of *" << plan.file_ends_with;
  return out;
}

}  // namespace rosterd::test
