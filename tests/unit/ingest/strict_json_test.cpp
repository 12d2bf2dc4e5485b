#include "ingest/strict_json.hpp"

#include "ingest/json_pointer.hpp"
#include "rosterd/base/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace rosterd::ingest {
namespace {

using namespace std::string_literals;

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

struct Text {
  std::string name;
  std::string json;
};

void PrintTo(const Text& text, std::ostream* out) {
  *out << text.name;
}

std::string name_of(const testing::TestParamInfo<Text>& info) {
  return info.param.name;
}

class StrictJsonAccepts : public testing::TestWithParam<Text> {};

TEST_P(StrictJsonAccepts, WhatTheStandardAllows) {
  const auto document = parse_json(GetParam().json);

  EXPECT_TRUE(document.has_value()) << document.error().text;
}

INSTANTIATE_TEST_SUITE_P(
    Rfc8259,
    StrictJsonAccepts,
    testing::Values(
        Text{"empty_object", "{}"},
        Text{"white_space_around", " \t\r\n[ 1 , 2 ]\n"},
        Text{"a_lone_string", R"("text")"},
        Text{"negative_zero", "[-0]"},
        Text{"huge_integer", "[123123123123123123123123123123]"},
        Text{"exponent", "[1E+2, 0e1, 1.5e-7]"},
        Text{"tiny_number", "[1e-300]"},
        Text{"surrogate_pair", R"(["\ud83d\ude00"])"},
        Text{"escaped_nul", R"(["\u0000"])"},
        Text{"noncharacter", "[\"\xEF\xBF\xBF\"]"},
        Text{"empty_key", R"({"": 0})"},
        Text{"same_key_in_different_objects", R"({"a": {"a": 1}, "b": {"a": 1}})"},
        Text{"depth_of_32", nested(32)}
    ),
    name_of
);

class StrictJsonRefuses : public testing::TestWithParam<Text> {};

TEST_P(StrictJsonRefuses, WhatIsNotJsonOrCannotBeTrusted) {
  EXPECT_FALSE(parse_json(GetParam().json).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Corpus,
    StrictJsonRefuses,
    testing::Values(
        Text{"nothing", ""},
        Text{"white_space_only", " \n"},
        Text{"byte_order_mark", "\xEF\xBB\xBF{}"},
        Text{"half_a_byte_order_mark", "\xEF\xBB{}"},
        Text{"utf_16", "\xFF\xFE{\0}\0"s},
        Text{"nul_behind_the_value", "{}\0"s},
        Text{"nul_and_a_second_value", "{}\0{\"a\":1}"s},
        Text{"nul_in_a_string", "[\"a\0b\"]"s},
        Text{"depth_of_33", nested(33)},
        Text{"depth_of_100000", std::string(100000, '[')},
        Text{
            "objects_of_depth_33",
            []() {
              std::string text;
              for (int i = 0; i < 33; ++i) text += R"({"a":)";
              return text + "1" + std::string(33, '}');
            }()},
        Text{"lone_high_surrogate", R"(["\ud800"])"},
        Text{"lone_low_surrogate", R"(["\udc00"])"},
        Text{"high_surrogate_and_text", R"(["\ud800abc"])"},
        Text{"surrogate_in_utf_8", "[\"\xED\xA0\x80\"]"},
        Text{"overlong_slash", "[\"\xC0\xAF\"]"},
        Text{"truncated_utf_8", "[\"\xE2\x82\"]"},
        Text{"latin_1", "[\"\xE9\"]"},
        Text{"beyond_unicode", "[\"\xF4\xBF\xBF\xBF\"]"},
        Text{"too_large_a_number", "[1e400]"},
        Text{"too_near_to_zero", "[1e-400]"},
        Text{"too_small_a_number", "[-1e400]"},
        Text{"not_a_number", "[NaN]"},
        Text{"infinity", "[Infinity]"},
        Text{"hexadecimal", "[0x1F]"},
        Text{"leading_zero", "[012]"},
        Text{"leading_plus", "[+1]"},
        Text{"no_digit_behind_the_point", "[1.]"},
        Text{"no_digit_before_the_point", "[.5]"},
        Text{"lone_minus", "[-]"},
        Text{"minus_leading_zero", "[-01]"},
        Text{"exponent_without_digits", "[1e+]"},
        Text{"two_signs", "[--1]"},
        Text{"escape_at_the_end", "[\"\\"},
        Text{"signed_escape", R"(["\u-123"])"},
        Text{"surrogate_and_no_digits", R"(["\ud83d\u"])"},
        Text{"surrogate_at_the_end", R"(["\ud83d)"},
        Text{"two_high_surrogates", R"(["\ud83d\ud83d"])"},
        Text{"literal_with_a_tail", "[nulls]"},
        Text{"trailing_comma_in_array", "[1,]"},
        Text{"trailing_comma_in_object", R"({"a":1,})"},
        Text{"double_comma", "[1,,2]"},
        Text{"line_comment", "[1] // one"},
        Text{"block_comment", "[/* one */ 1]"},
        Text{"single_quotes", "{'a': 1}"},
        Text{"bare_key", "{a: 1}"},
        Text{"number_as_key", "{1: 1}"},
        Text{"colon_missing", R"({"a" 1})"},
        Text{"comma_missing", R"({"a":1 "b":2})"},
        Text{"text_behind", "{} x"},
        Text{"two_values", "{}{}"},
        Text{"closing_too_much", "[]]"},
        Text{"closing_the_other", "[}"},
        Text{"unclosed_array", "[1"},
        Text{"unclosed_string", R"(["a)"},
        Text{"tab_in_a_string", "[\"a\tb\"]"},
        Text{"newline_in_a_string", "[\"a\nb\"]"},
        Text{"unknown_escape", R"(["\x"])"},
        Text{"short_escape", R"(["\u00A"])"},
        Text{"capital_true", "[True]"},
        Text{"form_feed_as_space", "[\f1]"},
        Text{
            "no_break_space",
            "[\xC2\xA0"
            "1]"},
        Text{"key_twice", R"({"a":1,"a":1})"},
        Text{"key_twice_by_escape", R"({"a":1,"\u0061":2})"},
        Text{"key_twice_deep_inside", R"({"x":[{"y":{"a":1,"b":2,"a":3}}]})"}
    ),
    name_of
);

struct Fault {
  std::string name;
  std::string json;
  std::string told;
};

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

class StrictJsonTells : public testing::TestWithParam<Fault> {};

TEST_P(StrictJsonTells, WhatAndWhere) {
  const auto document = parse_json(GetParam().json);

  ASSERT_FALSE(document.has_value());
  const JsonError error = document.error();
  EXPECT_EQ(
      std::to_string(error.line) + ":" + std::to_string(error.column) + " '" + error.pointer +
          "' " + error.text,
      GetParam().told
  );
}

INSTANTIATE_TEST_SUITE_P(
    Faults,
    StrictJsonTells,
    testing::Values(
        Fault{
            "duplicate",
            "{\"person\": [\n  {\"id\": 1, \"id\": 2}]}",
            "2:13 '/person/0/id' the name \"id\" is there twice"},
        Fault{
            "too_deep",
            "{\"a\":" + std::string(40, '['),
            "1:37 '/a/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0' "
            "nested deeper than 32"},
        Fault{"number", R"({"a": [0, 1e400]})", "1:11 '/a/1' the number is out of range"},
        Fault{"literal", "{\"a/b\": tru}", "1:9 '/a~1b' a value was expected"},
        Fault{"columns_are_characters", "[\"ä€\", x]", "1:8 '/1' a value was expected"},
        Fault{"behind", "{}\n  x", "2:3 '' something follows the value"},
        Fault{"empty", "", "1:1 '' the body is empty"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(StrictJson, NeverQuotesAValue) {
  const auto document = parse_json(R"({"salary": "12345', expected ' \q"})");

  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().text.find("12345"), std::string::npos) << document.error().text;
}

TEST(StrictJson, FindsADuplicateAmongManyNames) {
  std::string text = "{";
  for (int i = 0; i < 20000; ++i) text += "\"k" + std::to_string(i) + "\":0,";

  EXPECT_TRUE(parse_json(text + R"("k":0})").has_value());
  EXPECT_FALSE(parse_json(text + R"("k3":0})").has_value());
  EXPECT_FALSE(parse_json(text + R"("k19999":0})").has_value());
}

TEST(StrictJson, HasALimitOfBytes) {
  JsonLimits limits;
  limits.bytes_max = 4;

  EXPECT_TRUE(parse_json("[12]", limits).has_value());
  EXPECT_FALSE(parse_json("[123]", limits).has_value());
}

TEST(StrictJson, KeepsIntegersExactly) {
  const auto document =
      parse_json("[9223372036854775807, -9223372036854775808, 9223372036854775808, 1.5]");

  const JsonNode& root = document->root();
  EXPECT_EQ(at_pointer(root, "/0")->integer, INT64_MAX);
  EXPECT_EQ(at_pointer(root, "/1")->integer, INT64_MIN);
  EXPECT_TRUE(at_pointer(root, "/2")->is(JsonKind::number));
  EXPECT_EQ(at_pointer(root, "/2")->text, "9223372036854775808");
  EXPECT_EQ(at_pointer(root, "/3")->number, 1.5);
}

TEST(StrictJson, KnowsWhereEveryValueStands) {
  const std::string text = R"( {"a": [1, -2.5e3 ,true], "b" : {"c":"ü\n"} , "d":null} )";

  const auto document = parse_json(text);

  const auto written = [&](std::string_view pointer) {
    const JsonNode& node = *at_pointer(document->root(), pointer);
    EXPECT_EQ(pointer_to(document->root(), node), pointer);
    return text.substr(node.begin, node.end - node.begin);
  };
  EXPECT_EQ(written(""), text.substr(1, text.size() - 2));
  EXPECT_EQ(written("/a"), "[1, -2.5e3 ,true]");
  EXPECT_EQ(written("/a/0"), "1");
  EXPECT_EQ(written("/a/1"), "-2.5e3");
  EXPECT_EQ(written("/a/2"), "true");
  EXPECT_EQ(written("/b"), R"({"c":"ü\n"})");
  EXPECT_EQ(written("/b/c"), R"("ü\n")");
  EXPECT_EQ(written("/d"), "null");
}

TEST(StrictJson, FollowsPointersOfRfc6901) {
  const auto document = parse_json(R"({"a/b": {"m~n": [10, 11]}, "": 5})");
  const JsonNode& root = document->root();

  EXPECT_EQ(at_pointer(root, "/a~1b/m~0n/1")->integer, 11);
  EXPECT_EQ(at_pointer(root, "/")->integer, 5);
  EXPECT_EQ(at_pointer(root, "/a~1b/m~0n/2"), nullptr);
  EXPECT_EQ(at_pointer(root, "/a~1b/m~0n/01"), nullptr);
  EXPECT_EQ(at_pointer(root, "/a~1b/m~0n/-"), nullptr);
  EXPECT_EQ(at_pointer(root, "/nothing/here"), nullptr);
  EXPECT_EQ(at_pointer(root, "a"), nullptr);
}

TEST(StrictJson, WritesStringsThatItReadsBack) {
  const std::string text = "quote \" backslash \\ newline \n tab \t bell \a nul \0 ümläut"s;

  std::string written;
  append_json_string(written, text);

  EXPECT_EQ(parse_json(written)->root().text, text);
}

// Of one object without a name twice, both parsers think the same, whatever is broken in it.
TEST(StrictJson, AgreesWithTheLibrary) {
  const std::string seed = R"({"a":[1,-2.5e3,"x\u00e4"],"b":{"c":null,"d":true}})";
  for (std::size_t at = 0; at < seed.size(); ++at) {
    for (const char c :
         {'"', '{', '}', '[', ']', ',', ':', '\\', '0', 'e', '-', ' ', '\x01', '\xC3'}) {
      std::string text = seed;
      text[at] = c;
      const auto document = parse_json(text);
      const bool twice = !document && document.error().text.find("twice") != std::string::npos;
      EXPECT_EQ(document.has_value(), nlohmann::json::accept(text) && !twice) << text;
    }
  }
}

}  // namespace
}  // namespace rosterd::ingest
