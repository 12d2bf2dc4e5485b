#pragma once

#include "account_resolver.hpp"
#include "applier.hpp"
#include "fold_round.hpp"
#include "rosterd/sync/engine.hpp"
#include "settle_round.hpp"
#include "settle_slices.hpp"
#include "worker_state.hpp"

#include <stop_token>

namespace rosterd::sync {

/// One round of the worker: what was due is folded, decided, applied, verified and settled.
/// Leavers first, in a pass of their own, so that nobody else's work stands before them.
class Round {
 public:
  Round(
      const EngineParts& parts,
      const EngineConfig& config,
      const RetryPolicy& retry,
      const Policy& policy,
      AccountResolver& resolver,
      WorkerState& state
  )
      : parts_(parts),
        config_(config),
        retry_(retry),
        policy_(policy),
        resolver_(resolver),
        state_(state) {}

  Task<void> process(Work work, std::stop_token stop);

 private:
  using People = std::map<PersonId, RoundPerson>;

  Task<void> keep_records(const Work& work, const FoldedRound& folded);
  Task<void> bring_about(People people, const Work& work, const FoldedRound& folded);
  Task<void> link(People& people, const Work& work, const FoldedRound& folded);
  void take_link(RoundPerson& person, const WorkPerson& known, LinkOutcome outcome) const;
  Task<void> settle(Settlement whole, const Owners& owners);
  void note_reach(const People& people);
  Task<bool> interrupted();
  void name_holds(People& people, const ApplyResult& applied, const std::vector<Hold>& changed);

  const EngineParts& parts_;
  const EngineConfig& config_;
  const RetryPolicy& retry_;
  const Policy& policy_;
  AccountResolver& resolver_;
  WorkerState& state_;
  std::stop_token stop_;
  Duration started_at_{0};
  bool for_leavers_ = false;
};

}  // namespace rosterd::sync
