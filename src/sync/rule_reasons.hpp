#pragma once

#include "rosterd/domain/policy.hpp"

#include <string>

namespace rosterd::sync {

/// The first thing that keeps a condition from holding, for people: `department is "Sales", not
/// "Engineering"`. The condition must not hold. Pure.
std::string why_not(const Condition& condition, const Attributes& attributes);

}  // namespace rosterd::sync
