#include "sync/rule_reasons.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rosterd::sync {
namespace {

Condition department_is(const std::string& name) {
  Condition condition;
  condition.kind = Condition::Kind::test;
  condition.test.attribute = "department";
  condition.test.values.emplace_back(name);
  return condition;
}

struct Unmatched {
  std::string name;
  AttributeTest::Kind kind = AttributeTest::Kind::any_of;
  std::vector<AttributeValue> wanted;
  std::string why;
};

class ARuleThatGivesNothing : public testing::TestWithParam<Unmatched> {};

TEST_P(ARuleThatGivesNothing, NamesTheFirstTestThatFails) {
  Attributes attributes;
  attributes.emplace("grade", std::int64_t{5});
  Condition condition;
  condition.children.emplace_back().kind = Condition::Kind::test;
  condition.children.front().test = {"grade", GetParam().kind, GetParam().wanted, false};

  EXPECT_EQ(why_not(condition, attributes), GetParam().why);
}

using Kind = AttributeTest::Kind;

INSTANTIATE_TEST_SUITE_P(
    Table,
    ARuleThatGivesNothing,
    testing::Values(
        Unmatched{"another_value", Kind::any_of, {std::int64_t{7}}, "grade is \"5\", not \"7\""},
        Unmatched{
            "several_values",
            Kind::any_of,
            {std::int64_t{7}, std::int64_t{8}},
            "grade is \"5\", not \"7\" or \"8\""},
        Unmatched{
            "excluded_value",
            Kind::is_not,
            {std::int64_t{5}},
            "grade is \"5\", which the rule excludes"},
        Unmatched{
            "pattern",
            Kind::matches,
            {std::string("7*")},
            "grade is \"5\", which does not match \"7*\""},
        Unmatched{
            "too_little", Kind::at_least, {std::int64_t{7}}, "grade is \"5\", not at least \"7\""},
        Unmatched{
            "too_much", Kind::at_most, {std::int64_t{4}}, "grade is \"5\", not at most \"4\""},
        Unmatched{"must_not_exist", Kind::exists, {false}, "grade is \"5\""}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(ARuleOfSeveralConditions, NamesWhatIsNotSet) {
  Condition either;
  either.kind = Condition::Kind::any;
  either.children = {department_is("Sales"), department_is("Legal")};

  EXPECT_EQ(why_not(either, {}), "department is not set");
  EXPECT_EQ(
      why_not(either, {{"department", std::string("IT")}}),
      "department is \"IT\", not \"Sales\"; and department is \"IT\", not \"Legal\""
  );
}

TEST(ARuleOfSeveralConditions, NamesWhatMustNotBe) {
  Condition neither;
  neither.kind = Condition::Kind::none;
  neither.children = {department_is("Sales"), department_is("Legal")};

  EXPECT_EQ(why_not(neither, {{"department", std::string("Legal")}}), "department is \"Legal\"");
}

}  // namespace
}  // namespace rosterd::sync
