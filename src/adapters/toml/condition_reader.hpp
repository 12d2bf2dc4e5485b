#pragma once

#include "adapters/toml/problems.hpp"
#include "rosterd/domain/policy.hpp"

#include <toml++/toml.h>

namespace rosterd::config_files {

/// Reads a rule's `when`. Every key must hold: `any`, `all` and `none` take tables like `when`
/// itself; any other key is an attribute, and its value what the attribute must be.
Condition read_condition(const ::toml::table& when, Problems& problems);

}  // namespace rosterd::config_files
