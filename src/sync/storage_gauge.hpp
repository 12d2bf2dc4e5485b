#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/domain/storage.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/log.hpp"
#include "rosterd/ports/target.hpp"
#include "rosterd/ports/work_store.hpp"

#include <cstdint>
#include <optional>

namespace rosterd::sync {

/// How full the tenant's storage is: what was read last, and what has been granted since. Without a
/// reading everything fits, because a missing scope must not stop anybody's access.
class StorageGauge {
 public:
  struct Settings {
    std::uint64_t bytes_max = 0;  ///< 0: no limit, and nobody asks
    Duration every{0};
  };
  StorageGauge(Storage& storage, WorkStore& store, const Clock& clock, Log& log, Settings settings)
      : storage_(storage), store_(store), clock_(clock), log_(log), settings_(settings) {}

  /// Asks the tenant when it is time to; a failure is told once and tried again when it is time.
  Task<void> read_when_due();

  StorageVerdict verdict_on(const Plan& plan) const;
  std::uint64_t bytes_max() const { return settings_.bytes_max; }
  /// What was asked of the tenant and makes its storage larger or smaller.
  void grew(std::int64_t bytes) { grown_ += bytes; }

  /// In per cent of the limit; nothing: not known.
  std::optional<int> part_used() const;

 private:
  std::uint64_t used() const;

  Storage& storage_;
  WorkStore& store_;
  const Clock& clock_;
  Log& log_;
  Settings settings_;
  std::optional<StorageReading> reading_;
  std::int64_t grown_ = 0;  // since the reading
  std::optional<Duration> asked_at_;
  bool failure_told_ = false;
};

}  // namespace rosterd::sync
