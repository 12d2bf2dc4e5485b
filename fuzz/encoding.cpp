#include "rosterd/ingest/encoding.hpp"

#include "fuzzing.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

// First line: the encoding, and the sizes of the pieces. Below it the file.

namespace rosterd::ingest {
namespace {

class Pieces : public ByteSource {
 public:
  Pieces(std::string_view bytes, fuzz::Choices sizes) : rest_(bytes), sizes_(sizes) {}

  Result<std::size_t, SourceError> read(std::span<char> into) override {
    const std::size_t count = std::min({1 + sizes_.next(20), into.size(), rest_.size()});
    std::copy_n(rest_.data(), count, into.data());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  fuzz::Choices sizes_;
};

/// What was read, and where it ended badly.
struct Decoded {
  std::string text;
  std::optional<std::uint64_t> bad_at;

  bool operator==(const Decoded&) const = default;
};

Decoded read_all(ByteSource& raw, Encoding encoding, std::size_t piece) {
  const std::unique_ptr<ByteSource> source = decoded(raw, encoding);
  std::vector<char> room(piece);
  Decoded all;
  for (;;) {
    const auto count = source->read(room);
    if (!count) {
      fuzz::require_sentence(count.error().reason, 300);
      all.bad_at = count.error().offset;
      return all;
    }
    fuzz::require(*count <= room.size(), "no more is given than was asked for");
    if (*count == 0) return all;
    all.text.append(room.data(), *count);
  }
}

void append(std::string& out, char32_t point) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (point >= 0x10000) put(0xF0 | point >> 18U);
  if (point >= 0x10000) put(0x80 | (point >> 12U & 0x3FU));
  if (point >= 0x800 && point < 0x10000) put(0xE0 | point >> 12U);
  if (point >= 0x800) put(0x80 | (point >> 6U & 0x3FU));
  if (point >= 0x80 && point < 0x800) put(0xC0 | point >> 6U);
  put(point < 0x80 ? point : 0x80 | (point & 0x3FU));
}

Decoded plain_utf16(std::string_view bytes, bool big_endian) {
  Decoded all;
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<char32_t>(big_endian ? first << 8U | second : second << 8U | first);
  };
  for (std::size_t at = 2; at < bytes.size(); at += 2) {
    all.bad_at = at;
    if (at + 1 == bytes.size()) return all;
    char32_t point = unit(at);
    if (point >= 0xDC00 && point < 0xE000) return all;
    if (point >= 0xD800 && point < 0xDC00) {
      if (at + 3 >= bytes.size()) return all;
      const char32_t low = unit(at + 2);
      if (low < 0xDC00 || low > 0xDFFF) return all;
      point = 0x10000 + (point - 0xD800) * 0x400 + (low - 0xDC00);
      at += 2;
    }
    append(all.text, point);
  }
  all.bad_at.reset();
  return all;
}

Decoded plain_utf8(std::string_view bytes, std::size_t mark) {
  const std::string_view text = bytes.substr(mark);
  const auto bad = invalid_utf8_at(text);
  Decoded all;
  all.text = text.substr(0, bad.value_or(text.size()));
  if (bad) all.bad_at = mark + *bad;
  return all;
}

// From 0x80 on; 0: no character.
constexpr std::array<char16_t, 32> windows_1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

Decoded plain_windows_1252(std::string_view bytes) {
  Decoded all;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    const bool special = byte >= 0x80 && byte < 0xA0;
    const char32_t point = special ? windows_1252[byte - 0x80U] : byte;
    if (special && point == 0) {
      all.bad_at = at;
      return all;
    }
    append(all.text, point);
  }
  return all;
}

Decoded plain(std::string_view bytes, Encoding encoding) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) return {{}, 0};
  if (bytes.starts_with("\xEF\xBB\xBF")) return plain_utf8(bytes, 3);
  if (bytes.starts_with("\xFE\xFF")) return plain_utf16(bytes, true);
  if (bytes.starts_with("\xFF\xFE")) return plain_utf16(bytes, false);
  return encoding == Encoding::utf8 ? plain_utf8(bytes, 0) : plain_windows_1252(bytes);
}

void require_check_agrees(std::string_view bytes, fuzz::Choices sizes) {
  Utf8Check check;
  std::optional<std::uint64_t> bad_at;
  while (!bytes.empty() && !bad_at) {
    const std::string_view piece = bytes.substr(0, 1 + sizes.next(10));
    const auto taken = check.take(piece);
    if (!taken) bad_at = taken.error().offset;
    bytes.remove_prefix(piece.size());
  }
  if (!bad_at) {
    const auto finished = check.finish();
    if (!finished) bad_at = finished.error().offset;
  }
  fuzz::require(!bad_at, "what comes out is UTF-8");
}

}  // namespace
}  // namespace rosterd::ingest

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  using namespace rosterd::ingest;
  fuzz::Input input(data, size);
  fuzz::Choices choices(input.line());
  const Encoding encoding = choices.next(2) == 0 ? Encoding::utf8 : Encoding::windows_1252;

  MemorySource whole(input.rest());
  const Decoded in_one_piece = read_all(whole, encoding, 2 * size + 4);
  const Decoded expected = plain(input.rest(), encoding);
  fuzz::require(in_one_piece.bad_at == expected.bad_at, "an error is where it is");
  // What comes before an error may be given or not.
  if (!expected.bad_at) {
    fuzz::require(in_one_piece.text == expected.text, "the text is the same", in_one_piece.text);
    require_check_agrees(in_one_piece.text, choices);
  }

  Pieces pieces(input.rest(), choices);
  const Decoded in_pieces = read_all(pieces, encoding, 1 + choices.next(30));
  fuzz::require(in_pieces.bad_at == in_one_piece.bad_at, "pieces move no error");
  if (!expected.bad_at) {
    fuzz::require(in_pieces.text == in_one_piece.text, "pieces change no text", in_pieces.text);
  }
  return 0;
}
