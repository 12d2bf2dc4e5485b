#pragma once

#include <string>
#include <string_view>

namespace rosterd {

/// Appends `text` as a JSON string (RFC 8259), quoted; UTF-8 stays as it is. Pure, any thread.
void append_json_string(std::string& out, std::string_view text);

}  // namespace rosterd
