#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/base/wakeup.hpp"
#include "rosterd/config.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/retry.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/log.hpp"
#include "rosterd/ports/target.hpp"
#include "rosterd/ports/work_store.hpp"
#include "rosterd/sync/tenant_mirror.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace rosterd::sync {

class AccountResolver;

/// What the engine works with. Everything outlives the engine.
struct EngineParts {
  WorkStore& store;
  Target& target;
  Accounts& accounts;
  const TimeZones& zones;
  const Clock& clock;
  Randomness& randomness;
  Log& log;
};

struct EngineStatistics {
  std::uint64_t rounds = 0;
  std::uint64_t applied = 0;
  std::uint64_t grants = 0;
  std::uint64_t revocations = 0;
  std::uint64_t lost_writes = 0;  ///< acknowledged, and absent when read back
  std::uint64_t contended = 0;
  std::uint64_t dead = 0;
  std::optional<Instant> last_round_at;
};

/// The one worker: fold, decide, diff, apply, verify, settle (design.md 2).
///
/// Level-triggered: it never replays an event's operation, it makes the tenant agree with the
/// newest state. That is what makes duplicates, reordering, crashes, unknown outcomes and replays
/// harmless: whatever happened before, it looks again. Lives on the loop; `run` is spawned once.
class Engine {
 public:
  Engine(
      EngineParts parts,
      WorkerConfig config,
      std::shared_ptr<const Policy> policy,
      asio::any_io_executor executor
  );
  ~Engine();

  /// Works until asked to stop: between calls to the tenant, not in the middle of one.
  Task<void> run(std::stop_token stop);

  /// One round: takes what is due and brings it to an end. Gives whether anything was due.
  Task<bool> round(std::stop_token stop);

  /// Something was accepted: look at once.
  void notify() { wakeup_.notify(); }

  /// From the next round on. The store decides whom it concerns (`WorkStore::use_policy`).
  void replace_policy(std::shared_ptr<const Policy> policy);

  /// Spares the first round two reads.
  void know(TenantState tenant) { mirror_.know(std::move(tenant)); }

  const EngineStatistics& statistics() const { return statistics_; }

 private:
  Task<void> wait_for_work();

  EngineParts parts_;
  WorkerConfig config_;
  RetryPolicy retry_;
  std::shared_ptr<const Policy> policy_;
  TenantMirror mirror_;
  std::shared_ptr<AccountResolver> resolver_;
  Wakeup wakeup_;
  EngineStatistics statistics_;
};

}  // namespace rosterd::sync
