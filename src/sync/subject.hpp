#pragma once

#include "rosterd/domain/plan.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/work_store.hpp"

namespace rosterd::sync {

/// What is known of a person by name only, from a notice or from an event that is yet to take
/// effect: whether such a person may have anything cannot be said.
inline bool is_blank(const PersonRecord& record) {
  return record.attributes.empty();
}

inline bool has_left(const Subject& subject) {
  return subject.lifecycle.state == LifecycleState::left;
}

/// Where a person stands at `now` and what the policy gives them, beside what they have. Pure.
inline Subject subject_of(
    const WorkPerson& known,
    const PersonRecord& record,
    const Policy& policy,
    const TimeZones& zones,
    Instant now
) {
  Subject subject;
  subject.person = record.id;
  subject.lifecycle = lifecycle_of(record.attributes, policy.lifecycle, zones, now);
  subject.desired = desired_for(policy, record.attributes, subject.lifecycle);
  subject.accounts = known.accounts;
  subject.ledger = known.ledger;
  return subject;
}

/// By what the store knows of somebody. Pure.
inline bool has_left(
    const WorkPerson& known, const Policy& policy, const TimeZones& zones, Instant now
) {
  const auto& attributes = known.record.attributes;
  return lifecycle_of(attributes, policy.lifecycle, zones, now).state == LifecycleState::left;
}

/// Whether somebody who has left comes back, with accounts from before and from after: they are to
/// have what they are found by now. Pure.
inline bool comes_back(
    const WorkPerson& known,
    const Subject& now_subject,
    const Policy& policy,
    const TimeZones& zones,
    Instant now
) {
  return known.accounts.size() > 1 && !has_left(now_subject) && has_left(known, policy, zones, now);
}

}  // namespace rosterd::sync
