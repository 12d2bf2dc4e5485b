#include "rosterd/base/text.hpp"

#include "rosterd/base/hash.hpp"
#include "rosterd/base/secret.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace rosterd {
namespace {

TEST(Utf8, IsRefusedAtTheByteThatBreaksIt) {
  EXPECT_EQ(invalid_utf8_at("Gr\u00fc\u00dfe \u20ac \U0001F600"), std::nullopt);
  EXPECT_EQ(
      invalid_utf8_at("ab\xFC"
                      "c"),
      2U
  ) << "Latin-1";
  EXPECT_EQ(invalid_utf8_at("a\xC0\xAF"), 1U) << "overlong";
  EXPECT_EQ(invalid_utf8_at("\xED\xA0\x80"), 0U) << "a surrogate";
  EXPECT_EQ(invalid_utf8_at("\xF4\x90\x80\x80"), 0U) << "beyond U+10FFFF";
  EXPECT_EQ(invalid_utf8_at("x\xE2\x82"), 1U) << "cut off";
}

TEST(Case, IsFoldedWhateverTheLocale) {
  EXPECT_EQ(lower_case("K\u00d6LN \u0410\u0411"), "k\u00f6ln \u0430\u0431");
  EXPECT_EQ(
      lower_case("A\xFF"
                 "B"),
      "a\xFF"
      "b"
  ) << "what is not UTF-8 stays";
  EXPECT_TRUE(equal_ignoring_case("M\u00dcLLER", "m\u00fcller"));
  EXPECT_TRUE(equal_ignoring_case("Staff", "sTAFF"));
  EXPECT_FALSE(equal_ignoring_case("Staff", "Staffs"));
}

struct Row {
  std::string name;
  std::string pattern;
  std::string text;
  bool expected;
};

class Wildcard : public testing::TestWithParam<Row> {};

TEST_P(Wildcard, Matches) {
  EXPECT_EQ(matches_wildcard(GetParam().pattern, GetParam().text), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Wildcard,
    testing::Values(
        Row{"itself", "Sales", "Sales", true},
        Row{"nothing", "", "", true},
        Row{"nothing_is_not_something", "", "a", false},
        Row{"everything", "*", "", true},
        Row{"front", "Sales*", "Sales EMEA", true},
        Row{"back", "*EMEA", "Sales EMEA", true},
        Row{"middle", "S*l*A", "Sales EMEA", true},
        Row{"too_short", "Sales?", "Sales", false},
        Row{"one_code_point", "K?ln", "K\u00f6ln", true},
        Row{"star_goes_back", "*ab", "aaab", true},
        Row{"case_counts", "sales", "Sales", false},
        Row{"many_stars", "*a*a*a*a*a*a*b", std::string(2000, 'a'), false}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(Nearest, FindsWhatAMistypedWordMeant) {
  const std::vector<std::string> names{"department", "division", "location"};
  EXPECT_EQ(nearest("departmnet", names), "department");
  EXPECT_EQ(nearest("Location", names), "location");
  EXPECT_EQ(nearest("salary", names), std::nullopt);
}

TEST(Printable, CannotForgeALineOrFloodOne) {
  EXPECT_EQ(printable("a\nb\x1B[31m"), "a\\x0Ab\\x1B[31m");
  EXPECT_EQ(printable("gr\u00fcn"), "gr\u00fcn");
  EXPECT_EQ(printable("\xFF"), "\\xFF");
  EXPECT_EQ(printable("abcdef", 3), "abc\u2026");
}

TEST(Printable, CannotTurnTheTextAroundIt) {
  EXPECT_EQ(printable("\u202Egpj.exe"), "\\xE2\\x80\\xAEgpj.exe");
  EXPECT_EQ(printable("\u2066a\u2069"), "\\xE2\\x81\\xA6a\\xE2\\x81\\xA9");
  EXPECT_EQ(printable("\u0639\u0644\u064A"), "\u0639\u0644\u064A");
}

TEST(Trim, TakesBlanksFromBothEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("  "), "");
}

TEST(Hash, IsShownAsHexAndHalvedToAKey) {
  Digest digest{};
  digest[0] = std::byte{0xAB};
  digest[31] = std::byte{0x01};
  EXPECT_EQ(to_hex(digest), "ab" + std::string(60, '0') + "01");
  Digest other = digest;
  other[31] = std::byte{0x02};
  EXPECT_EQ(key128(digest), key128(other)) << "only the first half counts";
  other[15] = std::byte{0x02};
  EXPECT_NE(key128(digest), key128(other));
}

TEST(Secret, IsNeverPrinted) {
  const Secret secret("hunter2");
  std::ostringstream out;
  out << secret;
  EXPECT_EQ(out.str(), "***");
  EXPECT_EQ(secret.reveal(), "hunter2");
}

}  // namespace
}  // namespace rosterd
