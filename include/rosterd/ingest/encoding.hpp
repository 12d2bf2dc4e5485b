#pragma once

#include "rosterd/ingest/byte_source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace rosterd::ingest {

/// The encodings of a file (sources.md, "CSV drops").
enum class Encoding {
  utf8,          ///< strict (RFC 3629), with or without a byte order mark; UTF-16 by its mark
  windows_1252,  ///< only where configured; a byte order mark still wins
};

/// Gives the bytes of `raw` as well-formed UTF-8 without a byte order mark.
///
/// Ends with an error, which names the offset of the first byte at fault in `raw`, at anything
/// that is not well-formed: overlong forms, surrogates, a character cut off at the end, and the
/// five bytes that windows-1252 leaves undefined. Nothing is replaced. `raw` must outlive it.
std::unique_ptr<ByteSource> decoded(ByteSource& raw, Encoding encoding);

/// Checks UTF-8 that comes in pieces.
class Utf8Check {
 public:
  /// The offset, from the beginning of all pieces, of the first character at fault.
  Result<void, SourceError> take(std::string_view piece);
  /// Whether the last character was complete.
  Result<void, SourceError> finish() const;

 private:
  bool take_byte(unsigned char byte);

  std::uint64_t offset_ = 0;     ///< of the next byte
  std::uint64_t character_ = 0;  ///< where the character in the making starts
  int missing_ = 0;              ///< bytes that it lacks
  unsigned char low_ = 0x80;     ///< bounds of the next of them
  unsigned char high_ = 0xBF;
};

}  // namespace rosterd::ingest
