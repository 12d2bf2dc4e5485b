#include "rosterd/ingest/encoding.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace rosterd::ingest {
namespace {

using namespace std::string_literals;

/// The text, or `OFFSET: why`.
std::string decode(std::string_view bytes, Encoding encoding, std::size_t block) {
  MemorySource raw(bytes);
  const auto source = decoded(raw, encoding);
  std::string text;
  std::string piece(block, '\0');
  for (;;) {
    const auto taken = source->read(piece);
    if (!taken) return std::to_string(taken.error().offset) + ": " + taken.error().reason;
    if (*taken == 0) return text;
    text.append(piece, 0, *taken);
  }
}

struct Row {
  const char* name;
  std::string bytes;
  std::string text;
  Encoding encoding = Encoding::utf8;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class Decoding : public testing::TestWithParam<Row> {};

TEST_P(Decoding, IsTheSameInPiecesOfAnySize) {
  const Row& row = GetParam();

  for (std::size_t block = 1; block <= 64; ++block) {
    EXPECT_EQ(decode(row.bytes, row.encoding, block), row.text) << block;
  }
}

const std::string long_ascii(1000, 'x');

INSTANTIATE_TEST_SUITE_P(
    Table,
    Decoding,
    testing::Values(
        Row{"empty", "", ""},
        Row{"ascii", "a,b\n", "a,b\n"},
        Row{"utf8", "Zoë,ʤ,€,😀", "Zoë,ʤ,€,😀"},
        Row{"mark", "\xEF\xBB\xBFZoë", "Zoë"},
        Row{"only_a_mark", "\xEF\xBB\xBF", ""},
        Row{"a_mark_later_is_text", "a\xEF\xBB\xBF", "a\xEF\xBB\xBF"},
        Row{"latin_1", "Zo\xEB,x", "2: is not UTF-8"},
        Row{"offset_counts_the_mark", "\xEF\xBB\xBFZo\xEB,x", "5: is not UTF-8"},
        Row{"offset_far_in", long_ascii + "\xFF", "1000: is not UTF-8"},
        Row{"overlong", "a\xC0\xAF", "1: is not UTF-8"},
        Row{"overlong_three", "\xE0\x80\xAF", "0: is not UTF-8"},
        Row{"surrogate", "\xED\xA0\x80", "0: is not UTF-8"},
        Row{"above_the_last", "\xF4\x90\x80\x80", "0: is not UTF-8"},
        Row{"last_character", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
        Row{"cut_off", "ab\xE2\x82", "2: is a character cut off at the end of the file"},
        Row{"utf16_le", "\xFF\xFE"s + "Z\0o\0\xEB\0"s, "Zoë"},
        Row{"utf16_be", "\xFE\xFF"s + "\0Z\0o\0\xEB"s, "Zoë"},
        Row{"utf16_pair", "\xFF\xFE"s + "\x3D\xD8\x00\xDE"s, "😀"},
        Row{"utf16_lone_high",
            "\xFF\xFE"s + "\x3D\xD8" + "a\0"s,
            "2: is half of a UTF-16 surrogate pair"},
        Row{"utf16_lone_low",
            "\xFF\xFE"s + "a\0\x00\xDE"s,
            "4: is half of a UTF-16 surrogate pair"},
        Row{"utf16_odd", "\xFF\xFE"s + "a\0b"s, "4: is a character cut off at the end of the file"},
        Row{"utf32", "\xFF\xFE\0\0a\0\0\0"s, "0: is the mark of UTF-32, which is not read"},
        Row{"windows_1252", "Zo\xEB \x80 \x93x\x94", "Zoë € “x”", Encoding::windows_1252},
        Row{"windows_1252_undefined",
            "ab\x81",
            "2: is a byte that windows-1252 does not define",
            Encoding::windows_1252},
        Row{"a_mark_wins", "\xEF\xBB\xBFZoë", "Zoë", Encoding::windows_1252}
    ),
    [](const auto& row) { return row.param.name; }
);

}  // namespace
}  // namespace rosterd::ingest
