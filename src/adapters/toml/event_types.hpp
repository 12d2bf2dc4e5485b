#pragma once

#include "adapters/toml/problems.hpp"

#include <string_view>

namespace rosterd::config_files {

/// What is wrong with `word` as the type of an event: `, should be "person.joined", …`; empty:
/// nothing.
std::string event_type_problem(std::string_view word);

}  // namespace rosterd::config_files
