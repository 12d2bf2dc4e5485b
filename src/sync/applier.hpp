#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/domain/guard.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/log.hpp"
#include "rosterd/ports/target.hpp"
#include "rosterd/ports/work_store.hpp"
#include "rosterd/sync/tenant_mirror.hpp"
#include "storage_gauge.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::sync {

/// Why a person does not agree with the tenant yet.
struct Trouble {
  ErrorClass error = ErrorClass::paused;
  std::string reason;
  std::optional<Instant> retry_at;
  bool cut_short = false;  ///< not tried: the round was ended early
  bool held = false;       ///< waits for a person's approval
};

/// Of two, the one that decides: while anything may still come right by itself, an event lives.
Trouble decisive(const std::optional<Trouble>& known, Trouble another);

LedgerEntry ledger_entry(const Change& change, const Policy& policy, Instant since);

struct ApplyResult {
  /// What is left to do by the last reading. Its `adopt` changes are there and wanted, its
  /// `forget` changes are gone: together they are what the ledger must learn.
  Plan rest;
  bool fresh = false;  ///< `rest` was made from a reading after the last write
  /// Why each change of `rest` is not done, where the guard withholds it.
  std::vector<std::optional<Withheld>> withheld;
  std::map<HoldCause, std::string> over;  ///< the budgets that were gone over
  std::vector<Hold> holds;                ///< those in force when this began
  bool holds_known = false;               ///< false: `rest` is no concern of any hold
  std::map<PersonId, Trouble> trouble;    ///< everybody else agrees, as read back
  /// Entered into the ledger before they were to be sent, and certainly not granted.
  std::vector<std::pair<AccountId, EntitlementRef>> unclaimed;
  std::vector<OperationRecord> operations;
  std::uint64_t calls = 0;  ///< mutating ones
};

/// Makes the tenant agree with what the subjects should have, and believes only what it reads back.
///
/// Writes, waits until calls of others that overlapped are over, reads everything again, and writes
/// again what was acknowledged and is not there
/// (`rewrites_max` times; then it is contended). A call that failed is not sent again here: the
/// retry schedule does that. A call whose outcome is unknown ends the writing; reading decides.
/// What is granted is in the ledger before it is sent: whatever happens then, it can be withdrawn.
/// What is removed has passed the guard, and counts against its budgets before it is sent.
class Applier {
 public:
  struct Parts {
    Target& target;
    WorkStore& store;
    TenantMirror& mirror;
    const Policy& policy;
    const Clock& clock;
    StorageGauge& gauge;
    Log& log;
    bool& holds_in_force;  ///< false: surely none is, so that the store need not be asked
  };
  struct Limits {
    int rewrites_max = 3;
    GuardSettings guard;
    std::size_t claims_a_settlement = 250;
  };
  using Interrupted = std::function<Task<bool>()>;

  Applier(Parts parts, Limits limits);

  Task<ApplyResult> apply(const std::vector<Subject>& subjects, Interrupted interrupted);

 private:
  struct Key {
    AccountId account;
    EntitlementRef entitlement;
    bool grant = true;
    auto operator<=>(const Key&) const = default;
  };
  struct Track {
    Change change;
    Operation::Kind kind = Operation::Kind::add_members;
    Instant sent_at{};
    int status = 0;
    int lost = 0;
    int missing_catalogue = 0;
    std::optional<TargetError> error;
  };

  static Key key_of(const Change& change);
  Task<void> guard_rest();
  bool to_send(std::size_t index) const;
  Plan sendable();
  void refuse_what_has_no_room(Plan& todo);
  Task<bool> refresh();
  Task<void> send_all(const Plan& todo, const Interrupted& interrupted);
  Task<void> let_others_finish();
  Task<void> claim(const Plan& plan, const std::vector<Operation>& calls, std::size_t first);
  void claim(const Change& change, Settlement& settlement);
  bool may_halve(const Operation& operation, const Answer<Acknowledged>& answer);
  Task<Answer<Acknowledged>> send(const Plan& plan, const Operation& operation);
  void note(const Plan& plan, const Operation& operation, const Answer<Acknowledged>& answer);
  void note(const PersonId& person, Trouble trouble);
  void note_lost();
  void report(const std::vector<Subject>& subjects);
  void note_withheld(const Change& change, const Withheld& withheld);
  Trouble trouble_of(const Change& change) const;
  bool surely_not_done(const Change& change) const;
  void record_operations();

  Parts parts_;
  Limits limits_;
  GuardState guard_;
  std::set<HeldKey> approved_;
  GuardVerdict verdict_;
  bool no_room_ = false;
  bool room_told_ = false;
  int halvings_left_;
  std::map<Key, Track> tracks_;
  std::set<Key> claimed_;      ///< what is granted
  std::set<HeldKey> counted_;  ///< what is removed
  std::optional<TargetError> stopped_by_;
  std::optional<TargetError> unread_;
  bool cut_short_ = false;
  Duration slowest_call_{0};  // since the last read
  ApplyResult result_;
};

}  // namespace rosterd::sync
