#pragma once

#include "history.hpp"

#include <nlohmann/json_fwd.hpp>

#include <ostream>

namespace rosterd::cli {

/// A person as they were, for people: first how that is known, last what cannot be known any more.
void print_history(const PersonThen& then, std::ostream& out);

/// The same for programs; keys are stable.
nlohmann::ordered_json json_of(const PersonThen& then);

}  // namespace rosterd::cli
