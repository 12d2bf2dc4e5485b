#include "round_report.hpp"

#include "hold_keeping.hpp"
#include "subject.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::sync {

namespace {

/// What told that the person leaves, if it did so on the day: a leave that was planned, or that a
/// date brought, has no moment of receipt to count from.
const DueEvent* told_to_leave(const RoundPerson& person) {
  const auto& events = person.events;
  const auto found = std::find_if(events.begin(), events.end(), [](const DueEvent& due) {
    return is_leaver(due.event) && !due.event.effective_at;
  });
  return found == events.end() ? nullptr : &*found;
}

std::size_t removals_in(const std::vector<Hold>& holds, std::int64_t id) {
  for (const Hold& hold : holds) {
    if (hold.id == id) return hold.removals.size();
  }
  return 0;
}

}  // namespace

void RoundReport::tell(
    const std::map<PersonId, RoundPerson>& people,
    const ApplyResult& applied,
    const Settlement& settlement
) {
  for (const OperationRecord& operation : applied.operations) tell_operation(operation);
  for (const auto& [id, person] : people) {
    if (!person.trouble) statistics_.applied += person.events.size();
    measure(person, applied, settlement.at);
  }
  tell_troubles(people);
  std::map<EventId, const EventResult*> dead;
  for (const EventResult& result : settlement.events) {
    if (result.state == EventState::dead) dead.emplace(result.id, &result);
    count_failure(result);
  }
  if (dead.empty()) return;
  for (const auto& [id, person] : people) {
    for (const DueEvent& due : person.events) {
      const auto found = dead.find(due.id);
      if (found != dead.end()) tell_dead(id, person, *found->second);
    }
  }
}

void RoundReport::count_failure(const EventResult& result) {
  if (!result.error) return;
  const bool dead = result.state == EventState::dead;
  ++(dead ? statistics_.dead_by_class : statistics_.retries)[*result.error];
}

void RoundReport::tell_operation(const OperationRecord& operation) {
  if (operation.verified_at) {
    ++(adds(operation.kind) ? statistics_.grants : statistics_.revocations);
  }
  std::vector<LogField> fields;
  fields.emplace_back("person", operation.person.value);
  fields.emplace_back("entitlement", to_string(operation.name));
  fields.emplace_back("event", operation.event);
  fields.emplace_back("why", operation.reason);
  if (operation.lost > 0) fields.emplace_back("lost", std::int64_t{operation.lost});
  if (operation.verified_at) {
    parts_.log.info(adds(operation.kind) ? "granted" : "removed", fields);
  } else {
    parts_.log.warning(adds(operation.kind) ? "not granted yet" : "not removed yet", fields);
  }
}

// In an outage everybody has the same trouble, round after round: one line says it of all.
void RoundReport::tell_troubles(const std::map<PersonId, RoundPerson>& people) {
  using Same = std::pair<ErrorClass, std::string>;
  std::map<Same, std::vector<const PersonId*>> troubled;
  std::map<Same, std::int64_t> leavers;
  for (const auto& [id, person] : people) {
    if (!person.trouble || person.trouble->cut_short) continue;
    const Trouble& trouble = *person.trouble;
    if (trouble.held) {
      tell_held(id, person);
      continue;
    }
    if (trouble.error == ErrorClass::contended) ++statistics_.contended;
    const Same same(trouble.error, trouble.reason);
    troubled[same].push_back(&id);
    if (has_left(person.subject)) ++leavers[same];
  }
  for (const auto& [same, ids] : troubled)
    tell_trouble(same.first, same.second, ids, leavers[same]);
}

void RoundReport::tell_held(const PersonId& id, const RoundPerson& person) {
  std::vector<LogField> fields;
  fields.emplace_back("person", id.value);
  fields.emplace_back("reason", person.trouble->reason);
  parts_.log.warning(has_left(person.subject) ? "leaver keeps access: held" : "held", fields);
}

void RoundReport::tell_trouble(
    ErrorClass error,
    const std::string& reason,
    const std::vector<const PersonId*>& people,
    std::int64_t leavers
) {
  constexpr std::size_t named_at_most = 5;
  std::vector<LogField> why;
  why.emplace_back("error", std::string(to_string(error)));
  why.emplace_back("reason", reason);
  if (people.size() > named_at_most) {
    why.emplace_back("people", static_cast<std::int64_t>(people.size()));
    why.emplace_back("leavers", leavers);
    parts_.log.warning("people do not agree with the tenant yet", why);
    return;
  }
  for (const PersonId* id : people) {
    std::vector<LogField> fields = {{"person", id->value}};
    fields.insert(fields.end(), why.begin(), why.end());
    parts_.log.warning("person does not agree with the tenant yet", fields);
  }
}

void RoundReport::tell_dead(
    const PersonId& id, const RoundPerson& person, const EventResult& result
) {
  const bool leaver = has_left(person.subject);
  std::vector<LogField> fields;
  fields.emplace_back("event", result.id);
  fields.emplace_back("person", id.value);
  if (result.error) fields.emplace_back("error", std::string(to_string(*result.error)));
  fields.emplace_back("reason", result.reason);
  parts_.log.error(leaver ? "dead: a leaver may keep access" : "dead", fields);
}

// An event that had to wait for its day, for an account or for a retry says nothing of how fast the
// daemon is. A leaver's access counts however long it took, and why ever.
void RoundReport::measure(const RoundPerson& person, const ApplyResult& applied, Instant now) {
  const bool leaver = has_left(person.subject);
  for (const DueEvent& due : person.events) {
    const bool came_just_now = due.state == EventState::pending;
    if (person.trouble || !came_just_now) continue;
    parts_.measurements.event_applied(now - due.received_at, leaver);
  }
  const DueEvent* told = told_to_leave(person);
  if (!leaver || told == nullptr) return;
  for (const OperationRecord& operation : applied.operations) {
    const bool taken = operation.person == person.subject.person && !adds(operation.kind);
    if (taken && operation.verified_at) {
      parts_.measurements.access_revoked(*operation.verified_at - told->received_at);
    }
  }
}

void RoundReport::tell_holds(const std::vector<Hold>& before, const std::vector<Hold>& changed) {
  for (const Hold& hold : changed) {
    std::vector<LogField> fields;
    fields.emplace_back("hold", short_hash(hold.hash));
    fields.emplace_back("cause", std::string(to_string(hold.cause)));
    fields.emplace_back("removals", static_cast<std::int64_t>(hold.removals.size()));
    const std::size_t had = removals_in(before, hold.id);
    if (hold.state == HoldState::open && hold.removals.size() > had) {
      fields.emplace_back("why", hold.why);
      parts_.log.error(
          "removals are held until somebody approves or rejects them; grants go on "
          "(rosterd holds list)",
          fields
      );
    } else {
      parts_.log.notice("hold " + std::string(to_string(hold.state)), fields);
    }
  }
}

}  // namespace rosterd::sync
