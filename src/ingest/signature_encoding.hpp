#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rosterd::ingest {

/// The bytes of hexadecimal text in either case.
std::optional<std::string> decode_hex(std::string_view text);

enum class Base64Alphabet { standard, url_safe };
enum class Base64Padding { required, optional };

/// The bytes of base64 (RFC 4648, 4 and 5). Bits that no byte uses must be zero, so that each value
/// has one spelling; no line breaks.
std::optional<std::string> decode_base64(
    std::string_view text, Base64Alphabet alphabet, Base64Padding padding
);

}  // namespace rosterd::ingest
