#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/audit.hpp"
#include "rosterd/domain/drift.hpp"
#include "rosterd/domain/guard.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/ledger.hpp"
#include "rosterd/domain/lifecycle.hpp"
#include "rosterd/domain/outcome.hpp"
#include "rosterd/domain/person.hpp"
#include "rosterd/domain/residual.hpp"
#include "rosterd/domain/storage.hpp"
#include "rosterd/ports/intake_store.hpp"
#include "rosterd/ports/work_store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rosterd {

/// Which events: what is set must hold; nothing set: all.
struct EventSelection {
  std::vector<EventId> ids;
  std::optional<PersonId> person;
  std::vector<EventState> states;
  std::optional<ErrorClass> error;
  std::optional<std::string> source;
  std::optional<Instant> received_from;  ///< inclusive
  std::optional<Instant> received_to;    ///< exclusive
  std::optional<EventId> before;         ///< exclusive: to go on where a list ended

  bool empty() const {
    return ids.empty() && !person && states.empty() && !error && !source && !received_from &&
           !received_to && !before;
  }
};

struct EventRow {
  EventId id = 0;
  ChangeEvent event;
  Instant received_at{};
  EventState state = EventState::pending;
  int attempts = 0;
  int crashes = 0;
  bool folded = false;  ///< merged into the person's record
  std::optional<Instant> next_attempt_at;
  std::optional<Instant> finished_at;
  std::optional<ErrorClass> error;
  std::string reason;
  std::optional<EventId> replay_of;
};

struct AttemptRow {
  int number = 0;
  Instant at{};
  std::optional<ErrorClass> error;
  std::string reason;
};

struct StatusView {
  std::map<EventState, std::uint64_t> events;  ///< every state, also with 0
  std::optional<Instant> oldest_open_received_at;
  std::uint64_t people = 0;
  std::map<LifecycleState, std::uint64_t> people_by_status;  ///< by the `status` attribute
  std::uint64_t links = 0;
  std::uint64_t ledger = 0;
  std::string policy_version;
  std::vector<Intake> intakes;  ///< the last ten, newest first
  std::uint64_t database_bytes = 0;
  int schema_version = 0;
  std::vector<Hold> holds;             ///< in force, oldest first; without their removals
  std::vector<PersonId> held_leavers;  ///< who have left and keep something until somebody decides
  std::uint64_t residual = 0;          ///< ways that leavers have left to groups and roles
  std::map<DriftKind, std::uint64_t> drift;  ///< of the last reconciliation; every kind
  std::uint64_t contended = 0;
  std::optional<ReconcileReport> reconciliation;  ///< the last one
  std::optional<StorageReading> storage;
};

struct PersonRow {
  PersonRecord record;
  std::vector<AccountId> accounts;
  std::vector<LedgerEntry> ledger;
  std::optional<Instant> next_due_at;
  std::optional<Instant> account_recheck_at;
};

/// Reading what there is, for commands and the operator's API: also while the daemon runs, from
/// another process. Blocking; one thread; a consistent snapshot per call. Throws when the store is
/// broken or is not a rosterd store.
class Views {
 public:
  virtual ~Views() = default;

  virtual StatusView status() = 0;

  /// Newest first.
  virtual std::vector<EventRow> events(const EventSelection& selection, std::size_t limit) = 0;
  virtual std::uint64_t count(const EventSelection& selection) = 0;
  virtual std::optional<EventRow> event(EventId id) = 0;
  virtual std::string payload(EventId id) = 0;
  virtual std::vector<AttemptRow> attempts(EventId id) = 0;
  virtual std::vector<OperationRecord> operations_of(const PersonId& person, std::size_t limit) = 0;

  virtual std::optional<PersonRow> person(const PersonId& id) = 0;
  /// By id from after `after`; `search` filters by id, e-mail or name, ignoring case.
  virtual std::vector<PersonRow> people(
      const std::string& search, const PersonId& after, std::size_t limit
  ) = 0;

  virtual std::vector<Intake> intakes(std::size_t limit) = 0;

  /// In force, oldest first; with `also_over`, those that are over, too, newest first after them.
  /// Whole, with the removals that are left; of a hold that is over, none is.
  virtual std::vector<Hold> holds(bool also_over, std::size_t limit) = 0;
  virtual GuardState guard_state(Instant now, Duration window) = 0;

  virtual std::vector<DriftRow> drift() = 0;
  /// Of one person, or of everybody.
  virtual std::vector<ResidualRow> residual(const std::optional<PersonId>& person) = 0;

  /// The audit in order, rows of `from` (inclusive) to `to` (exclusive), streamed.
  virtual void audit(
      std::optional<Instant> from,
      std::optional<Instant> to,
      const std::function<void(const AuditRow&)>& visit
  ) = 0;
  /// Id and hash of the row that the oldest kept one follows: 0 and `audit_origin` where none was
  /// ever deleted.
  struct AuditAnchor {
    std::int64_t id = 0;
    Digest hash = audit_origin;
  };
  virtual AuditAnchor audit_anchor() = 0;
};

/// What a person may do to the outbox. Called on the loop of whoever owns the store.
class OutboxControl {
 public:
  virtual ~OutboxControl() = default;

  /// For each selected event that is finished (dead ones, unless states say otherwise) a new row
  /// with `replay_of`; the old one stays. What the person's record holds already is not said once
  /// more: the tenant is compared with the record as it is now. `by` is who asked, for the audit.
  /// Gives the new ids.
  virtual Task<std::vector<EventId>> replay(
      EventSelection selection, std::string by, Instant now
  ) = 0;

  /// Open events that are not running become `cancelled`. Gives their ids.
  virtual Task<std::vector<EventId>> cancel(
      EventSelection selection, std::string reason, std::string by, Instant now
  ) = 0;
};

}  // namespace rosterd
