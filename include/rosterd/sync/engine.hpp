#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/base/wakeup.hpp"
#include "rosterd/config.hpp"
#include "rosterd/domain/guard.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/retry.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/crypto.hpp"
#include "rosterd/ports/log.hpp"
#include "rosterd/ports/measurements.hpp"
#include "rosterd/ports/target.hpp"
#include "rosterd/ports/work_store.hpp"
#include "rosterd/sync/tenant_mirror.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

namespace rosterd::sync {

class AccountResolver;
class LeaverChecks;
struct WorkerState;

/// What the engine works with. Everything outlives the engine.
struct EngineParts {
  WorkStore& store;
  Target& target;
  Accounts& accounts;
  Access& access;
  Storage& storage;
  const TimeZones& zones;
  const Crypto& crypto;
  const Clock& clock;
  Randomness& randomness;
  Measurements& measurements;
  Log& log;
};

struct EngineConfig {
  WorkerConfig worker;
  GuardSettings guard;
  ReconcileConfig reconcile;
  /// People, or assignments where those alone are kept, that the worker settles in a transaction:
  /// up to twice as many. Somebody's webhook waits meanwhile: about 0.03 ms a person.
  std::size_t people_a_settlement = 250;
  std::uint64_t storage_bytes_max = 0;  ///< 0: no limit, and nobody asks
  Duration storage_every = std::chrono::hours{1};
};

/// What a person decided about a hold.
struct HoldDecision {
  std::string hash;           ///< whole, as it was shown
  std::set<PersonId> people;  ///< only what concerns them; empty: all of it
  bool approve = false;
  std::string by;
  std::string note;
};

/// What came of it.
struct DecisionOutcome {
  enum class Kind {
    decided,
    unknown,  ///< no open or rejected hold has this hash
    differs,  ///< people, policy or tenant have moved: not approved, `hold` is what it is now
    failed,   ///< the tenant could not be read: nothing was decided, `text` says why
  };
  Kind kind = Kind::unknown;
  std::optional<Hold> hold;  ///< decided: what was; differs: as it is now, none when it has lapsed
  std::string text;          ///< for people
};

struct EngineStatistics {
  std::uint64_t rounds = 0;
  std::uint64_t applied = 0;
  std::uint64_t grants = 0;
  std::uint64_t revocations = 0;
  std::uint64_t lost_writes = 0;  ///< acknowledged, and absent when read back
  std::uint64_t contended = 0;
  std::map<ErrorClass, std::uint64_t> dead_by_class;
  std::map<ErrorClass, std::uint64_t> retries;  ///< attempts that failed and are made again
  std::uint64_t reconciliations = 0;
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
      EngineConfig config,
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

  /// Decides about a hold between two rounds. An approval reads the tenant and is of exactly the
  /// removals that the hold shows: where they would differ now, it is refused and the hold brought
  /// up to date. What was approved is carried out by the next round.
  Task<DecisionOutcome> decide(HoldDecision decision);

  /// Compares everybody with the tenant between two rounds; with `repair`, whoever differs is put
  /// before the worker. Removing strangers is cut short for a leaver and for whoever else wants the
  /// tenant; `run` goes on with it. What it found is in the store. A `TargetError`: the tenant
  /// could not be read.
  Task<Answer<ReconcileReport>> reconcile(bool repair);

  /// From the next round on. The store decides whom it concerns (`WorkStore::use_policy`).
  void replace_policy(std::shared_ptr<const Policy> policy);
  void replace_guard(GuardSettings guard) { config_.guard = guard; }

  /// Looks, until asked to stop, at what leavers can still do once they have lost everything. Only
  /// reads, and only while `run` does not work.
  Task<void> check_leavers(std::stop_token stop);
  /// One of them; gives whether there was one.
  Task<bool> check_one_leaver();

  /// Spares the first round two reads.
  void know(TenantState tenant);

  const EngineStatistics& statistics() const;
  /// For how long the worker has not come from one step to the next: for a watchdog.
  Duration still_for() const;
  /// Of the tenant's storage, in per cent of the limit; nothing: not known.
  std::optional<int> storage_used() const;

 private:
  Task<void> wait_for_work();
  Duration rest_after(bool is_full, Duration took) const;
  Task<void> rest();
  Task<void> reconcile_when_due();

  EngineParts parts_;
  EngineConfig config_;
  RetryPolicy retry_;
  std::shared_ptr<const Policy> policy_;
  std::unique_ptr<WorkerState> state_;
  std::unique_ptr<LeaverChecks> leaver_checks_;
  std::shared_ptr<AccountResolver> resolver_;
  Wakeup wakeup_;
  Wakeup rested_;
  Duration rest_{0};                      // after the last round
  std::optional<Duration> reconcile_at_;  // monotonic
  bool repair_goes_on_ = false;           // the last one was cut short
};

}  // namespace rosterd::sync
