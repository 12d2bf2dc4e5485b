#pragma once

#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/policy.hpp"

#include <compare>
#include <optional>

namespace rosterd {

/// Whether two single values mean the same: numbers numerically, also when one side is a string of
/// digits; booleans also as `true` and `false`; texts ignoring case unless `exact_case`. Two texts
/// are never compared as numbers: `007` is not `7`.
bool equal_values(const AttributeValue& left, const AttributeValue& right, bool exact_case);

/// The order of two single values: as numbers when both are (texts of digits, too), else as texts,
/// which is right for ISO dates. Nothing: they have no order.
std::optional<std::weak_ordering> order_of_values(
    const AttributeValue& left, const AttributeValue& right, bool exact_case
);

/// Of an `exists` test: whether it demands the attribute or its absence.
bool wants_existence(const AttributeTest& test);

}  // namespace rosterd
