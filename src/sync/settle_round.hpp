#pragma once

#include "account_resolver.hpp"
#include "applier.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/domain/retry.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/work_store.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sync {

/// A person at the end of a round: where they stand, what was found, what went wrong.
struct RoundPerson {
  Subject subject;
  std::vector<DueEvent> events;
  bool by_time = false;  ///< their time has come
  LinkOutcome link;
  bool link_changed = false;
  /// Accounts were not looked for, because this is when it is time to.
  std::optional<Instant> next_look_up;
  std::optional<Trouble> trouble;
  bool plan = true;  ///< false: there is trouble, and nothing to compare the tenant with
};

struct SettleParts {
  const RetryPolicy& retry;
  const Policy& policy;
  Randomness& randomness;
  Instant now;
};

/// Turns the end of a round into what records it.
Settlement settlement_of(
    const std::map<PersonId, RoundPerson>& people, const ApplyResult& applied, SettleParts parts
);

}  // namespace rosterd::sync
