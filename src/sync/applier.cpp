#include "applier.hpp"

#include "rosterd/base/within.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <utility>

namespace rosterd::sync {

namespace {

bool writes(const Change& change) {
  return change.kind == Change::Kind::grant || change.kind == Change::Kind::revoke;
}

/// Whether the whole tenant is out of reach, so that further calls are of no use now.
bool ends_writing(ErrorClass error) {
  switch (error) {
    case ErrorClass::authentication:
    case ErrorClass::configuration:
    case ErrorClass::throttled:
    case ErrorClass::unknown:
    case ErrorClass::paused:
      return true;
    case ErrorClass::stale_catalogue:
    case ErrorClass::permanent:
    case ErrorClass::transient:
    case ErrorClass::contended:
    case ErrorClass::no_account:
    case ErrorClass::ambiguous_account:
    case ErrorClass::conflict:
    case ErrorClass::unknown_entitlement:
    case ErrorClass::invalid:
    case ErrorClass::poison:
    case ErrorClass::storage_full:
      return false;
  }
  std::abort();
}

std::vector<AccountId> accounts_of(const Plan& plan, const Operation& operation) {
  std::vector<AccountId> accounts;
  accounts.reserve(operation.changes.size());
  for (const std::size_t index : operation.changes) accounts.push_back(plan.changes[index].account);
  return accounts;
}

std::vector<EntitlementId> roles_of(const Plan& plan, const Operation& operation) {
  std::vector<EntitlementId> roles;
  roles.reserve(operation.changes.size());
  for (const std::size_t index : operation.changes) {
    roles.push_back(plan.changes[index].entitlement.id);
  }
  return roles;
}

Trouble trouble_from(const TargetError& error) {
  Trouble trouble;
  trouble.error = error.error;
  trouble.reason = error.text;
  trouble.retry_at = error.retry_at;
  return trouble;
}

/// How soon trouble of this kind may pass: 0 by itself, 3 by somebody's decision, 4 never. What
/// time may mend decides before what waits for a decision, so that it is tried again meanwhile.
int hopelessness(const Trouble& trouble) {
  if (trouble.cut_short) return 0;
  if (trouble.held) return 3;
  switch (trouble.error) {
    case ErrorClass::authentication:
    case ErrorClass::configuration:
    case ErrorClass::throttled:
    case ErrorClass::paused:
      return 0;
    case ErrorClass::transient:
    case ErrorClass::unknown:
      return 1;
    case ErrorClass::contended:
    case ErrorClass::no_account:
    case ErrorClass::storage_full:
      return 2;
    case ErrorClass::stale_catalogue:
    case ErrorClass::permanent:
    case ErrorClass::ambiguous_account:
    case ErrorClass::conflict:
    case ErrorClass::unknown_entitlement:
    case ErrorClass::invalid:
    case ErrorClass::poison:
      return 4;
  }
  std::abort();
}

// A commit for every call would be a commit too many where each person has a call of their own.
constexpr std::size_t calls_per_claim = 50;

// Enough to find a few members that the tenant refuses among thousands, and no flood of calls when
// it refuses them all.
constexpr int halvings_max = 64;

std::pair<Operation, Operation> halves_of(const Operation& operation) {
  std::pair<Operation, Operation> halves(operation, operation);
  const auto middle = static_cast<std::ptrdiff_t>(operation.changes.size() / 2);
  halves.first.changes.resize(static_cast<std::size_t>(middle));
  halves.second.changes.erase(
      halves.second.changes.begin(), halves.second.changes.begin() + middle
  );
  return halves;
}

std::set<HeldKey> approved_in(const std::vector<Hold>& holds) {
  std::set<HeldKey> approved;
  for (const Hold& hold : holds) {
    if (hold.state != HoldState::approved) continue;
    for (const HeldRemoval& removal : hold.removals) approved.insert(removal.identity());
  }
  return approved;
}

bool names_unknown(const Plan& plan) {
  return std::any_of(plan.unmet.begin(), plan.unmet.end(), [](const Unmet& unmet) {
    return unmet.why == Unmet::Why::unknown_entitlement;
  });
}

}  // namespace

Trouble decisive(const std::optional<Trouble>& known, Trouble another) {
  if (known && hopelessness(*known) <= hopelessness(another)) return *known;
  return another;
}

LedgerEntry ledger_entry(const Change& change, const Policy& policy, Instant since) {
  LedgerEntry entry;
  entry.account = change.account;
  entry.entitlement = change.entitlement;
  entry.name = change.name;
  entry.person = change.person;
  entry.event = change.event;
  entry.rule = change.reason;
  entry.policy_version = policy.version;
  entry.since = since;
  return entry;
}

Applier::Applier(Parts parts, Limits limits)
    : parts_(parts), limits_(limits), halvings_left_(halvings_max) {}

Task<ApplyResult> Applier::apply(const std::vector<Subject>& subjects, Interrupted interrupted) {
  bool readable = parts_.mirror.known();
  if (!readable) readable = co_await refresh();
  for (int writes_done = 0; readable;) {
    result_.rest = diff(subjects, parts_.mirror.state(), parts_.policy);
    co_await guard_rest();
    const Plan todo = sendable();
    const bool stop = stopped_by_ || cut_short_ || writes_done > limits_.rewrites_max;
    const bool nothing_to_send = stop || !todo.touches_tenant();
    if (nothing_to_send && result_.fresh) break;
    // A name the tenant did not have may have been made since it was last read.
    const bool look_first = nothing_to_send || (names_unknown(result_.rest) && !result_.fresh);
    if (!look_first) {
      co_await send_all(todo, interrupted);
      co_await let_others_finish();
      ++writes_done;
    }
    readable = co_await refresh();
  }
  report(subjects);
  co_return std::move(result_);
}

Applier::Key Applier::key_of(const Change& change) {
  Key key;
  key.account = change.account;
  key.entitlement = change.entitlement;
  key.grant = change.kind == Change::Kind::grant;
  return key;
}

// The store is asked once, and only where a removal is planned or a hold may have lapsed.
Task<void> Applier::guard_rest() {
  const bool removes = result_.rest.count(Change::Kind::revoke) > 0;
  if (!result_.holds_known && (removes || parts_.holds_in_force)) {
    const Instant now = parts_.clock.now();
    guard_ = co_await parts_.store.guard_state(now, limits_.guard.longest_window());
    approved_ = approved_in(guard_.holds);
    result_.holds = guard_.holds;
    result_.holds_known = true;
    parts_.holds_in_force = !guard_.holds.empty();
  }
  const TenantState& tenant = parts_.mirror.state();
  verdict_ = guard(result_.rest, tenant, guard_, limits_.guard, parts_.clock.now());
}

bool Applier::to_send(std::size_t index) const {
  const Change& change = result_.rest.changes[index];
  if (!writes(change) || !verdict_.allows(index)) return false;
  const auto track = tracks_.find(key_of(change));
  return track == tracks_.end() || !track->second.error;
}

Plan Applier::sendable() {
  Plan todo;
  for (std::size_t i = 0; i < result_.rest.changes.size(); ++i) {
    if (to_send(i)) todo.changes.push_back(result_.rest.changes[i]);
  }
  refuse_what_has_no_room(todo);
  return todo;
}

// All of the plan's grants or none: half a plan would fill the storage to the brim.
void Applier::refuse_what_has_no_room(Plan& todo) {
  const StorageVerdict verdict = parts_.gauge.verdict_on(todo);
  no_room_ = verdict == StorageVerdict::full;
  if (verdict == StorageVerdict::fits || todo.count(Change::Kind::grant) == 0) return;
  if (!room_told_) {
    room_told_ = true;
    parts_.log.warning(
        no_room_ ? "grants refused: the tenant's storage has no room for them"
                 : "the tenant's storage is nearly full",
        {{"grants", static_cast<std::int64_t>(todo.count(Change::Kind::grant))},
         {"bytes", growth_of(todo)},
         {"used_percent", std::int64_t{parts_.gauge.part_used().value_or(0)}}}
    );
  }
  if (!no_room_) return;
  std::erase_if(todo.changes, [](const Change& change) {
    return change.kind == Change::Kind::grant;
  });
}

Task<bool> Applier::refresh() {
  result_.fresh = false;
  auto error = co_await parts_.mirror.read();
  unread_ = std::move(error);
  note_lost();
  result_.fresh = !unread_;
  co_return result_.fresh;
}

Task<void> Applier::send_all(const Plan& todo, const Interrupted& interrupted) {
  result_.fresh = false;
  parts_.mirror.expire();
  std::vector<Operation> calls = operations(todo, parts_.target.body_bytes_max());
  std::size_t claimed = 0;
  for (std::size_t i = 0; i < calls.size();) {
    // The first call is made whatever comes, so that every round gets something done.
    if (result_.calls > 0) cut_short_ = co_await interrupted();
    if (cut_short_) co_return;
    if (i >= claimed) {
      co_await claim(todo, calls, i);
      claimed = i + calls_per_claim;
    }
    const Duration started = parts_.clock.monotonic();
    const auto answer = co_await send(todo, calls[i]);
    slowest_call_ = std::max(slowest_call_, parts_.clock.monotonic() - started);
    ++result_.calls;
    if (may_halve(calls[i], answer)) {
      auto [first, second] = halves_of(calls[i]);
      calls[i] = std::move(second);
      calls.insert(calls.begin() + static_cast<std::ptrdiff_t>(i), std::move(first));
      continue;
    }
    note(todo, calls[i], answer);
    if (stopped_by_) co_return;
    ++i;
  }
}

/// One account that the tenant refuses must not take the others of its call along.
bool Applier::may_halve(const Operation& operation, const Answer<Acknowledged>& answer) {
  if (answer || answer.error().error != ErrorClass::permanent) return false;
  if (operation.changes.size() < 2 || halvings_left_ == 0) return false;
  --halvings_left_;
  return true;
}

// Another client's call that read the group before ours was done puts its old copy back when it
// ends. Read back at once, ours would still be there. That call takes about as long as ours did.
Task<void> Applier::let_others_finish() {
  constexpr Duration wait_max = std::chrono::seconds{1};
  const Duration wait = std::min(2 * slowest_call_, wait_max);
  slowest_call_ = Duration::zero();
  if (wait > Duration::zero()) co_await sleep_for(wait);
}

Task<void> Applier::claim(
    const Plan& plan, const std::vector<Operation>& calls, std::size_t first
) {
  std::vector<std::size_t> changes;
  const std::size_t end = std::min(first + calls_per_claim, calls.size());
  for (std::size_t i = first; i < end; ++i) {
    changes.insert(changes.end(), calls[i].changes.begin(), calls[i].changes.end());
  }
  const std::size_t at_once = std::max<std::size_t>(limits_.claims_a_settlement, 1);
  for (std::size_t from = 0; from < changes.size(); from += at_once) {
    Settlement settlement;
    settlement.at = parts_.clock.now();
    const std::size_t to = std::min(from + at_once, changes.size());
    for (std::size_t i = from; i < to; ++i) claim(plan.changes[changes[i]], settlement);
    const bool nothing = settlement.granted.empty() && settlement.removals.empty();
    if (!nothing) co_await parts_.store.settle(std::move(settlement));
  }
}

// What a person approved costs no budget.
void Applier::claim(const Change& change, Settlement& settlement) {
  if (change.kind == Change::Kind::grant) {
    const bool is_new = claimed_.insert(key_of(change)).second;
    if (is_new) settlement.granted.push_back(ledger_entry(change, parts_.policy, settlement.at));
    return;
  }
  Removal removal;
  removal.person = change.person;
  removal.account = change.account;
  removal.entitlement = change.entitlement;
  removal.leaver = change.leaver;
  removal.at = settlement.at;
  // Of each who loses it: whom nobody approved costs their budget, whoever else was approved.
  const HeldKey identity{removal.key(), removal.person};
  if (!counted_.insert(identity).second || approved_.contains(identity)) return;
  guard_.removals.push_back(removal);
  settlement.removals.push_back(std::move(removal));
}

Task<Answer<Acknowledged>> Applier::send(const Plan& plan, const Operation& operation) {
  switch (operation.kind) {
    case Operation::Kind::add_members: {
      auto accounts = accounts_of(plan, operation);
      co_return co_await parts_.target.add_members(operation.group.id, std::move(accounts));
    }
    case Operation::Kind::remove_members: {
      auto accounts = accounts_of(plan, operation);
      co_return co_await parts_.target.remove_members(operation.group.id, std::move(accounts));
    }
    case Operation::Kind::add_roles: {
      auto roles = roles_of(plan, operation);
      co_return co_await parts_.target.add_roles(operation.account, std::move(roles));
    }
    case Operation::Kind::remove_roles: {
      auto roles = roles_of(plan, operation);
      co_return co_await parts_.target.remove_roles(operation.account, std::move(roles));
    }
  }
  std::abort();
}

void Applier::note(
    const Plan& plan, const Operation& operation, const Answer<Acknowledged>& answer
) {
  for (const std::size_t index : operation.changes) {
    Track& track = tracks_[key_of(plan.changes[index])];
    track.change = plan.changes[index];
    track.kind = operation.kind;
    track.sent_at = parts_.clock.now();
    track.status = answer ? answer->status : answer.error().status;
    if (answer) {
      parts_.mirror.expect({track.change.account, track.change.entitlement}, adds(track.kind));
      parts_.gauge.grew(growth_of(track.change));
      continue;
    }
    // After a 404 the catalogue is read again, and the call is worth one more try.
    const bool reload = answer.error().error == ErrorClass::stale_catalogue;
    if (!reload || track.missing_catalogue++ > 0) track.error = answer.error();
  }
  if (!answer && ends_writing(answer.error().error)) stopped_by_ = answer.error();
}

void Applier::note_lost() {
  for (const auto& [key, there] : parts_.mirror.lost()) {
    const auto track = tracks_.find({key.account, key.entitlement, there});
    if (track != tracks_.end()) ++track->second.lost;
  }
}

void Applier::note(const PersonId& person, Trouble trouble) {
  const auto known = result_.trouble.find(person);
  if (known == result_.trouble.end()) {
    result_.trouble.emplace(person, std::move(trouble));
  } else {
    known->second = decisive(known->second, std::move(trouble));
  }
}

Trouble Applier::trouble_of(const Change& change) const {
  const auto track = tracks_.find(key_of(change));
  if (track != tracks_.end() && track->second.error) return trouble_from(*track->second.error);
  if (stopped_by_) return trouble_from(*stopped_by_);
  Trouble trouble;
  if (cut_short_) {
    trouble.cut_short = true;
    trouble.reason = "put off: the round was cut short";
    return trouble;
  }
  if (no_room_ && change.kind == Change::Kind::grant) {
    trouble.error = ErrorClass::storage_full;
    trouble.reason = "the tenant's storage has no room for what this plan grants";
    return trouble;
  }
  trouble.error = ErrorClass::contended;
  const int lost = track == tracks_.end() ? 0 : track->second.lost;
  trouble.reason = std::string(change.kind == Change::Kind::grant ? "granting " : "removing ") +
                   to_string(change.name) + " was acknowledged " + std::to_string(lost) +
                   " times and undone each time: somebody else writes to it";
  return trouble;
}

void Applier::report(const std::vector<Subject>& subjects) {
  if (!result_.fresh) {
    result_.rest = Plan();
    verdict_ = GuardVerdict();
    const TargetError error = unread_ ? *unread_ : stopped_by_.value_or(TargetError());
    for (const Subject& subject : subjects) {
      result_.trouble.emplace(subject.person, trouble_from(error));
    }
  }
  for (std::size_t i = 0; i < result_.rest.changes.size(); ++i) {
    const Change& change = result_.rest.changes[i];
    if (!writes(change)) continue;
    if (!verdict_.allows(i)) {
      note_withheld(change, *verdict_.withheld[i]);
      continue;
    }
    note(change.person, trouble_of(change));
    const bool claimed = change.kind == Change::Kind::grant && claimed_.contains(key_of(change));
    if (claimed && surely_not_done(change)) {
      result_.unclaimed.emplace_back(change.account, change.entitlement);
    }
  }
  for (const Unmet& unmet : result_.rest.unmet) {
    if (unmet.why != Unmet::Why::unknown_entitlement) continue;
    Trouble trouble;
    trouble.error = ErrorClass::unknown_entitlement;
    trouble.reason = "the tenant has no " + std::string(to_string(unmet.name.kind)) + " " +
                     to_string(unmet.name);
    note(unmet.person, std::move(trouble));
  }
  result_.withheld = std::move(verdict_.withheld);
  result_.over = std::move(verdict_.over);
  record_operations();
}

// What a person has rejected is as it should be, until policy or record no longer ask for it.
void Applier::note_withheld(const Change& change, const Withheld& withheld) {
  if (withheld.rejected) return;
  Trouble trouble;
  trouble.held = true;
  trouble.reason = "removing " + to_string(change.name) + " waits for approval";
  note(change.person, std::move(trouble));
}

/// A call without a clear answer may still take effect after it was read that it has not.
bool Applier::surely_not_done(const Change& change) const {
  const auto track = tracks_.find(key_of(change));
  if (track == tracks_.end()) return true;
  const bool unclear = track->second.status == 0 || track->second.status >= 500;
  return !unclear;
}

void Applier::record_operations() {
  std::set<Key> open;
  for (const Change& change : result_.rest.changes) {
    if (writes(change)) open.insert(key_of(change));
  }
  for (const auto& [key, track] : tracks_) {
    OperationRecord record;
    record.kind = track.kind;
    record.entitlement = key.entitlement;
    record.name = track.change.name;
    record.account = key.account;
    record.person = track.change.person;
    record.event = track.change.event;
    record.reason = track.change.reason;
    record.policy_version = parts_.policy.version;
    record.sent_at = track.sent_at;
    record.status = track.status;
    record.lost = track.lost;
    if (result_.fresh && !open.contains(key)) record.verified_at = parts_.mirror.state().read_at;
    result_.operations.push_back(std::move(record));
  }
}

}  // namespace rosterd::sync
