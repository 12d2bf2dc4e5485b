#include "hold_decider.hpp"

#include "hold_keeping.hpp"
#include "subject.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace rosterd::sync {

namespace {

DecisionOutcome outcome(DecisionOutcome::Kind kind, std::string text) {
  DecisionOutcome made;
  made.kind = kind;
  made.text = std::move(text);
  return made;
}

std::set<PersonId> people_of(const std::vector<HeldRemoval>& removals) {
  std::set<PersonId> people;
  for (const HeldRemoval& removal : removals) people.insert(removal.person);
  return people;
}

std::set<HeldKey> keys_of(const std::vector<HeldRemoval>& removals) {
  std::set<HeldKey> keys;
  for (const HeldRemoval& removal : removals) keys.insert(removal.identity());
  return keys;
}

}  // namespace

Task<DecisionOutcome> HoldDecider::run(HoldDecision decision) {
  guard_ = co_await parts_.store.guard_state(parts_.clock.now(), config_.guard.longest_window());
  const auto found = std::find_if(guard_.holds.begin(), guard_.holds.end(), [&](const Hold& hold) {
    return hold.hash == decision.hash && hold.state != HoldState::approved;
  });
  if (found == guard_.holds.end()) {
    co_return outcome(
        DecisionOutcome::Kind::unknown,
        "no hold that can be decided has this hash: it was decided, has changed, or has lapsed"
    );
  }
  const std::set<PersonId> concerned = people_of(found->removals);
  for (const PersonId& person : decision.people) {
    if (concerned.contains(person)) continue;
    co_return outcome(
        DecisionOutcome::Kind::unknown, "nothing of person " + person.value + " is in this hold"
    );
  }
  SplitHold parts = split(*found, decision.people);
  if (!decision.approve)
    co_return co_await reject(found->id, std::move(parts), std::move(decision));
  co_return co_await approve(*found, std::move(parts), std::move(decision));
}

Task<DecisionOutcome> HoldDecider::approve(
    const Hold& hold, SplitHold split, HoldDecision decision
) {
  const auto unread = co_await state_.mirror.read();
  if (unread) {
    co_return outcome(
        DecisionOutcome::Kind::failed,
        "the tenant could not be read to see that nothing has moved: " + unread->text
    );
  }
  const auto subjects = co_await subjects_of(split.part);
  auto now_wanted = removals_now(split.part, subjects);
  // Nobody has rejected what is new: the guard is to judge it. Nor may it keep the hold from being
  // approved, for somebody in other trouble is judged by nobody for as long as that lasts.
  if (hold.state == HoldState::rejected) {
    const std::set<HeldKey> shown = keys_of(split.part.removals);
    std::erase_if(now_wanted, [&](const HeldRemoval& removal) {
      return !shown.contains(removal.identity());
    });
  }
  if (keys_of(now_wanted) != keys_of(split.part.removals)) {
    co_return co_await renew(hold, split.part, std::move(now_wanted));
  }
  split.part.state = HoldState::approved;
  Settlement settlement;
  for (const PersonId& person : concerned_by(split.part)) settlement.released.push_back(person);
  co_return co_await record(std::move(split), std::move(decision), std::move(settlement));
}

Task<DecisionOutcome> HoldDecider::reject(
    std::int64_t hold, SplitHold split, HoldDecision decision
) {
  split.part.state = HoldState::rejected;
  Settlement settlement;
  const std::set<PersonId> elsewhere = waiting_elsewhere(hold);
  for (const PersonId& person : people_of(split.part.removals)) {
    const bool decided = !person.value.empty() && !elsewhere.contains(person);
    if (decided) settlement.refused.push_back(person);
  }
  settlement.refused_reason = "the removals were rejected by " + decision.by;
  if (!decision.note.empty()) settlement.refused_reason += ": " + decision.note;
  co_return co_await record(std::move(split), std::move(decision), std::move(settlement));
}

/// Whom an approval brings on: the people of its removals, and whoever waits with the same
/// assignment, for it goes.
std::set<PersonId> HoldDecider::concerned_by(const Hold& approved) const {
  std::set<AssignmentKey> going;
  for (const HeldRemoval& removal : approved.removals) going.insert(removal.key());
  std::set<PersonId> people = people_of(approved.removals);
  for (const Hold& hold : guard_.holds) {
    if (hold.state != HoldState::open) continue;
    for (const HeldRemoval& removal : hold.removals) {
      if (going.contains(removal.key())) people.insert(removal.person);
    }
  }
  people.erase(PersonId());
  return people;
}

/// People of whom something else waits in another open hold.
std::set<PersonId> HoldDecider::waiting_elsewhere(std::int64_t hold) const {
  std::set<PersonId> people;
  for (const Hold& other : guard_.holds) {
    if (other.id == hold || other.state != HoldState::open) continue;
    people.merge(people_of(other.removals));
  }
  return people;
}

Task<std::vector<Subject>> HoldDecider::subjects_of(const Hold& part) {
  std::vector<Subject> subjects;
  std::set<AccountId> of_nobody;
  for (const HeldRemoval& removal : part.removals) {
    if (removal.person.value.empty()) of_nobody.insert(removal.account);
  }
  Subject strangers;
  strangers.accounts.assign(of_nobody.begin(), of_nobody.end());
  const Instant now = parts_.clock.now();
  for (const PersonId& id : people_of(part.removals)) {
    const auto person = co_await parts_.store.person(id);
    if (!person || is_blank(person->record)) continue;
    subjects.push_back(subject_of(*person, person->record, policy_, parts_.zones, now));
  }
  if (strangers.accounts.empty()) co_return subjects;
  auto accounts = strangers.accounts;
  const auto owners = co_await parts_.store.owners_of(std::move(accounts));
  std::erase_if(strangers.accounts, [&](const AccountId& one) { return owners.contains(one); });
  subjects.push_back(std::move(strangers));
  co_return subjects;
}

/// What would be removed now from those whom the part is about, but for what other holds are about.
std::vector<HeldRemoval> HoldDecider::removals_now(
    const Hold& part, const std::vector<Subject>& subjects
) const {
  std::map<HeldKey, EventId> ours;
  for (const HeldRemoval& removal : part.removals) ours[removal.identity()] = removal.event;
  std::set<HeldKey> others;
  for (const Hold& hold : guard_.holds) others.merge(keys_of(hold.removals));
  const Plan plan = diff(subjects, state_.mirror.state(), policy_);
  std::vector<HeldRemoval> removals;
  for (const Change& change : plan.changes) {
    if (change.kind != Change::Kind::revoke) continue;
    HeldRemoval removal = held_removal(change);
    const auto known = ours.find(removal.identity());
    // What brought it up stays what it was.
    if (known != ours.end()) removal.event = known->second;
    const bool elsewhere = known == ours.end() && others.contains(removal.identity());
    if (!elsewhere) removals.push_back(std::move(removal));
  }
  return removals;
}

/// The hold as it is now: what of the part is still wanted, and what nobody has decided about.
Task<DecisionOutcome> HoldDecider::renew(
    Hold hold, const Hold& part, std::vector<HeldRemoval> removals
) {
  const std::set<HeldKey> replaced = keys_of(part.removals);
  std::erase_if(hold.removals, [&](const HeldRemoval& removal) {
    return replaced.contains(removal.identity());
  });
  std::move(removals.begin(), removals.end(), std::back_inserter(hold.removals));
  std::sort(
      hold.removals.begin(),
      hold.removals.end(),
      [](const HeldRemoval& left, const HeldRemoval& right) {
        return left.identity() < right.identity();
      }
  );
  const Instant now = parts_.clock.now();
  hold.changed_at = now;
  hold.policy_version = policy_.version;
  hold.hash = hash_of(hold.removals, parts_.crypto);
  if (hold.removals.empty()) {
    hold.state = HoldState::lapsed;
    hold.finished_at = now;
  }
  Settlement settlement;
  settlement.at = now;
  settlement.holds.push_back(hold);
  // Whoever does not wait for a decision is looked at again.
  std::set<PersonId> waiting;
  if (hold.state == HoldState::open) waiting = people_of(hold.removals);
  for (const PersonId& person : people_of(part.removals)) {
    const bool waits = waiting.contains(person);
    if (!waits && !person.value.empty()) settlement.released.push_back(person);
  }
  co_await parts_.store.settle(std::move(settlement));
  DecisionOutcome differs = outcome(
      DecisionOutcome::Kind::differs,
      "not approved: people, policy or tenant have moved since, and other removals would be made"
  );
  if (is_in_force(hold.state)) differs.hold = std::move(hold);
  co_return differs;
}

Task<DecisionOutcome> HoldDecider::record(
    SplitHold split, HoldDecision decision, Settlement settlement
) {
  settlement.at = parts_.clock.now();
  Hold& part = split.part;
  part.decided_at = settlement.at;
  part.decided_by = decision.by;
  part.note = decision.note;
  part.hash = hash_of(part.removals, parts_.crypto);
  if (split.rest) {
    split.rest->hash = hash_of(split.rest->removals, parts_.crypto);
    split.rest->changed_at = settlement.at;
    settlement.holds.push_back(*split.rest);
  }
  settlement.holds.push_back(part);
  settlement.decided_by = decision.by;
  state_.holds_in_force = true;
  co_await parts_.store.settle(std::move(settlement));
  parts_.log.notice(
      "hold " + std::string(to_string(part.state)) + " by hand",
      {{"hold", short_hash(part.hash)},
       {"by", decision.by},
       {"removals", static_cast<std::int64_t>(part.removals.size())}}
  );
  DecisionOutcome decided = outcome(DecisionOutcome::Kind::decided, {});
  decided.hold = std::move(part);
  co_return decided;
}

}  // namespace rosterd::sync
