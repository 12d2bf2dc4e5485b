#include "round.hpp"

#include "link_decision.hpp"

#include <algorithm>
#include <utility>

namespace rosterd::sync {

namespace {

bool has_left(const RoundPerson& person) {
  return person.subject.lifecycle.state == LifecycleState::left;
}

/// Known by name only, from a notice or from an event that is yet to take effect: whether such a
/// person may have anything cannot be said.
bool is_blank(const PersonRecord& record) {
  return record.attributes.empty();
}

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
    RoundPerson person = person_of(known, folded.records.at(id));
    const auto open = folded.open.find(id);
    if (open != folded.open.end()) person.events = open->second;
    if (!person.events.empty()) person.subject.event = person.events.back().id;
    (has_left(person) ? leavers : others).emplace(id, std::move(person));
  }
  for_leavers_ = true;
  co_await bring_about(std::move(leavers), work, folded);
  for_leavers_ = false;
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
  co_await parts_.store.settle(std::move(settlement));
}

RoundPerson Round::person_of(const WorkPerson& known, const PersonRecord& record) const {
  RoundPerson person;
  Subject& subject = person.subject;
  subject.person = record.id;
  subject.lifecycle =
      lifecycle_of(record.attributes, policy_.lifecycle, parts_.zones, parts_.clock.now());
  subject.desired = desired_for(policy_, record.attributes, subject.lifecycle);
  subject.accounts = known.accounts;
  subject.ledger = known.ledger;
  return person;
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
    const Applier::Parts parts{parts_.target, parts_.store, mirror_, policy_, parts_.clock};
    Applier applier(parts, config_.rewrites_max);
    Applier::Interrupted cut_short = [this] { return interrupted(); };
    applied = co_await applier.apply(subjects, std::move(cut_short));
  }
  for (const auto& [id, trouble] : applied.trouble) {
    std::optional<Trouble>& known = people.at(id).trouble;
    known = decisive(known, trouble);
  }
  tell(people, applied);
  const SettleParts settle_parts{retry_, policy_, parts_.randomness, parts_.clock.now()};
  Settlement settlement = settlement_of(people, applied, settle_parts);
  count_dead(settlement);
  co_await parts_.store.settle(std::move(settlement));
}

Task<void> Round::link(People& people, const Work& work, const FoldedRound& folded) {
  std::vector<LinkRequest> requests;
  const Instant now = parts_.clock.now();
  for (auto& [id, person] : people) {
    const WorkPerson& known = work.people.at(id);
    const bool relink = wants_relink(known, folded.relink.contains(id), now);
    if (!known.accounts.empty() && !relink) continue;
    // Somebody who leaves may have got an account, and access by hand, since it was last looked
    // for.
    const bool looked_lately = known.account_recheck_at && !has_left(person);
    if (looked_lately && !relink) {
      person.next_look_up = known.account_recheck_at;
      take_link(person, known, LinkOutcome());
      continue;
    }
    LinkRequest request;
    request.person = id;
    request.attributes = folded.records.at(id).attributes;
    requests.push_back(std::move(request));
  }
  if (requests.empty()) co_return;
  std::function<Task<bool>()> cut_short = [this] { return interrupted(); };
  auto outcomes = co_await resolver_.resolve(std::move(requests), std::move(cut_short));
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
  if (stop_.stop_requested()) co_return true;
  if (parts_.clock.monotonic() - started_at_ > config_.round_time_max) co_return true;
  if (for_leavers_) co_return false;
  co_return co_await parts_.store.leaver_is_waiting(parts_.clock.now());
}

void Round::count_dead(const Settlement& settlement) {
  for (const EventResult& result : settlement.events) {
    if (result.state == EventState::dead) ++statistics_.dead;
  }
}

void Round::tell(const People& people, const ApplyResult& applied) {
  statistics_.lost_writes += applied.lost_writes;
  for (const OperationRecord& operation : applied.operations) {
    const bool adds = operation.kind == Operation::Kind::add_members ||
                      operation.kind == Operation::Kind::add_roles;
    if (operation.verified_at) ++(adds ? statistics_.grants : statistics_.revocations);
    std::vector<LogField> fields;
    fields.emplace_back("person", operation.person.value);
    fields.emplace_back("entitlement", to_string(operation.name));
    fields.emplace_back("event", operation.event);
    fields.emplace_back("why", operation.reason);
    if (operation.lost > 0) fields.emplace_back("lost", std::int64_t{operation.lost});
    if (operation.verified_at) {
      parts_.log.info(adds ? "granted" : "removed", fields);
    } else {
      parts_.log.warning(adds ? "not granted yet" : "not removed yet", fields);
    }
  }
  for (const auto& [id, person] : people) {
    if (!person.trouble) {
      statistics_.applied += person.events.size();
      continue;
    }
    if (person.trouble->cut_short) continue;
    if (person.trouble->error == ErrorClass::contended) ++statistics_.contended;
    std::vector<LogField> fields;
    fields.emplace_back("person", id.value);
    fields.emplace_back("error", std::string(to_string(person.trouble->error)));
    fields.emplace_back("reason", person.trouble->reason);
    parts_.log.warning("person does not agree with the tenant yet", fields);
  }
}

}  // namespace rosterd::sync
