#pragma once

#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/work_store.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace rosterd::cli {

/// What a change of the policy means for people, by what the rules say: before anybody looks at
/// what the tenant has.
struct BlastRadius {
  /// By id. One person may both gain by a rule and lose by it.
  struct Effect {
    std::vector<PersonId> gained;
    std::vector<PersonId> lost;
  };

  std::string version_before;
  std::string version_after;
  std::size_t people = 0;    ///< compared
  std::size_t affected = 0;  ///< of them, those who gain or lose a group or role
  /// Rules, by name, that give somebody something else than before. What a person loses by one rule
  /// they may have by another.
  std::map<std::string, Effect> rules;
  std::map<EntitlementName, Effect> entitlements;  ///< as the new policy writes them, if it does
};

/// Compares what both policies give these people now. Group names that differ by case alone are one
/// group, as they are in the tenant. Pure.
BlastRadius blast_radius(
    const std::vector<WorkPerson>& people,
    const Policy& before,
    const Policy& after,
    const TimeZones& zones,
    Instant now
);

}  // namespace rosterd::cli
