#include "settle_round.hpp"

#include "subject.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace rosterd::sync {

namespace {

/// What nobody may take away, and what a person has decided to leave.
std::map<PersonId, std::set<std::string>> kept_by(const ApplyResult& applied) {
  std::map<PersonId, std::set<std::string>> kept;
  for (const Unmet& unmet : applied.rest.unmet) {
    const bool is_kept = unmet.removal && unmet.why == Unmet::Why::is_protected;
    if (is_kept) kept[unmet.person].insert(to_string(unmet.name) + " (protected)");
  }
  for (std::size_t i = 0; i < applied.withheld.size(); ++i) {
    if (!applied.withheld[i] || !applied.withheld[i]->rejected) continue;
    const Change& change = applied.rest.changes[i];
    kept[change.person].insert(to_string(change.name) + " (its removal was rejected)");
  }
  return kept;
}

std::string listed(const std::string& verb, const std::set<std::string>& names) {
  if (names.empty()) return {};
  std::string text = verb;
  for (const std::string& name : names) text += (text == verb ? " " : ", ") + name;
  return text;
}

/// What earlier rounds granted for an event that was cut short then.
void add_earlier_grants(const RoundPerson& person, std::set<std::string>& granted) {
  for (const LedgerEntry& entry : person.subject.ledger) {
    const bool ours =
        !entry.adopted &&
        std::any_of(person.events.begin(), person.events.end(), [&](const DueEvent& due) {
          return due.id == entry.event;
        });
    if (ours) granted.insert(to_string(entry.name));
  }
}

/// What was done for each person, for the event's reason: `granted A, B; removed C`.
std::map<PersonId, std::string> deeds(
    const std::map<PersonId, RoundPerson>& people, const ApplyResult& applied
) {
  std::map<PersonId, std::set<std::string>> granted;
  std::map<PersonId, std::set<std::string>> removed;
  for (const auto& [id, person] : people) {
    if (!person.events.empty()) add_earlier_grants(person, granted[id]);
  }
  for (const OperationRecord& operation : applied.operations) {
    if (!operation.verified_at) continue;
    (adds(operation.kind) ? granted : removed)[operation.person].insert(to_string(operation.name));
  }
  std::map<PersonId, std::string> texts;
  for (const auto& [person, names] : granted) {
    if (!names.empty()) texts[person] = listed("granted", names);
  }
  for (const auto& [person, names] : removed) {
    std::string& text = texts[person];
    text += (text.empty() ? "" : "; ") + listed("removed", names);
  }
  for (const auto& [person, names] : kept_by(applied)) {
    std::string& text = texts[person];
    text += (text.empty() ? "" : "; ") + listed("kept", names);
  }
  return texts;
}

/// Says how events end, given what kept their person from agreeing with the tenant.
class EventSettler {
 public:
  explicit EventSettler(SettleParts parts) : parts_(parts) {}

  EventResult applied(const DueEvent& due, std::string deed) const {
    EventResult result;
    result.id = due.id;
    result.reason = deed.empty() ? "the tenant agrees already" : std::move(deed);
    return result;
  }

  EventResult failed(const DueEvent& due, const Trouble& trouble, bool leaver) const {
    EventResult result;
    result.id = due.id;
    result.reason = trouble.reason;
    if (trouble.cut_short) {
      result.state = EventState::pending;
      return result;
    }
    if (trouble.held) {
      result.state = EventState::held;
      return result;
    }
    result.error = trouble.error;
    result.counted = is_counted(trouble.error);
    FailedAttempt attempt;
    attempt.error = trouble.error;
    attempt.number = due.attempts + (result.counted ? 1 : 0);
    attempt.leaver = leaver;
    attempt.at = parts_.now;
    attempt.asked_to_wait_until = trouble.retry_at;
    const NextStep step = next_step(attempt, parts_.retry, parts_.randomness.unit());
    if (const auto* again = std::get_if<TryAgain>(&step)) {
      result.state = EventState::retrying;
      result.next_attempt_at = again->at;
    } else if (const auto* wait = std::get_if<WaitForAccount>(&step)) {
      result.state = EventState::waiting;
      result.next_attempt_at = wait->at;
    } else {
      result.state = EventState::dead;
    }
    return result;
  }

 private:
  SettleParts parts_;
};

std::optional<Instant> earlier(std::optional<Instant> left, std::optional<Instant> right) {
  if (!left || !right) return left ? left : right;
  return std::min(*left, *right);
}

/// When a person without events that carry the retry is looked at again.
Instant retry_without_event(const Trouble& trouble, const SettleParts& parts) {
  if (trouble.cut_short) return parts.now;
  const Instant soonest =
      parts.now + (trouble.error == ErrorClass::no_account ? parts.retry.account_recheck
                                                           : parts.retry.leaver_delay_max);
  return std::max(soonest, trouble.retry_at.value_or(soonest));
}

/// Whose effective access is worth a look: leavers who have just lost something, or just left, be
/// it by a date alone.
void note_leaver(
    Settlement& settlement, const RoundPerson& person, const std::set<PersonId>& touched
) {
  const Subject& subject = person.subject;
  if (!has_left(subject)) {
    settlement.not_left.push_back(subject.person);
    return;
  }
  const bool just_left = !person.events.empty() || person.by_time;
  if (!just_left && !touched.contains(subject.person)) return;
  for (const AccountId& account : subject.accounts) {
    LeaverAccount of;
    of.person = subject.person;
    of.account = account;
    settlement.to_check.push_back(std::move(of));
  }
}

/// When accounts are looked for again: at once where the look-up came to no end.
std::optional<Instant> account_recheck(const RoundPerson& person, const SettleParts& parts) {
  switch (person.link.kind) {
    case LinkOutcome::Kind::linked:
      return std::nullopt;
    case LinkOutcome::Kind::none:
      if (!person.trouble || person.trouble->error != ErrorClass::no_account) return std::nullopt;
      if (person.next_look_up) return person.next_look_up;
      return parts.now + parts.retry.account_recheck;
    case LinkOutcome::Kind::ambiguous:
    case LinkOutcome::Kind::conflict:
    case LinkOutcome::Kind::failed:
    case LinkOutcome::Kind::deferred:
      return parts.now;
  }
  std::abort();
}

void learn(Settlement& settlement, const ApplyResult& applied, const SettleParts& parts) {
  std::set<std::pair<AccountId, EntitlementRef>> written;
  for (const OperationRecord& operation : applied.operations) {
    written.emplace(operation.account, operation.entitlement);
  }
  settlement.revoked = applied.unclaimed;
  for (const Change& change : applied.rest.changes) {
    if (change.kind == Change::Kind::forget) {
      settlement.revoked.emplace_back(change.account, change.entitlement);
    } else if (change.kind == Change::Kind::adopt) {
      LedgerEntry entry = ledger_entry(change, parts.policy, parts.now);
      entry.adopted = !written.contains({change.account, change.entitlement});
      settlement.granted.push_back(std::move(entry));
    }
  }
}

}  // namespace

Settlement settlement_of(
    const std::map<PersonId, RoundPerson>& people, const ApplyResult& applied, SettleParts parts
) {
  Settlement settlement;
  settlement.at = parts.now;
  settlement.operations = applied.operations;
  learn(settlement, applied, parts);
  const auto done = deeds(people, applied);
  const EventSettler settler(parts);
  std::set<PersonId> touched;
  for (const OperationRecord& operation : applied.operations) touched.insert(operation.person);
  for (const auto& [id, person] : people) {
    const bool leaver = has_left(person.subject);
    std::optional<Instant> next_due = person.subject.lifecycle.next_change_at;
    // What is held waits for a person, not for a time.
    const bool looks_again = person.trouble && !person.trouble->held && person.events.empty();
    if (looks_again) {
      next_due = earlier(next_due, retry_without_event(*person.trouble, parts));
    }
    settlement.next_due[id] = next_due;
    if (person.link_changed) settlement.links[id] = person.subject.accounts;
    std::optional<Instant>& recheck = settlement.account_recheck[id];
    recheck = account_recheck(person, parts);
    const auto deed = done.find(id);
    for (const DueEvent& due : person.events) {
      EventResult result =
          person.trouble ? settler.failed(due, *person.trouble, leaver)
                         : settler.applied(due, deed == done.end() ? std::string() : deed->second);
      // When an event that waits for an account is due, it must be time to look for one, too.
      const bool looked_now = recheck && !person.next_look_up;
      if (looked_now) recheck = earlier(recheck, result.next_attempt_at);
      settlement.events.push_back(std::move(result));
    }
    if (person.trouble) continue;
    settlement.agreed.push_back(id);
    note_leaver(settlement, person, touched);
  }
  return settlement;
}

}  // namespace rosterd::sync
