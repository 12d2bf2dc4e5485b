#pragma once

#include "applier.hpp"
#include "rosterd/base/turn.hpp"
#include "rosterd/sync/engine.hpp"
#include "rosterd/sync/tenant_mirror.hpp"
#include "storage_gauge.hpp"

#include <optional>
#include <utility>

namespace rosterd::sync {

/// What the worker keeps from round to round.
struct WorkerState {
  WorkerState(const EngineParts& parts, const EngineConfig& config, asio::any_io_executor executor)
      : mirror(parts.target, parts.clock),
        gauge(
            parts.storage,
            parts.store,
            parts.clock,
            parts.log,
            {config.storage_bytes_max, config.storage_every}
        ),
        turn(std::move(executor)),
        moved_at(parts.clock.monotonic()) {}

  TenantMirror mirror;
  StorageGauge gauge;
  Turn turn;                  ///< of whoever works on the tenant
  Duration moved_at;          ///< monotonic: the last step of the worker
  bool leavers_done = false;  ///< some are to be checked
  /// In the last round the tenant could not be asked: when it is worth another try, if known.
  bool out_of_reach = false;
  std::optional<Instant> reachable_at;
  bool holds_in_force = true;  ///< until the store has said otherwise
  EngineStatistics statistics;
};

/// An applier for one plan of the worker.
inline Applier applier_of(
    const EngineParts& parts, const EngineConfig& config, const Policy& policy, WorkerState& state
) {
  const Applier::Parts applier_parts{
      parts.target,
      parts.store,
      state.mirror,
      policy,
      parts.clock,
      state.gauge,
      parts.log,
      state.holds_in_force};
  return Applier(
      applier_parts, {config.worker.rewrites_max, config.guard, config.people_a_settlement}
  );
}

}  // namespace rosterd::sync
