#pragma once

#include "rosterd/ports/work_store.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace rosterd::test {

/// A work store in maps that keeps the contract of `WorkStore`, transactions included: a settlement
/// that throws has changed nothing.
class MemoryWorkStore : public WorkStore {
 public:
  struct Event {
    ChangeEvent event;
    EventState state = EventState::pending;
    bool folded = false;
    int attempts = 0;
    int crashes = 0;
    std::optional<Instant> due_at;  ///< nothing: at once
    std::optional<ErrorClass> error;
    std::string reason;
    Instant received_at{};
  };
  struct Person {
    PersonRecord record;
    std::optional<Instant> next_due;
    std::optional<Instant> account_recheck;
    std::string policy;  ///< of the last decision
  };
  using Assignment = std::pair<AccountId, EntitlementRef>;

  EventId accept(ChangeEvent event, Instant now);

  /// Throws what the test wants to break; called before a settlement is written.
  std::function<void(const Settlement&)> before_settle;

  std::map<EventId, Event> events;
  std::map<PersonId, Person> people;
  std::map<AccountId, PersonId> links;
  std::map<Assignment, LedgerEntry> ledger;
  std::vector<OperationRecord> operations;
  std::map<std::tuple<AssignmentKey, PersonId, bool>, Removal> removals;
  std::map<std::int64_t, Hold> holds;
  std::set<LeaverAccount> unchecked;
  std::map<LeaverAccount, std::vector<ResidualAccess>> residual;
  std::vector<DriftRow> drift_rows;
  std::optional<ReconcileReport> reconciled;
  std::optional<StorageReading> storage;
  std::string policy_version;
  std::size_t settlements = 0;

  Task<std::map<AccountId, PersonId>> owners_of(std::vector<AccountId> accounts) override;
  Task<Recovery> recover(Instant now, std::optional<int> crashes_max) override;
  Task<Work> take_due(Instant now, Limits limits) override;
  Task<bool> leaver_is_waiting(Instant now) override;
  Task<void> settle(Settlement settlement) override;
  Task<std::optional<Instant>> next_due_at(Instant now) override;
  Task<bool> use_policy(std::string version, std::string text, Instant now) override;
  Task<std::vector<WorkPerson>> people_after(PersonId after, std::size_t people_max) override;
  Task<std::optional<WorkPerson>> person(PersonId id) override;
  Task<GuardState> guard_state(Instant now, Duration window) override;
  Task<std::vector<LeaverAccount>> leavers_to_check(std::size_t max) override;
  Task<std::vector<DriftRow>> drift() override;
  Task<std::size_t> prune(Instant now, Retention retention, std::size_t rows_max) override;

 private:
  bool is_due(const Event& row, Instant now) const;
  std::vector<EventId> due_in_order(Instant now) const;
  WorkPerson load(const PersonId& id) const;
  void settle_event(const EventResult& result);
  void settle_person(const Settlement& settlement);
  void settle_guard(const Settlement& settlement);
  void settle_checks(const Settlement& settlement);
  void release(const PersonId& person, Instant at);

  EventId last_event_ = 0;
  std::vector<EventId> of_leavers_;
  std::string decided_under_;
};

}  // namespace rosterd::test
