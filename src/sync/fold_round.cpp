#include "fold_round.hpp"

#include <algorithm>

namespace rosterd::sync {

namespace {

/// The attributes that the policy finds accounts by.
std::set<std::string> link_attributes(const AccountMatching& matching) {
  std::set<std::string> names;
  for (const AccountMatch& match : matching.match) {
    switch (match.kind) {
      case AccountMatch::Kind::attribute:
        names.insert(match.argument);
        break;
      case AccountMatch::Kind::email:
        names.emplace(attribute::email);
        break;
      case AccountMatch::Kind::text_template:
        for (std::size_t open = match.argument.find('{'); open != std::string::npos;
             open = match.argument.find('{', open + 1)) {
          const std::size_t close = match.argument.find('}', open);
          if (close != std::string::npos) {
            names.insert(match.argument.substr(open + 1, close - open - 1));
          }
        }
        break;
    }
  }
  return names;
}

bool differ_in(
    const Attributes& before, const Attributes& after, const std::set<std::string>& names
) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const auto was = before.find(name);
    const auto is = after.find(name);
    if (was == before.end() || is == after.end())
      return (was == before.end()) != (is == after.end());
    return was->second != is->second;
  });
}

EventResult finished(EventId id, EventState state, std::string reason) {
  EventResult result;
  result.id = id;
  result.state = state;
  result.reason = std::move(reason);
  return result;
}

EventResult later(EventId id, EventState state, Instant at, std::string reason) {
  EventResult result = finished(id, state, std::move(reason));
  result.folded = false;
  result.next_attempt_at = at;
  return result;
}

/// Folds one event, or says why it is not the tenant's concern now.
class EventFolder {
 public:
  EventFolder(const Policy& policy, const TimeZones& zones, Instant now, Duration notice_recheck)
      : policy_(policy), zones_(zones), now_(now), notice_recheck_(notice_recheck) {}

  /// Nothing: the person must now agree with the tenant.
  std::optional<EventResult> fold_one(PersonRecord& record, const DueEvent& due) const {
    if (due.event.type == ChangeType::unknown) {
      return finished(due.id, EventState::ignored, "nobody knows this type of event");
    }
    if (due.folded) return std::nullopt;
    std::optional<Instant> planned_for;
    if (due.event.effective_at) {
      const Instant effective = effective_at(*due.event.effective_at, record, due.event);
      if (effective > now_) {
        return later(
            due.id, EventState::scheduled, effective, "takes effect " + to_string(effective)
        );
      }
      if (effective > due.event.occurred_at.value_or(due.received_at)) planned_for = effective;
    }
    if (due.event.type == ChangeType::notice && answered(record, due)) {
      return finished(due.id, EventState::superseded, "newer values have arrived");
    }
    switch (fold(record, due.event, due.id, now_, planned_for)) {
      case FoldEffect::changed:
      case FoldEffect::unchanged:
        return std::nullopt;
      case FoldEffect::superseded:
        return finished(due.id, EventState::superseded, "a newer event has spoken already");
      case FoldEffect::noticed:
        return later(
            due.id,
            EventState::waiting,
            now_ + notice_recheck_,
            "only a notice: the person's values have not arrived yet"
        );
    }
    std::abort();
  }

 private:
  /// A day starts in the person's zone, which this very event may be the first to name.
  Instant effective_at(
      const Effective& effective, const PersonRecord& record, const ChangeEvent& event
  ) const {
    const auto zone = event.attributes.find(attribute::time_zone);
    if (zone == event.attributes.end() || !zone->second) {
      return effective_instant(effective, record.attributes, policy_.lifecycle, zones_);
    }
    Attributes attributes = record.attributes;
    attributes[zone->first] = *zone->second;
    return effective_instant(effective, attributes, policy_.lifecycle, zones_);
  }

  /// Whether values have come since the notice; of the same moment, those that arrived later count.
  static bool answered(const PersonRecord& record, const DueEvent& due) {
    return !record.stale && precedes(stamp_of(due.event, due.id), record.newest);
  }

  const Policy& policy_;
  const TimeZones& zones_;
  Instant now_;
  Duration notice_recheck_;
};

}  // namespace

FoldedRound fold_round(
    const Work& work,
    const Policy& policy,
    const TimeZones& zones,
    Instant now,
    Duration notice_recheck
) {
  FoldedRound folded;
  for (const auto& [id, person] : work.people) folded.records.emplace(id, person.record);
  const EventFolder folder(policy, zones, now, notice_recheck);
  for (const DueEvent& due : work.events) {
    PersonRecord& record = folded.records[due.event.person];
    record.id = due.event.person;
    if (auto result = folder.fold_one(record, due)) {
      folded.settled.push_back(std::move(*result));
    } else {
      folded.open[due.event.person].push_back(due);
    }
  }
  const std::set<std::string> names = link_attributes(policy.accounts);
  for (const auto& [id, person] : work.people) {
    if (differ_in(person.record.attributes, folded.records[id].attributes, names)) {
      folded.relink.insert(id);
    }
  }
  return folded;
}

}  // namespace rosterd::sync
