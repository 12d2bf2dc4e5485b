#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::test {

/// What SQLite asks of a disk that can go wrong.
enum class DiskOperation { open, write, sync, truncate, remove, share_memory };

enum class DiskFault {
  io_error,    ///< a write is cut short; a sync that fails has lost for good what it was to keep
  full,        ///< writes are cut short for lack of room; only writes and shared memory count
  power_loss,  ///< it strikes while the operation is under way, and nothing works from then on
};

/// What a power loss leaves of what was not synced.
enum class Leftovers {
  everything,
  nothing,
  some_sectors,  ///< each sector is the new one, the old one, or garbage
};

/// Which operation goes wrong, and how.
struct DiskPlan {
  DiskFault fault = DiskFault::io_error;
  int at = 0;  ///< of those that count, from 1; 0: none
  bool for_good = false;
  std::optional<DiskOperation> only = {};  ///< nothing: all that the fault can strike
  std::string file_ends_with = {};         ///< counts operations on such files alone
};

/// The disk under every SQLite connection that is opened while this lives: the real one, and it
/// fails or loses its power when told to. One at a time, in one process. No connection may outlive
/// it.
///
/// Nothing is really synced: what is on the disk is remembered here, so that a sweep over a
/// thousand faults takes seconds.
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// Counting begins anew.
  void plan(const DiskPlan& plan);
  /// How often something was written since, in however many pages.
  int writes() const;
  /// `write of rosterd.db-wal` once the fault has struck.
  std::optional<std::string> struck() const;

  /// Makes of the files what a loss of power leaves, and works again. All connections are closed.
  void power_on(Leftovers leftovers, std::uint64_t seed = 0);

  /// Forgets what it knows of files, for a test that puts others in their place.
  void forget();

 private:
  struct Change;
  struct Content;
  struct File;
  struct Calls;
  enum class Strike { none, half, failed };

  Strike strike(DiskOperation operation, const std::string& file);
  int write_page(const File& file, const char* bytes, int size, sqlite3_int64 offset);
  bool counts(DiskOperation operation, const std::string& file) const;
  Content& content(const std::string& file);
  void sync_folder();
  static std::string leftover(const Content& content, Leftovers leftovers, std::uint64_t seed);

  sqlite3_vfs* real_;
  sqlite3_vfs own_{};
  mutable std::mutex mutex_;
  DiskPlan plan_;
  int counted_ = 0;
  int writes_ = 0;
  bool off_ = false;
  std::optional<std::string> struck_;
  std::map<std::string, Content> contents_;
};

std::ostream& operator<<(std::ostream& out, const DiskPlan& plan);

}  // namespace rosterd::test
