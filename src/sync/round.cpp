#include "round.hpp"

#include <algorithm>
#include <utility>

namespace rosterd::sync {

namespace {

bool has_left(const RoundPerson& person) {
  return person.subject.lifecycle.state == LifecycleState::left;
}

Trouble trouble_of(ErrorClass error, std::string reason) {
  Trouble trouble;
  trouble.error = error;
  trouble.reason = std::move(reason);
  return trouble;
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
  }
  if (settlement.events.empty() && settlement.people.empty()) co_return;
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
    if (!person.trouble) subjects.push_back(person.subject);
  }
  ApplyResult applied;
  if (!subjects.empty()) {
    const Applier::Parts parts{parts_.target, mirror_, policy_, parts_.clock};
    Applier applier(parts, config_.rewrites_max);
    Applier::Interrupted cut_short = [this] { return interrupted(); };
    applied = co_await applier.apply(subjects, std::move(cut_short));
  }
  for (auto& [id, trouble] : applied.trouble) people.at(id).trouble = trouble;
  tell(people, applied);
  const SettleParts settle_parts{retry_, policy_, parts_.randomness, parts_.clock.now()};
  Settlement settlement = settlement_of(people, applied, settle_parts);
  co_await parts_.store.settle(std::move(settlement));
}

Task<void> Round::link(People& people, const Work& work, const FoldedRound& folded) {
  std::vector<LinkRequest> requests;
  const Instant now = parts_.clock.now();
  for (auto& [id, person] : people) {
    const WorkPerson& known = work.people.at(id);
    const bool relink = folded.relink.contains(id);
    if (!person.subject.accounts.empty() && !relink) continue;
    const bool looked_lately = known.account_recheck_at && *known.account_recheck_at > now;
    if (looked_lately && !relink) {
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
  switch (outcome.kind) {
    case LinkOutcome::Kind::linked:
      person.subject.accounts = outcome.accounts;
      person.link_changed = outcome.accounts != known.accounts;
      break;
    case LinkOutcome::Kind::none:
      // Somebody without an account has nothing that could be taken away, and an account that was
      // found once stays, when its address has not arrived in the tenant yet.
      if (known.accounts.empty() && !person.subject.desired.empty()) {
        person.trouble = trouble_of(
            ErrorClass::no_account, "no account of the tenant belongs to this person yet"
        );
      }
      break;
    case LinkOutcome::Kind::ambiguous:
      person.trouble = trouble_of(ErrorClass::ambiguous_account, outcome.detail);
      break;
    case LinkOutcome::Kind::conflict:
      person.trouble = trouble_of(ErrorClass::conflict, outcome.detail);
      break;
    case LinkOutcome::Kind::failed:
      person.trouble = trouble_of(outcome.error->error, outcome.error->text);
      person.trouble->retry_at = outcome.error->retry_at;
      break;
    case LinkOutcome::Kind::deferred:
      person.trouble = trouble_of(ErrorClass::paused, "put off: the round was cut short");
      person.trouble->cut_short = true;
      break;
  }
  person.link = std::move(outcome);
}

Task<bool> Round::interrupted() {
  if (stop_.stop_requested()) co_return true;
  if (for_leavers_) co_return false;
  if (parts_.clock.monotonic() - started_at_ > config_.round_time_max) co_return true;
  co_return co_await parts_.store.leaver_is_waiting(parts_.clock.now());
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
