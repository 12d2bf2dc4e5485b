#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd {

/// The offset of the first byte that is not well-formed UTF-8 (RFC 3629: no surrogates, no
/// overlong forms, at most U+10FFFF), or nothing when all of it is.
std::optional<std::size_t> invalid_utf8_at(std::string_view text);

/// The text in lower case by simple, locale-independent folding of each code point; bytes that are
/// not UTF-8 stay as they are.
std::string lower_case(std::string_view text);

bool equal_ignoring_case(std::string_view left, std::string_view right);

/// Matches `*` (any run) and `?` (any one code point) against the whole of `text`.
bool matches_wildcard(std::string_view pattern, std::string_view text);

/// The candidate that a mistyped `word` most likely meant, if any is near enough.
std::optional<std::string> nearest(
    std::string_view word, const std::vector<std::string>& candidates
);

std::string_view trim(std::string_view text);

/// Text from outside made safe for one line of a log or a table: control characters become
/// `\xNN`, and more than `bytes_max` bytes are cut with an ellipsis.
std::string printable(std::string_view text, std::size_t bytes_max = 200);

}  // namespace rosterd
