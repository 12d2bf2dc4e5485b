#pragma once

#include "rosterd/sync/preview.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace rosterd::cli {

/// Who gains and who loses one group or role by a plan. Accounts of nobody count by their id.
struct EntitlementSum {
  std::set<std::string> gain;
  std::set<std::string> lose;
  std::set<std::string> held;      ///< would lose it, and the guard wants an approval
  std::set<std::string> rejected;  ///< would lose it, and somebody rejected that
};
std::map<EntitlementName, EntitlementSum> sums_of(const sync::Preview& preview);

/// Why a change of the plan would not be done now; null: it would.
const Withheld* withheld_of(const sync::Preview& preview, std::size_t change);

/// Sentences on what the guard would hold: each budget with what was counted and what is allowed,
/// and what waits in holds or was rejected already.
std::vector<std::string> guard_sentences(const sync::Preview& preview);

struct HeldCount {
  std::size_t waiting = 0;
  std::size_t rejected = 0;
};
HeldCount held_in(const sync::Preview& preview);

}  // namespace rosterd::cli
