#pragma once

#include <string>
#include <string_view>

namespace rosterd {

/// Appends a field with its length before it: whatever the fields hold, no two lists of fields
/// make the same text.
inline void append_field(std::string& text, std::string_view field) {
  text += std::to_string(field.size());
  text += ':';
  text += field;
}

}  // namespace rosterd
