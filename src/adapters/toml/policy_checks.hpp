#pragma once

#include "adapters/toml/problems.hpp"
#include "rosterd/domain/policy.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rosterd::config_files {

/// A group or role named somewhere in the policy.
struct Mention {
  EntitlementName name;
  Position at;
};

/// Reports names of the same thing that differ by case only: the tenant knows at most one of them.
void check_spelling(const std::vector<Mention>& mentions, Problems& problems);

/// Reports groups that are nested in themselves, directly or by way of others. `places` are those
/// of the groups, in the same order.
void check_nesting(
    const std::vector<GroupSpec>& groups, const std::vector<Position>& places, Problems& problems
);

/// What is wrong with an account template like `waad|{entra_id}`; empty: nothing.
std::string template_problem(std::string_view text);

}  // namespace rosterd::config_files
