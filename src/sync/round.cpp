#include "round.hpp"

#include "hold_keeping.hpp"
#include "link_decision.hpp"
#include "round_report.hpp"
#include "subject.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace rosterd::sync {

namespace {

/// An event that stays with the worker while its record is kept.
EventResult in_hand(const DueEvent& due) {
  EventResult result;
  result.id = due.id;
  result.state = EventState::running;
  return result;
}

}  // namespace

Task<void> Round::process(Work work, std::stop_token stop) {
  stop_ = std::move(stop);
  started_at_ = parts_.clock.monotonic();
  const Instant now = parts_.clock.now();
  const FoldedRound folded = fold_round(work, policy_, parts_.zones, now, retry_.account_recheck);
  co_await keep_records(work, folded);

  People leavers;
  People others;
  for (const auto& [id, known] : work.people) {
    if (is_blank(folded.records.at(id))) continue;
    RoundPerson person;
    person.subject = subject_of(known, folded.records.at(id), policy_, parts_.zones, now);
    person.by_time = known.due_at && *known.due_at <= now;
    const auto open = folded.open.find(id);
    if (open != folded.open.end()) person.events = open->second;
    if (!person.events.empty()) person.subject.event = person.events.back().id;
    (has_left(person.subject) ? leavers : others).emplace(id, std::move(person));
  }
  for_leavers_ = true;
  co_await bring_about(std::move(leavers), work, folded);
  for_leavers_ = false;
  if (!others.empty()) co_await state_.gauge.read_when_due();
  co_await bring_about(std::move(others), work, folded);
}

// The record is kept before the tenant is asked anything, so that what HR said is known even while
// the tenant is out of reach.
Task<void> Round::keep_records(const Work& work, const FoldedRound& folded) {
  Settlement settlement;
  settlement.at = parts_.clock.now();
  settlement.events = folded.settled;
  for (const auto& [id, events] : folded.open) {
    for (const DueEvent& due : events) {
      if (!due.folded) settlement.events.push_back(in_hand(due));
    }
  }
  for (const auto& [id, record] : folded.records) {
    const auto known = work.people.find(id);
    const bool same =
        known != work.people.end() && known->second.exists && known->second.record == record;
    if (!same && record.newest.arrival != 0) settlement.people.push_back(record);
    if (is_blank(record)) settlement.next_due[id] = std::nullopt;
  }
  // Remembered with the record, because the next round sees no difference any more.
  for (const PersonId& id : folded.relink) settlement.account_recheck[id] = settlement.at;
  const bool nothing_to_keep =
      settlement.events.empty() && settlement.people.empty() && settlement.next_due.empty();
  if (nothing_to_keep) co_return;
  Owners owners;
  for (const DueEvent& due : work.events) owners.events.emplace(due.id, due.event.person);
  co_await settle(std::move(settlement), owners);
}

Task<void> Round::settle(Settlement whole, const Owners& owners) {
  auto slices = slices_of(std::move(whole), owners, config_.people_a_settlement);
  for (Settlement& slice : slices) {
    co_await parts_.store.settle(std::move(slice));
    state_.moved_at = parts_.clock.monotonic();
  }
}

Task<void> Round::bring_about(People people, const Work& work, const FoldedRound& folded) {
  if (people.empty()) co_return;
  co_await link(people, work, folded);
  std::vector<Subject> subjects;
  for (const auto& [id, person] : people) {
    if (person.plan) subjects.push_back(person.subject);
  }
  ApplyResult applied;
  if (!subjects.empty()) {
    Applier applier = applier_of(parts_, config_, policy_, state_);
    Applier::Interrupted cut_short = [this] { return interrupted(); };
    applied = co_await applier.apply(subjects, std::move(cut_short));
  }
  for (const auto& [id, trouble] : applied.trouble) {
    std::optional<Trouble>& known = people.at(id).trouble;
    known = decisive(known, trouble);
  }
  note_reach(people);
  std::set<PersonId> planned;
  for (const Subject& subject : subjects) planned.insert(subject.person);
  const Instant now = parts_.clock.now();
  std::vector<Hold> holds = kept_holds(applied, planned, policy_.version, parts_.crypto, now);
  name_holds(people, applied, holds);
  RoundReport report(parts_, state_.statistics);
  report.tell_holds(applied.holds, holds);
  if (!holds.empty()) state_.holds_in_force = true;
  const SettleParts settle_parts{retry_, policy_, parts_.randomness, now};
  Settlement settlement = settlement_of(people, applied, settle_parts);
  // Whoever is in other trouble: their events are for the worker again.
  for (const PersonId& person : no_longer_waiting(applied.holds, holds)) {
    const auto found = people.find(person);
    const bool agrees = found != people.end() && !found->second.trouble;
    if (!agrees && !person.value.empty()) settlement.released.push_back(person);
  }
  const Owners owners = owners_in(people, applied, holds);
  settlement.holds = std::move(holds);
  if (!settlement.to_check.empty()) state_.leavers_done = true;
  report.tell(people, applied, settlement);
  co_await settle(std::move(settlement), owners);
}

void Round::note_reach(const People& people) {
  for (const auto& [id, person] : people) {
    const std::optional<Trouble>& trouble = person.trouble;
    if (!trouble || trouble->error != ErrorClass::paused) continue;
    if (trouble->cut_short || trouble->held) continue;
    state_.out_of_reach = true;
    std::optional<Instant>& at = state_.reachable_at;
    if (trouble->retry_at) at = at ? std::min(*at, *trouble->retry_at) : trouble->retry_at;
  }
}

/// Says for whom a removal waits in which hold.
void Round::name_holds(
    People& people, const ApplyResult& applied, const std::vector<Hold>& changed
) {
  const auto waiting = waiting_in(applied.holds, changed);
  for (auto& [id, person] : people) {
    const auto found = waiting.find(id);
    if (person.trouble && person.trouble->held && found != waiting.end()) {
      person.trouble->reason = found->second;
    }
  }
}

Task<void> Round::link(People& people, const Work& work, const FoldedRound& folded) {
  std::vector<LinkRequest> requests;
  const Instant now = parts_.clock.now();
  for (auto& [id, person] : people) {
    const WorkPerson& known = work.people.at(id);
    const bool changed =
        folded.relink.contains(id) || comes_back(known, person.subject, policy_, parts_.zones, now);
    const bool relink = wants_relink(known, changed, now);
    if (!known.accounts.empty() && !relink) continue;
    // Somebody who leaves may have got an account, and access by hand, since it was last looked
    // for.
    const bool looked_lately = known.account_recheck_at && !has_left(person.subject);
    if (looked_lately && !relink) {
      person.next_look_up = known.account_recheck_at;
      take_link(person, known, LinkOutcome());
      continue;
    }
    LinkRequest request;
    request.person = id;
    request.attributes = folded.records.at(id).attributes;
    request.left = has_left(person.subject);
    requests.push_back(std::move(request));
  }
  if (requests.empty()) co_return;
  AccountResolver::Questions questions;
  questions.interrupted = [this] { return interrupted(); };
  questions.has_left = [this, now](const WorkPerson& person) {
    return has_left(person, policy_, parts_.zones, now);
  };
  auto outcomes = co_await resolver_.resolve(std::move(requests), std::move(questions));
  for (auto& [id, outcome] : outcomes) {
    take_link(people.at(id), work.people.at(id), std::move(outcome));
  }
}

void Round::take_link(RoundPerson& person, const WorkPerson& known, LinkOutcome outcome) const {
  LinkDecision decision = decide_link(person.subject, known.accounts, outcome);
  person.link_changed = decision.accounts != known.accounts;
  person.subject.accounts = std::move(decision.accounts);
  person.trouble = std::move(decision.trouble);
  person.plan = decision.plan;
  person.link = std::move(outcome);
}

Task<bool> Round::interrupted() {
  state_.moved_at = parts_.clock.monotonic();
  if (stop_.stop_requested()) co_return true;
  if (parts_.clock.monotonic() - started_at_ > config_.worker.round_time_max) co_return true;
  if (for_leavers_) co_return false;
  if (state_.turn.is_wanted()) co_return true;
  co_return co_await parts_.store.leaver_is_waiting(parts_.clock.now());
}

}  // namespace rosterd::sync
