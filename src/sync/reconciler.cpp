#include "reconciler.hpp"

#include "applier.hpp"
#include "hold_keeping.hpp"
#include "round_report.hpp"
#include "subject.hpp"

#include <set>
#include <string>
#include <utility>

namespace rosterd::sync {

namespace {

constexpr std::size_t people_a_page = 2000;

/// Accounts of nobody that have something in mode `exact`.
Subject strangers_in(
    const TenantState& tenant,
    const Policy& policy,
    const std::unordered_map<AccountId, PersonId>& owners
) {
  std::set<AccountId> accounts;
  const auto add = [&](const EntitlementName& name, const AccountSet& members) {
    if (policy.mode_of(name) != Mode::exact) return;
    for (const AccountId& account : members) {
      if (!owners.contains(account)) accounts.insert(account);
    }
  };
  for (const TenantGroup& group : tenant.groups) {
    add({EntitlementKind::group, group.name, {}}, group.members);
  }
  for (const TenantRole& role : tenant.roles) {
    add({EntitlementKind::role, role.name, role.application}, role.users);
  }
  Subject subject;
  subject.accounts.assign(accounts.begin(), accounts.end());
  return subject;
}

}  // namespace

Task<Answer<ReconcileReport>> Reconciler::run(bool repair) {
  report_.started_at = parts_.clock.now();
  report_.repairs = repair;
  const auto unread = co_await state_.mirror.read();
  if (unread) co_return *unread;
  co_await recall_holds();
  co_await compare_everybody();
  co_await compare_strangers(repair);
  co_await keep(repair);
  co_return report_;
}

// Whom a hold is about may agree with the tenant by now, and then nobody but the worker ends it.
Task<void> Reconciler::recall_holds() {
  const auto guard =
      co_await parts_.store.guard_state(parts_.clock.now(), config_.guard.longest_window());
  for (const Hold& hold : guard.holds) {
    for (const HeldRemoval& removal : hold.removals) held_.insert(removal.person);
  }
  strangers_are_held_ = held_.erase(PersonId()) > 0;
  state_.holds_in_force = !guard.holds.empty();
}

Task<void> Reconciler::compare_everybody() {
  PersonId after;
  for (bool more = true; more;) {
    const auto people = co_await parts_.store.people_after(after, people_a_page);
    state_.moved_at = parts_.clock.monotonic();
    compare(people);
    more = people.size() == people_a_page;
    if (more) after = people.back().record.id;
  }
}

void Reconciler::compare(const std::vector<WorkPerson>& people) {
  const Instant now = parts_.clock.now();
  std::vector<Subject> subjects;
  for (const WorkPerson& person : people) {
    for (const AccountId& account : person.accounts) owners_.emplace(account, person.record.id);
    if (is_blank(person.record)) continue;
    subjects.push_back(subject_of(person, person.record, policy_, parts_.zones, now));
  }
  report_.people += subjects.size();
  const Plan plan = diff(subjects, state_.mirror.state(), policy_);
  std::vector<Drift> drift = drift_of(subjects, plan, state_.mirror.state(), policy_);
  std::move(drift.begin(), drift.end(), std::back_inserter(found_));
  std::set<PersonId> differ;
  for (const Change& change : plan.changes) differ.insert(change.person);
  to_repair_.insert(to_repair_.end(), differ.begin(), differ.end());
}

Task<void> Reconciler::compare_strangers(bool repair) {
  const Subject strangers = strangers_in(state_.mirror.state(), policy_, owners_);
  std::vector<Drift> orphans = orphans_of(state_.mirror.state(), policy_, owners_);
  std::move(orphans.begin(), orphans.end(), std::back_inserter(found_));
  const bool concerned = strangers_are_held_ || !strangers.accounts.empty();
  if (repair && concerned) co_await remove_strangers(strangers);
}

Task<bool> Reconciler::interrupted() {
  state_.moved_at = parts_.clock.monotonic();
  if (state_.turn.is_wanted()) co_return true;
  co_return co_await parts_.store.leaver_is_waiting(parts_.clock.now());
}

Task<void> Reconciler::remove_strangers(const Subject& strangers) {
  Applier applier = applier_of(parts_, config_, policy_, state_);
  const std::vector<Subject> subjects{strangers};
  Applier::Interrupted cut_short = [this] { return interrupted(); };
  const ApplyResult applied = co_await applier.apply(subjects, std::move(cut_short));

  Settlement settlement;
  settlement.at = parts_.clock.now();
  settlement.operations = applied.operations;
  settlement.holds =
      kept_holds(applied, {PersonId()}, policy_.version, parts_.crypto, settlement.at);
  if (!settlement.holds.empty()) state_.holds_in_force = true;
  RoundReport report(parts_, state_.statistics);
  report.tell_holds(applied.holds, settlement.holds);
  report.tell({}, applied, settlement);
  const auto trouble = applied.trouble.find(PersonId());
  const bool in_trouble = trouble != applied.trouble.end();
  cut_short_ = in_trouble && trouble->second.cut_short;
  if (in_trouble && !cut_short_ && !trouble->second.held) {
    parts_.log.warning(
        "accounts of nobody could not be removed yet", {{"reason", trouble->second.reason}}
    );
  }
  co_await parts_.store.settle(std::move(settlement));
}

Task<void> Reconciler::keep(bool repair) {
  const auto before = co_await parts_.store.drift();
  const Instant now = parts_.clock.now();
  const auto guard = co_await parts_.store.guard_state(now, config_.guard.longest_window());
  note_holds(found_, guard.holds);
  std::vector<DriftRow> rows = drift_after(before, found_, now, repair);
  for (const DriftKind kind : all_drift_kinds()) report_.found[kind] = 0;
  for (const Drift& drift : found_) ++report_.found[drift.kind];
  for (const DriftRow& row : rows) report_.contended += row.there && row.contended() ? 1 : 0;
  report_.people_to_repair = repair ? to_repair_.size() : 0;
  report_.finished_at = now;
  tell(rows);
  Settlement settlement;
  settlement.at = now;
  settlement.drift = std::move(rows);
  settlement.reconciled = report_;
  if (repair) {
    for (const PersonId& person : to_repair_) settlement.next_due[person] = now;
    for (const PersonId& person : held_) settlement.next_due[person] = now;
  }
  co_await parts_.store.settle(std::move(settlement));
}

void Reconciler::tell(const std::vector<DriftRow>& rows) const {
  std::vector<LogField> fields;
  fields.emplace_back("people", static_cast<std::int64_t>(report_.people));
  for (const auto& [kind, count] : report_.found) {
    fields.emplace_back(to_string(kind), static_cast<std::int64_t>(count));
  }
  fields.emplace_back("contended", static_cast<std::int64_t>(report_.contended));
  fields.emplace_back("to_repair", static_cast<std::int64_t>(report_.people_to_repair));
  parts_.log.notice("reconciled", fields);
  for (const DriftRow& row : rows) {
    if (!row.there || !row.contended()) continue;
    parts_.log.warning(
        "contended: repaired and undone again and again, somebody else writes to it",
        {{"entitlement", to_string(row.drift.name)},
         {"account", row.drift.account.value},
         {"times", std::int64_t{row.times}}}
    );
  }
}

}  // namespace rosterd::sync
