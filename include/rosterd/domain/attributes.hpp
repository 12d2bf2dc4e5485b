#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rosterd {

/// What a source says about one property of a person (sources.md): a string, a number, a boolean or
/// a list of strings. Integral numbers are kept exactly.
using AttributeValue =
    std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;

using Attributes = std::map<std::string, AttributeValue, std::less<>>;

/// A JSON merge patch (RFC 7396) on flat attributes: nothing clears.
using AttributePatch = std::map<std::string, std::optional<AttributeValue>, std::less<>>;

/// The well-known names (sources.md); any other name is the company's own.
namespace attribute {
inline constexpr std::string_view status = "status";
inline constexpr std::string_view email = "email";
inline constexpr std::string_view start_date = "start_date";
inline constexpr std::string_view last_day = "last_day";
inline constexpr std::string_view time_zone = "time_zone";
inline constexpr std::string_view user_id = "user_id";
}  // namespace attribute

/// All well-known attribute names, for suggestions.
const std::vector<std::string>& well_known_attributes();

/// The attribute when it is a string that is not empty.
std::optional<std::string> text_of(const Attributes& attributes, std::string_view name);

/// For people and for templates: `true`, `42`, `a, b`.
std::string to_text(const AttributeValue& value);

}  // namespace rosterd
