#pragma once

#include "account_resolver.hpp"
#include "applier.hpp"
#include "fold_round.hpp"
#include "rosterd/sync/engine.hpp"
#include "settle_round.hpp"

#include <stop_token>

namespace rosterd::sync {

/// One round of the worker: what was due is folded, decided, applied, verified and settled.
/// Leavers first, in a pass of their own, so that nobody else's work stands before them.
class Round {
 public:
  Round(
      const EngineParts& parts,
      const WorkerConfig& config,
      const RetryPolicy& retry,
      const Policy& policy,
      AccountResolver& resolver,
      TenantMirror& mirror,
      EngineStatistics& statistics
  )
      : parts_(parts),
        config_(config),
        retry_(retry),
        policy_(policy),
        resolver_(resolver),
        mirror_(mirror),
        statistics_(statistics) {}

  Task<void> process(Work work, std::stop_token stop);

 private:
  using People = std::map<PersonId, RoundPerson>;

  Task<void> keep_records(const Work& work, const FoldedRound& folded);
  RoundPerson person_of(const WorkPerson& known, const PersonRecord& record) const;
  Task<void> bring_about(People people, const Work& work, const FoldedRound& folded);
  Task<void> link(People& people, const Work& work, const FoldedRound& folded);
  void take_link(RoundPerson& person, const WorkPerson& known, LinkOutcome outcome) const;
  Task<bool> interrupted();
  void count_dead(const Settlement& settlement);
  void tell(const People& people, const ApplyResult& applied);

  const EngineParts& parts_;
  const WorkerConfig& config_;
  const RetryPolicy& retry_;
  const Policy& policy_;
  AccountResolver& resolver_;
  TenantMirror& mirror_;
  EngineStatistics& statistics_;
  std::stop_token stop_;
  Duration started_at_{0};
  bool for_leavers_ = false;
};

}  // namespace rosterd::sync
