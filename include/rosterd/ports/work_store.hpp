#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/base/task.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/drift.hpp"
#include "rosterd/domain/guard.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/ledger.hpp"
#include "rosterd/domain/outcome.hpp"
#include "rosterd/domain/person.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/domain/residual.hpp"
#include "rosterd/domain/storage.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rosterd {

/// An event that is due, with what the worker has to know about its past.
struct DueEvent {
  EventId id = 0;
  ChangeEvent event;
  EventState state = EventState::pending;  ///< before it was taken
  bool folded = false;                     ///< merged into the record by an earlier attempt
  int attempts = 0;                        ///< counted ones
  Instant received_at{};
};

/// A person with everything a plan needs to know.
struct WorkPerson {
  PersonRecord record;
  bool exists = false;  ///< false: first seen now
  std::vector<AccountId> accounts;
  std::vector<LedgerEntry> ledger;
  std::optional<Instant> account_recheck_at;  ///< a cached "no account yet"
  std::optional<Instant> due_at;              ///< when time brings them up
};

struct Work {
  std::vector<DueEvent> events;           ///< by person, in order of arrival
  std::map<PersonId, WorkPerson> people;  ///< of the events, and those whose time or policy came
};

/// What became of an event.
struct EventResult {
  EventId id = 0;
  EventState state = EventState::applied;
  bool folded = true;
  bool counted = false;  ///< uses up an attempt
  std::optional<Instant> next_attempt_at;
  std::optional<ErrorClass> error;
  std::string reason;  ///< for people; at most 4 KiB, no secrets
};

/// A record of one call to the tenant, kept for the audit.
struct OperationRecord {
  Operation::Kind kind = Operation::Kind::add_members;
  EntitlementRef entitlement;  ///< the group, or the role given or taken
  EntitlementName name;
  AccountId account;
  PersonId person;
  EventId event = 0;
  std::string reason;  ///< rule, or why it went
  std::string policy_version;
  Instant sent_at{};
  int status = 0;  ///< the answer's HTTP status; 0: none came
  std::optional<Instant> verified_at;
  int lost = 0;  ///< times it was acknowledged and not there when read back
};

/// The end of a round, or of a part of it: one transaction.
struct Settlement {
  std::vector<EventResult> events;
  std::vector<PersonRecord> people;  ///< as they are now
  /// When time alone next changes something about a person; nothing clears it.
  std::map<PersonId, std::optional<Instant>> next_due;
  std::map<PersonId, std::vector<AccountId>> links;  ///< whole, replacing what was there
  std::map<PersonId, std::optional<Instant>> account_recheck;
  std::vector<LedgerEntry> granted;  ///< granted or adopted: insert or replace
  std::vector<std::pair<AccountId, EntitlementRef>> revoked;  ///< leaves the ledger
  std::vector<OperationRecord> operations;
  /// People who agree with the tenant, as read back: their other open events that are folded in
  /// (waiting, retrying) are applied with this.
  std::vector<PersonId> agreed;

  std::vector<Hold> holds;         ///< as they are now, whole; id 0: new
  std::vector<Removal> removals;   ///< begun; of one `identity` the latest counts
  std::vector<PersonId> released;  ///< approved: their held events are pending, at once
  std::vector<PersonId> refused;   ///< rejected: their held events are cancelled
  std::string refused_reason;
  std::string decided_by;  ///< the person whose decision this records; empty: nobody's

  std::vector<LeaverAccount> to_check;  ///< effective access is to be looked at
  struct Checked {
    LeaverAccount of;
    std::vector<ResidualAccess> remains;  ///< replaces what was known of the account
  };
  std::vector<Checked> checked;
  std::vector<PersonId> not_left;  ///< nothing of theirs is residual (any more)

  std::optional<std::vector<DriftRow>> drift;  ///< whole, replacing what was there
  /// Whoever has residual access is to be looked at again with it.
  std::optional<ReconcileReport> reconciled;
  std::optional<StorageReading> storage;
  Instant at{};
};

/// Which accounts are linked to whom.
class Links {
 public:
  virtual ~Links() = default;

  /// Which of these accounts are linked to a person, and to whom.
  virtual Task<std::map<AccountId, PersonId>> owners_of(std::vector<AccountId> accounts) = 0;

  /// One person, as `Work` has them; nothing: nobody has heard of them.
  virtual Task<std::optional<WorkPerson>> person(PersonId id) = 0;
};

/// The worker's view of the store. One worker; called on the loop; each call that writes is one
/// transaction, but `take_due` and `prune`. Throws when the store is broken.
class WorkStore : public Links {
 public:
  /// After a start: `running` goes back to `pending`. Where the process died by its own doing, the
  /// crash count grows by one, and what has crashed `crashes_max` times is dead (poison) if the
  /// last time it was the only person's that was running: of thousands that ran together, most are
  /// not what the process died of. Nothing: it was killed or lost its power, and no event is to
  /// blame. Gives the number of each.
  struct Recovery {
    std::size_t requeued = 0;
    std::size_t poisoned = 0;
  };
  virtual Task<Recovery> recover(Instant now, std::optional<int> crashes_max) = 0;

  /// Takes what is due at `now`: pending events, scheduled, waiting and retrying ones whose time
  /// has come, each with all other open unfolded events of the same person that are due, leavers
  /// first, then by arrival, at most `events_max`, and ever fewer the more often the process died
  /// on one of them, so that the one it dies on is found in the end; and people whose time has come
  /// or whose last decision was made under another policy, at most `people_max`. Marks the events
  /// `running`, a few people's in a transaction: where one of them fails, those before stay
  /// `running` until `recover`. Events of a file that is still being read are not due.
  struct Limits {
    std::size_t events_max = 20'000;
    std::size_t people_max = 20'000;
  };
  virtual Task<Work> take_due(Instant now, Limits limits) = 0;

  /// Whether an event of a leaver is due that has not been taken: long work is cut short for it.
  virtual Task<bool> leaver_is_waiting(Instant now) = 0;

  virtual Task<void> settle(Settlement settlement) = 0;

  /// When the next thing is due that is not due now; nothing: only a new event can be next.
  virtual Task<std::optional<Instant>> next_due_at(Instant now) = 0;

  /// Remembers the policy in force. When it is not the one before, everybody is due for a new
  /// decision. Gives whether it changed.
  virtual Task<bool> use_policy(std::string version, std::string text, Instant now) = 0;

  /// Everybody, in order of id, `people_max` at a time from after `after`. For dry runs and
  /// reconciliation.
  virtual Task<std::vector<WorkPerson>> people_after(PersonId after, std::size_t people_max) = 0;

  /// What the guard has to know; removals begun after `now - window`.
  virtual Task<GuardState> guard_state(Instant now, Duration window) = 0;

  /// Accounts of leavers whose effective access is yet to be checked, oldest first.
  virtual Task<std::vector<LeaverAccount>> leavers_to_check(std::size_t max) = 0;

  /// As the last settlement left it.
  virtual Task<std::vector<DriftRow>> drift() = 0;

  /// Deletes what retention allows, a small transaction at a time; gives rows deleted, 0: done.
  struct Retention {
    Duration payload = std::chrono::hours{24 * 7};
    Duration events = std::chrono::hours{24 * 30};
    Duration deduplication = std::chrono::hours{24 * 90};
    Duration operations = std::chrono::hours{24 * 400};  ///< and the audit, and holds that are over
  };
  virtual Task<std::size_t> prune(Instant now, Retention retention, std::size_t rows_max) = 0;
};

}  // namespace rosterd
