#pragma once

#include "rosterd/domain/fold.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/work_store.hpp"

#include <map>
#include <set>
#include <vector>

namespace rosterd::sync {

/// What folding the due events came to.
struct FoldedRound {
  std::map<PersonId, PersonRecord> records;  ///< as they are now
  std::vector<EventResult> settled;          ///< superseded, scheduled, ignored, notices
  std::map<PersonId, std::vector<DueEvent>>
      open;                   ///< events whose person must agree with the tenant
  std::set<PersonId> relink;  ///< people of whom something changed that accounts are found by
};

/// Merges due events into their people's records, in order of arrival. Pure.
FoldedRound fold_round(
    const Work& work,
    const Policy& policy,
    const TimeZones& zones,
    Instant now,
    Duration notice_recheck
);

}  // namespace rosterd::sync
