#pragma once

#include "ingest/strict_json.hpp"

#include <string>
#include <string_view>

namespace rosterd::ingest {

/// The value that an RFC 6901 pointer names below `root`, or null.
const JsonNode* at_pointer(const JsonNode& root, std::string_view pointer);

/// The pointer of `node`, which lies in the document of `root`.
std::string pointer_to(const JsonNode& root, const JsonNode& node);

/// Appends `/TOKEN`, escaped.
void append_pointer_token(std::string& pointer, std::string_view token);

}  // namespace rosterd::ingest
