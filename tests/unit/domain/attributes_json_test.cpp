#include "rosterd/domain/attributes_json.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace rosterd {
namespace {

std::string json(const Attributes& attributes) {
  std::string text;
  append_json(text, attributes);
  return text;
}

TEST(AttributesJson, KeepsEveryKindOfValueApart) {
  const Attributes attributes = {
      {"department", std::string("R&D \"West\"\n")},
      {"groups", std::vector<std::string>{"a", "b\\c"}},
      {"level", std::int64_t{7}},
      {"none", std::vector<std::string>{}},
      {"remote", true},
      {"share", 0.5}};

  EXPECT_EQ(
      json(attributes),
      R"({"department":"R&D \"West\"\n","groups":["a","b\\c"],"level":7,"none":[],"remote":true,)"
      R"("share":0.5})"
  );
}

TEST(AttributesJson, DoesNotTakeANumberWithAPointForAnInteger) {
  EXPECT_EQ(json({{"n", 3.0}}), R"({"n":3.0})");
  EXPECT_EQ(json({{"n", 1e300}}), R"({"n":1e+300})");
  EXPECT_EQ(
      json({{"n", std::numeric_limits<std::int64_t>::min()}}), R"({"n":-9223372036854775808})"
  );
}

TEST(AttributesJson, SaysWhatAPatchClears) {
  std::string text;
  append_json(text, AttributePatch{{"email", std::nullopt}, {"team", std::string("é")}});

  EXPECT_EQ(text, "{\"email\":null,\"team\":\"é\"}");
}

}  // namespace
}  // namespace rosterd
