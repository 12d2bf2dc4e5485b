#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/domain/drift.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/sync/engine.hpp"
#include "worker_state.hpp"

#include <functional>
#include <set>
#include <unordered_map>
#include <vector>

namespace rosterd::sync {

/// Compares everybody with the tenant: two reads, then people a page at a time.
///
/// It writes to the tenant only for accounts of nobody in groups and roles of mode `exact`. Whoever
/// else differs is put before the worker, which looks again and repairs by mode, under the guard.
class Reconciler {
 public:
  Reconciler(
      const EngineParts& parts, const EngineConfig& config, const Policy& policy, WorkerState& state
  )
      : parts_(parts), config_(config), policy_(policy), state_(state) {}

  Task<Answer<ReconcileReport>> run(bool repair);
  /// Whether strangers are left to be removed because somebody else could not wait.
  bool cut_short() const { return cut_short_; }

 private:
  Task<void> recall_holds();
  Task<bool> interrupted();
  Task<void> compare_everybody();
  void compare(const std::vector<WorkPerson>& people);
  Task<void> compare_strangers(bool repair);
  Task<void> remove_strangers(const Subject& strangers);
  Task<void> keep(bool repair);
  void tell(const std::vector<DriftRow>& rows) const;

  const EngineParts& parts_;
  const EngineConfig& config_;
  const Policy& policy_;
  WorkerState& state_;
  ReconcileReport report_;
  std::vector<Drift> found_;
  std::vector<PersonId> to_repair_;
  std::set<PersonId> held_;  ///< a hold in force is about them
  bool strangers_are_held_ = false;
  bool cut_short_ = false;
  std::unordered_map<AccountId, PersonId> owners_;
};

}  // namespace rosterd::sync
