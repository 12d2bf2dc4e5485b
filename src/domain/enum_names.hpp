#pragma once

#include <optional>
#include <string_view>
#include <utility>

namespace rosterd {

/// The enumerator whose `to_string` is `text`, of an enumeration that counts from 0 to `last`.
template <class Enum>
std::optional<Enum> enum_named(std::string_view text, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto value = static_cast<Enum>(i);
    if (to_string(value) == text) return value;
  }
  return std::nullopt;
}

}  // namespace rosterd
