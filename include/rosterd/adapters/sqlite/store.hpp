#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/base/task.hpp"
#include "rosterd/ports/crypto.hpp"
#include "rosterd/ports/event_log.hpp"
#include "rosterd/ports/intake_store.hpp"
#include "rosterd/ports/views.hpp"
#include "rosterd/ports/work_store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rosterd::sqlite {

/// What one commit was worth.
struct CommitReport {
  std::size_t jobs = 0;    ///< calls that shared it
  std::size_t events = 0;  ///< events it made durable
  Duration took{0};        ///< from BEGIN to the end of COMMIT
};

/// All commits since the store was opened.
struct CommitTotals {
  std::uint64_t commits = 0;
  std::uint64_t jobs = 0;
  std::uint64_t events = 0;
  Duration took{0};
};

struct StoreOptions {
  std::filesystem::path path;
  std::size_t open_events_max = 1'000'000;  ///< above it webhooks get `outbox_full`
  std::uint64_t free_bytes_min = 0;         ///< under it they get `disk_full`
  Instant now{};                            ///< recorded with migrations
  /// Called on the loop after each commit that wrote something.
  std::function<void(const CommitReport&)> on_commit;
};

/// The store: an SQLite file in WAL mode with `synchronous=FULL`, which one process at a time may
/// write.
///
/// Owns one thread and the only writing connection. Calls of its ports are jobs: the thread takes
/// all that are waiting, runs them inside one transaction, commits once, and hands all results to
/// the loop at once. A job that throws takes back only itself. What only looks is seldom part of
/// that transaction, so that it does not fail with it. An I/O error means that nobody knows what
/// the disk holds: the store is broken from then on and every call throws; only a new start helps,
/// which reads what is really there.
///
/// Calls are not cancellable: a caller that is cancelled learns of it after its job has ended.
class Store {
 public:
  /// Takes the lock (`PATH.lock`; the error names the process that has it), opens or creates the
  /// file, migrates it, and loads what is kept in memory. Results are delivered on `loop`.
  /// `crypto` chains the audit; it outlives the store.
  Store(StoreOptions options, const Crypto& crypto, asio::any_io_executor loop);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  EventLog& event_log();
  WorkStore& work();
  IntakeStore& intake();
  OutboxControl& control();

  /// Moves the write-ahead log into the database file.
  Task<void> checkpoint();

  /// Ends what was asked for, checkpoints, and closes the file; later calls throw. Blocking; the
  /// results of calls under way are still delivered by the loop.
  void close();

  CommitTotals commits() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Reads the store from any process, also while another one writes. Throws with a clear text when
/// there is no store at `path`, or its schema is not the one this program knows.
std::unique_ptr<Views> open_views(const std::filesystem::path& path);

struct MigrationRow {
  int version = 0;
  std::string name;
  bool applied = false;
};

/// Brings the file to this program's schema, each migration in one transaction; gives what was
/// applied now. Takes the lock; throws when the file is newer than the program.
std::vector<MigrationRow> migrate(const std::filesystem::path& path, Instant now);

/// All migrations this program knows, and whether the file has them. Writes nothing; no file: none.
std::vector<MigrationRow> migration_status(const std::filesystem::path& path);

}  // namespace rosterd::sqlite
