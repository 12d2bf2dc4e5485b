#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/domain/guard.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/sync/engine.hpp"
#include "worker_state.hpp"

#include <cstdint>
#include <set>
#include <vector>

namespace rosterd::sync {

/// Carries a person's decision about a hold into the store.
///
/// An approval plans anew what the hold is about, on people and tenant as they are now. Only where
/// that comes to the same removals is the hold approved; else it becomes what it is now, under
/// another hash. What is approved passes the guard from then on; the worker does it.
class HoldDecider {
 public:
  HoldDecider(
      const EngineParts& parts, const EngineConfig& config, const Policy& policy, WorkerState& state
  )
      : parts_(parts), config_(config), policy_(policy), state_(state) {}

  Task<DecisionOutcome> run(HoldDecision decision);

 private:
  Task<DecisionOutcome> approve(const Hold& hold, SplitHold split, HoldDecision decision);
  Task<DecisionOutcome> reject(std::int64_t hold, SplitHold split, HoldDecision decision);
  Task<std::vector<Subject>> subjects_of(const Hold& part);
  std::vector<HeldRemoval> removals_now(const Hold& part, const std::vector<Subject>& subjects)
      const;
  Task<DecisionOutcome> renew(Hold hold, const Hold& part, std::vector<HeldRemoval> removals);
  Task<DecisionOutcome> record(SplitHold split, HoldDecision decision, Settlement settlement);
  std::set<PersonId> concerned_by(const Hold& approved) const;
  std::set<PersonId> waiting_elsewhere(std::int64_t hold) const;

  const EngineParts& parts_;
  const EngineConfig& config_;
  const Policy& policy_;
  WorkerState& state_;
  GuardState guard_;
};

}  // namespace rosterd::sync
