#include "history.hpp"

#include "sync/fold_round.hpp"
#include "table.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

namespace rosterd::cli {

namespace {

/// The events that were merged into the record, in order of arrival. What a replay says was said by
/// the event that it repeats, unless that one never was merged.
std::vector<const EventRow*> merged_events(const std::vector<EventRow>& events) {
  std::set<EventId> never_merged;
  for (const EventRow& row : events) {
    if (!row.folded) never_merged.insert(row.id);
  }
  std::vector<const EventRow*> merged;
  for (const EventRow& row : events) {
    const bool repeats = row.replay_of && !never_merged.contains(*row.replay_of);
    if (row.folded && !repeats) merged.push_back(&row);
  }
  std::sort(merged.begin(), merged.end(), [](const EventRow* left, const EventRow* right) {
    return left->id < right->id;
  });
  return merged;
}

class Recollector {
 public:
  Recollector(const KeptHistory& kept, const HistoryRules& rules, Instant at)
      : kept_(kept), rules_(rules), at_(at), merged_(merged_events(kept.events)) {
    for (const EventRow* row : merged_) ids_.insert(row->id);
  }

  Recollection recollection() const {
    const PersonRecord& record = kept_.now.record;
    if (at_ < record.first_seen) return Recollection::unknown_then;
    if (at_ >= record.changed_at) return Recollection::as_now;
    // What was merged before that day may have been deleted; nothing that came later is.
    if (record.first_seen >= deleted_before()) return Recollection::whole;
    return Recollection::in_part;
  }

  Instant deleted_before() const { return rules_.now - rules_.retention.events; }

  /// The record as the kept events make it, on what older ones are known to have said.
  PersonRecord record_then(Recollection how) const {
    if (how == Recollection::unknown_then) return {};
    if (how == Recollection::as_now) return kept_.now.record;
    Work work;
    WorkPerson& person = work.people[kept_.now.record.id];
    person.record = how == Recollection::in_part ? older_part() : PersonRecord();
    person.record.id = kept_.now.record.id;
    const PersonRecord older = person.record;
    for (const EventRow* row : merged_) {
      if (row->received_at > at_) continue;
      DueEvent due;
      due.id = row->id;
      due.event = row->event;
      due.received_at = row->received_at;
      work.events.push_back(std::move(due));
    }
    auto folded = sync::fold_round(work, rules_.policy, rules_.zones, at_, Duration{0});
    PersonRecord then = std::move(folded.records.at(older.id));
    if (how == Recollection::in_part) settle_status(then);
    return then;
  }

  /// Attributes that a later event spoke about, and of which `then` knows nothing.
  std::vector<std::string> forgotten(const PersonRecord& then) const {
    std::set<std::string> spoken;
    for (const EventRow* row : merged_) {
      for (const auto& [name, value] : row->event.attributes) spoken.insert(name);
      if (row->event.type == ChangeType::left) spoken.emplace(attribute::status);
    }
    for (const auto& [name, stamp] : kept_.now.record.stamps) spoken.insert(name);
    for (const auto& [name, value] : kept_.now.record.attributes) spoken.insert(name);
    std::vector<std::string> names;
    for (const std::string& name : spoken) {
      const bool covered = then.floor && name != attribute::status;
      const bool known = covered || then.stamps.contains(name) || then.attributes.contains(name);
      if (!known) names.push_back(name);
    }
    return names;
  }

 private:
  /// Whether this stamp is of an event that is deleted, and had been received by then.
  bool was_said_before(const Stamp& stamp) const {
    if (ids_.contains(stamp.arrival)) return false;
    if (at_ >= deleted_before()) return true;
    return std::any_of(merged_.begin(), merged_.end(), [&](const EventRow* row) {
      return row->received_at <= at_ && stamp.arrival < row->id;
    });
  }

  /// What the record of now still has of events that are deleted: nothing has spoken about it
  /// since.
  PersonRecord older_part() const {
    const PersonRecord& now = kept_.now.record;
    PersonRecord older;
    const bool has_floor = now.floor && was_said_before(*now.floor);
    if (has_floor) older.floor = now.floor;
    for (const auto& [name, stamp] : now.stamps) {
      if (was_said_before(stamp)) older.stamps.emplace(name, stamp);
    }
    for (const auto& [name, value] : now.attributes) {
      const bool by_floor = has_floor && !now.stamps.contains(name) && name != attribute::status;
      if (by_floor || older.stamps.contains(name)) older.attributes.emplace(name, value);
    }
    return older;
  }

  /// Folding makes a status up where no event names one: here a deleted one may have. One that
  /// nobody ever named is what folding says.
  void settle_status(PersonRecord& then) const {
    const bool named_now = kept_.now.record.stamps.contains(attribute::status);
    if (!named_now) {
      then.attributes.try_emplace(std::string(attribute::status), std::string("active"));
    } else if (!then.stamps.contains(attribute::status)) {
      std::erase_if(then.attributes, [](const auto& one) {
        return one.first == attribute::status;
      });
    }
  }

  const KeptHistory& kept_;
  const HistoryRules& rules_;
  Instant at_;
  std::vector<const EventRow*> merged_;
  std::set<EventId> ids_;
};

std::string deed(const OperationRecord& operation) {
  std::string text = adds(operation.kind) ? "granted" : "removed";
  if (!operation.reason.empty()) text += " (" + operation.reason + ")";
  return text + ", verified " + brief(*operation.verified_at);
}

/// What is kept about one assignment.
struct Traces {
  EntitlementName name;
  std::vector<const OperationRecord*> operations;  ///< verified ones, by time
  const LedgerEntry* ledger = nullptr;
};

using Presence = AssignmentThen::Presence;

void judge_by_ledger(const LedgerEntry& entry, Instant at, AssignmentThen& assignment) {
  const std::string by = entry.rule.empty() ? "" : " (" + entry.rule + ")";
  if (entry.since <= at) {
    assignment.presence = Presence::there;
    assignment.evidence = "in the ledger" + by + " since " + brief(entry.since);
  } else if (entry.adopted) {
    assignment.evidence =
        "it was there already when rosterd first looked, " + brief(entry.since) + by;
  } else {
    assignment.presence = Presence::not_there;
    assignment.evidence = "granted" + by + " only " + brief(entry.since);
  }
}

void judge(const Traces& traces, Instant at, AssignmentThen& assignment) {
  const OperationRecord* last = nullptr;
  const OperationRecord* next = nullptr;
  for (const OperationRecord* operation : traces.operations) {
    if (*operation->verified_at <= at) {
      last = operation;
    } else if (next == nullptr) {
      next = operation;
    }
  }
  if (last != nullptr) {
    assignment.presence = adds(last->kind) ? Presence::there : Presence::not_there;
    assignment.evidence = deed(*last);
  } else if (next != nullptr) {
    assignment.presence = adds(next->kind) ? Presence::not_there : Presence::there;
    assignment.evidence = "later " + deed(*next);
  } else if (traces.ledger != nullptr) {
    judge_by_ledger(*traces.ledger, at, assignment);
  }
}

std::vector<AssignmentThen> assignments_at(const KeptHistory& kept, Instant at) {
  std::map<AssignmentKey, Traces> known;
  for (const OperationRecord& operation : kept.operations) {
    if (!operation.verified_at) continue;
    Traces& traces = known[AssignmentKey{operation.account, operation.entitlement}];
    traces.name = operation.name;
    traces.operations.push_back(&operation);
  }
  for (const LedgerEntry& entry : kept.now.ledger) {
    Traces& traces = known[AssignmentKey{entry.account, entry.entitlement}];
    traces.name = entry.name;
    traces.ledger = &entry;
  }
  std::vector<AssignmentThen> assignments;
  for (auto& [key, traces] : known) {
    std::stable_sort(
        traces.operations.begin(),
        traces.operations.end(),
        [](const OperationRecord* left, const OperationRecord* right) {
          return std::pair(*left->verified_at, left->sent_at) <
                 std::pair(*right->verified_at, right->sent_at);
        }
    );
    AssignmentThen& assignment = assignments.emplace_back();
    assignment.account = key.account;
    assignment.entitlement = key.entitlement;
    assignment.name = traces.name;
    judge(traces, at, assignment);
  }
  std::sort(
      assignments.begin(),
      assignments.end(),
      [](const AssignmentThen& left, const AssignmentThen& right) {
        return std::tie(left.name, left.account) < std::tie(right.name, right.account);
      }
  );
  return assignments;
}

std::string in_days(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::hours>(duration).count() / 24) +
         " days";
}

std::vector<std::string> caveats_of(
    const PersonThen& then, const HistoryRules& rules, Instant deleted_before
) {
  std::vector<std::string> caveats;
  if (then.recollection == Recollection::in_part) {
    caveats.push_back(
        "Events are kept for " + in_days(rules.retention.events) + ": of what was said before " +
        brief(deleted_before) +
        ", only that is known which no later event has changed. The attributes are as far as the "
        "kept events tell."
    );
  }
  if (then.at < rules.now - rules.retention.operations) {
    caveats.push_back(
        "Operations are kept for " + in_days(rules.retention.operations) +
        ": what was granted and removed again before " +
        brief(rules.now - rules.retention.operations) + " is not known any more."
    );
  }
  caveats.emplace_back(
      "Of assignments, only those are known that rosterd granted, adopted or removed; what others "
      "did by hand in the tenant is not."
  );
  return caveats;
}

}  // namespace

PersonThen person_at(const KeptHistory& kept, const HistoryRules& rules, Instant at) {
  const Recollector recollector(kept, rules, at);
  PersonThen then;
  then.id = kept.now.record.id;
  then.at = at;
  then.recollection = recollector.recollection();
  const PersonRecord record = recollector.record_then(then.recollection);
  then.attributes = record.attributes;
  for (const auto& [name, value] : record.attributes) {
    if (const Stamp* stamp = last_word_on(record, name)) then.set_by[name] = stamp->arrival;
  }
  if (then.recollection == Recollection::in_part) then.forgotten = recollector.forgotten(record);
  // Without the status, anything could be said.
  const auto& forgotten = then.forgotten;
  const bool status_known =
      std::find(forgotten.begin(), forgotten.end(), attribute::status) == forgotten.end();
  if (!record.attributes.empty() && status_known) {
    then.lifecycle = lifecycle_of(record.attributes, rules.policy.lifecycle, rules.zones, at);
  }
  then.assignments = assignments_at(kept, at);
  then.caveats = caveats_of(then, rules, recollector.deleted_before());
  return then;
}

const Stamp* last_word_on(const PersonRecord& record, std::string_view name) {
  const auto stamp = record.stamps.find(name);
  if (stamp != record.stamps.end()) return &stamp->second;
  // A full event that does not name the status says nothing about it.
  return record.floor && name != attribute::status ? &*record.floor : nullptr;
}

std::string_view name_of(Recollection recollection) {
  switch (recollection) {
    case Recollection::unknown_then:
      return "unknown_then";
    case Recollection::as_now:
      return "as_now";
    case Recollection::whole:
      return "whole";
    case Recollection::in_part:
      return "in_part";
  }
  std::abort();
}

std::string_view name_of(AssignmentThen::Presence presence) {
  switch (presence) {
    case Presence::there:
      return "there";
    case Presence::not_there:
      return "not_there";
    case Presence::not_known:
      return "not_known";
  }
  std::abort();
}

}  // namespace rosterd::cli
