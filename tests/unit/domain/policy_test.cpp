#include "rosterd/domain/policy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using Kind = AttributeTest::Kind;
using Values = std::vector<AttributeValue>;
using List = std::vector<std::string>;

AttributeValue text(std::string value) {
  return AttributeValue{std::move(value)};
}
AttributeValue number(std::int64_t value) {
  return AttributeValue{value};
}

Condition test(std::string attribute, Kind kind, Values values, bool exact_case = false) {
  Condition condition;
  condition.kind = Condition::Kind::test;
  condition.test = {std::move(attribute), kind, std::move(values), exact_case};
  return condition;
}

Condition is(std::string attribute, std::string value) {
  return test(std::move(attribute), Kind::any_of, {text(std::move(value))});
}

Condition tree(Condition::Kind kind, std::vector<Condition> children) {
  Condition condition;
  condition.kind = kind;
  condition.children = std::move(children);
  return condition;
}

Condition all(std::vector<Condition> children) {
  return tree(Condition::Kind::all, std::move(children));
}
Condition any(std::vector<Condition> children) {
  return tree(Condition::Kind::any, std::move(children));
}
Condition none(std::vector<Condition> children) {
  return tree(Condition::Kind::none, std::move(children));
}

/// Somebody whom all rows of the table are about.
const Attributes& somebody() {
  static const Attributes attributes{
      {"department", text("Engineering")},
      {"level", number(7)},
      {"grade", text("12")},
      {"code", text("007")},
      {"hours", AttributeValue{37.5}},
      {"remote", AttributeValue{true}},
      {"start_date", text("2026-03-01")},
      {"skills", AttributeValue{List{"C++", "SQL"}}},
      {"city", text("K\u00d6LN")},
      {"empty", text("")},
      {"nobody", AttributeValue{List{}}},
  };
  return attributes;
}

struct Row {
  std::string name;
  Condition condition;
  bool expected;
};

class Holds : public testing::TestWithParam<Row> {};

TEST_P(Holds, AsThePolicySays) {
  EXPECT_EQ(holds(GetParam().condition, somebody()), GetParam().expected);
}

const auto name_of_row = [](const auto& row) { return row.param.name; };

INSTANTIATE_TEST_SUITE_P(
    Equality,
    Holds,
    testing::Values(
        Row{"ignores_case", is("department", "ENGINEERING"), true},
        Row{"ignores_case_beyond_ascii", is("city", "k\u00f6ln"), true},
        Row{"exact_case", test("department", Kind::any_of, {text("engineering")}, true), false},
        Row{"any_of_several",
            test("department", Kind::any_of, {text("Sales"), text("Engineering")}),
            true},
        Row{"none_of_several",
            test("department", Kind::any_of, {text("Sales"), text("IT")}),
            false},
        Row{"number_and_text", test("grade", Kind::any_of, {number(12)}), true},
        Row{"text_and_number", is("level", "7"), true},
        Row{"fractions", test("hours", Kind::any_of, {AttributeValue{37.5}}), true},
        Row{"integer_and_fraction", test("level", Kind::any_of, {AttributeValue{7.0}}), true},
        Row{"leading_zeros_are_text", is("code", "7"), false},
        Row{"infinity_is_no_number", is("level", "inf"), false},
        Row{"boolean", test("remote", Kind::any_of, {AttributeValue{true}}), true},
        Row{"boolean_as_text", is("remote", "TRUE"), true},
        Row{"boolean_is_no_number", test("remote", Kind::any_of, {number(1)}), false},
        Row{"element_of_a_list", is("skills", "sql"), true},
        Row{"no_element_of_a_list", is("skills", "Rust"), false},
        Row{"absent", is("absent", "x"), false},
        Row{"nothing_wanted", test("department", Kind::any_of, {}), false}
    ),
    name_of_row
);

INSTANTIATE_TEST_SUITE_P(
    OtherTests,
    Holds,
    testing::Values(
        Row{"is_not", test("department", Kind::is_not, {text("Sales")}), true},
        Row{"is_not_but_is", test("department", Kind::is_not, {text("engineering")}), false},
        Row{"absent_is_not", test("absent", Kind::is_not, {text("x")}), true},
        Row{"list_is_not", test("skills", Kind::is_not, {text("SQL")}), false},
        Row{"matches", test("department", Kind::matches, {text("eng*")}), true},
        Row{"matches_one_character",
            test("department", Kind::matches, {text("?ngineerin?")}),
            true},
        Row{"matches_exact_case", test("department", Kind::matches, {text("eng*")}, true), false},
        Row{"matches_a_number", test("level", Kind::matches, {text("7*")}), true},
        Row{"absent_matches_nothing", test("absent", Kind::matches, {text("*")}), false},
        Row{"at_least_number", test("level", Kind::at_least, {number(7)}), true},
        Row{"at_least_more", test("level", Kind::at_least, {number(8)}), false},
        Row{"numbers_in_texts_are_numbers", test("grade", Kind::at_least, {text("9")}), true},
        Row{"at_most_date", test("start_date", Kind::at_most, {text("2026-03-01")}), true},
        Row{"at_least_date", test("start_date", Kind::at_least, {text("2026-03-02")}), false},
        Row{"a_text_has_no_place_among_numbers",
            test("department", Kind::at_least, {number(1)}),
            false},
        Row{"a_boolean_has_no_order", test("remote", Kind::at_least, {text("a")}), false},
        Row{"absent_is_not_at_most", test("absent", Kind::at_most, {number(9)}), false},
        Row{"exists", test("level", Kind::exists, {AttributeValue{true}}), true},
        Row{"exists_not", test("absent", Kind::exists, {AttributeValue{false}}), true},
        Row{"an_empty_text_does_not_exist", test("empty", Kind::exists, {}), false},
        Row{"an_empty_list_does_not_exist", test("nobody", Kind::exists, {}), false}
    ),
    name_of_row
);

INSTANTIATE_TEST_SUITE_P(
    Trees,
    Holds,
    testing::Values(
        Row{"all_of_nothing", all({}), true},
        Row{"any_of_nothing", any({}), false},
        Row{"none_of_nothing", none({}), true},
        Row{"all", all({is("department", "Engineering"), is("level", "7")}), true},
        Row{"all_but_one", all({is("department", "Engineering"), is("level", "8")}), false},
        Row{"any_one", any({is("department", "Sales"), is("level", "7")}), true},
        Row{"none_but_one", none({is("department", "Sales"), is("level", "7")}), false},
        Row{"nested",
            all({any({is("level", "1"), is("level", "7")}), none({is("department", "Sales")})}),
            true}
    ),
    name_of_row
);

struct Contradicted {
  std::string name;
  Condition condition;
  std::string expected;  ///< empty: none
};

class Contradiction : public testing::TestWithParam<Contradicted> {};

TEST_P(Contradiction, IsFoundAndNamed) {
  EXPECT_EQ(contradiction(GetParam().condition).value_or(""), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Contradiction,
    testing::Values(
        Contradicted{"nothing_demanded", all({}), ""},
        Contradicted{"one_test", is("department", "A"), ""},
        Contradicted{
            "two_departments",
            all({is("department", "A"), all({is("department", "B")})}),
            "department is \"A\" and department is \"B\": both cannot hold"},
        Contradicted{"same_ignoring_case", all({is("department", "A"), is("department", "a")}), ""},
        Contradicted{"two_tags_of_a_list", all({is("tags", "a"), is("tags", "b")}), ""},
        Contradicted{
            "excluded",
            all({is("tags", "a"), test("tags", Kind::is_not, {text("A"), text("b")})}),
            "tags is \"a\" and tags is not \"A\" or \"b\": both cannot hold"},
        Contradicted{
            "excluded_by_none",
            all({is("tags", "a"), none({is("tags", "a")})}),
            "tags is \"a\" and tags is not \"a\": both cannot hold"},
        Contradicted{
            "partly_excluded",
            all(
                {test("tags", Kind::any_of, {text("a"), text("b")}),
                 test("tags", Kind::is_not, {text("a")})}
            ),
            ""},
        Contradicted{
            "excluded_in_another_case",
            all({is("tags", "a"), test("tags", Kind::is_not, {text("A")}, true)}),
            ""},
        Contradicted{
            "absent_and_tested",
            all({test("level", Kind::exists, {AttributeValue{false}}), is("level", "1")}),
            "level does not exist and level is \"1\": both cannot hold"},
        Contradicted{
            "absent_and_not",
            all(
                {test("level", Kind::exists, {AttributeValue{false}}),
                 test("level", Kind::is_not, {number(1)})}
            ),
            ""},
        Contradicted{
            "empty_range",
            all(
                {test("level", Kind::at_most, {number(3)}),
                 test("level", Kind::at_least, {number(5)})}
            ),
            "level is at most 3 and level is at least 5: both cannot hold"},
        Contradicted{
            "range_of_one",
            all(
                {test("level", Kind::at_most, {number(5)}),
                 test("level", Kind::at_least, {number(5)})}
            ),
            ""},
        Contradicted{
            "does_not_match",
            all({is("country", "DE"), test("country", Kind::matches, {text("A*")})}),
            "country is \"DE\" and country matches \"A*\": both cannot hold"},
        Contradicted{"any_of_nothing", any({}), "any of an empty list never holds"},
        Contradicted{
            "all_alternatives_contradicted",
            any({all({is("country", "DE"), is("country", "FR")}), any({})}),
            "country is \"DE\" and country is \"FR\": both cannot hold"},
        Contradicted{
            "one_alternative_left",
            any({all({is("country", "DE"), is("country", "FR")}), is("country", "FR")}),
            ""},
        Contradicted{
            "an_empty_list",
            test("country", Kind::any_of, {}),
            "country is compared with an empty list, which nothing is in"}
    ),
    name_of_row
);

Policy two_rules() {
  const EntitlementName staff{EntitlementKind::group, "Staff", {}};
  const EntitlementName builders{EntitlementKind::group, "Builders", {}};
  const EntitlementName developer{EntitlementKind::role, "Developer", "app"};
  Policy policy;
  policy.rules.push_back({"everyone", all({}), {staff}, 1});
  policy.rules.push_back(
      {"engineers", all({is("department", "Engineering")}), {developer, builders, staff}, 5}
  );
  return policy;
}

std::string shown(const std::vector<Desired>& desired) {
  std::string out;
  for (const Desired& each : desired) {
    out += to_string(each.entitlement) + ":";
    for (const std::string& rule : each.rules) out += " " + rule;
    out += "; ";
  }
  return out;
}

TEST(DesiredFor, MergesWhatSeveralRulesGive) {
  EXPECT_EQ(
      shown(desired_for(two_rules(), somebody(), Lifecycle{})),
      "Builders: engineers; Staff: everyone engineers; Developer@app: engineers; "
  );
}

TEST(DesiredFor, WhoIsNotEntitledIsGivenNothing) {
  Lifecycle gone;
  gone.state = LifecycleState::left;
  gone.entitled = false;
  EXPECT_EQ(shown(desired_for(two_rules(), somebody(), gone)), "");
}

TEST(ModeOf, IsItsOwnElseTheDefault) {
  Policy policy;
  policy.default_mode = Mode::additive;
  policy.groups.push_back({"Admins", {}, {}, {}, Mode::exact, 1});
  policy.groups.push_back({"Staff", {}, {}, {}, std::nullopt, 2});
  const EntitlementName developer{EntitlementKind::role, "Developer", "app"};
  policy.roles.push_back({developer, {}, {}, Mode::report, "client", 3});
  EXPECT_EQ(policy.mode_of({EntitlementKind::group, "admins", {}}), Mode::exact);
  EXPECT_EQ(policy.mode_of({EntitlementKind::group, "Staff", {}}), Mode::additive);
  EXPECT_EQ(policy.mode_of({EntitlementKind::group, "Other", {}}), Mode::additive);
  EXPECT_EQ(policy.mode_of(developer), Mode::report);
  EXPECT_EQ(policy.mode_of({EntitlementKind::role, "Developer", "other"}), Mode::additive);
}

TEST(PolicyNames, WhatARuleGivesOrWhatIsDeclared) {
  Policy policy = two_rules();
  const EntitlementName reader{EntitlementKind::role, "Reader", "app"};
  policy.groups.push_back({"Admins", {}, {reader}, {"Nested"}, std::nullopt, 1});
  const EntitlementName writer{EntitlementKind::role, "Writer", "app"};
  policy.roles.push_back({writer, {}, {}, std::nullopt, "client", 2});
  const auto group = [](const char* name) {
    return EntitlementName{EntitlementKind::group, name, {}};
  };
  EXPECT_TRUE(policy.names(group("Staff")));
  EXPECT_TRUE(policy.names(group("admins"))) << "group names are compared ignoring case";
  EXPECT_TRUE(policy.names({EntitlementKind::role, "Developer", "app"}));
  EXPECT_TRUE(policy.names(writer));
  EXPECT_FALSE(policy.names({EntitlementKind::role, "Developer", "other"}));
  EXPECT_FALSE(policy.names({EntitlementKind::role, "Staff", "app"}));
  EXPECT_FALSE(policy.names(reader)) << "attached to a group, which nobody is given it by";
  EXPECT_FALSE(policy.names(group("Nested")));
  EXPECT_FALSE(policy.names(group("Strangers")));
}

struct Protection {
  std::string name;
  std::string person;
  std::string account;
  EntitlementName entitlement;
  std::string expected;  ///< empty: it may go
};

class Protected : public testing::TestWithParam<Protection> {};

TEST_P(Protected, Says) {
  ProtectedThings things;
  things.people = {PersonId{"7"}, PersonId{""}};
  things.accounts = {AccountId{"auth0|root"}};
  things.entitlements = {
      {EntitlementKind::group, "Staff", {}}, {EntitlementKind::role, "Owner", "App-1"}};
  const Protection& row = GetParam();
  const auto said = things.protects(PersonId{row.person}, AccountId{row.account}, row.entitlement);
  EXPECT_EQ(said.value_or(""), row.expected);
}

const EntitlementName other{EntitlementKind::group, "Other", {}};

INSTANTIATE_TEST_SUITE_P(
    Table,
    Protected,
    testing::Values(
        Protection{"a_person", "7", "auth0|a", other, "the person 7 is protected"},
        Protection{"an_id_with_zeros_is_another", "007", "auth0|a", other, ""},
        Protection{"nobody_is_no_person", "", "auth0|a", other, ""},
        Protection{"an_account", "8", "auth0|root", other, "the account auth0|root is protected"},
        Protection{
            "an_account_of_nobody", "", "auth0|root", other, "the account auth0|root is protected"},
        Protection{"an_account_in_capitals_is_another", "8", "auth0|ROOT", other, ""},
        Protection{
            "a_group",
            "8",
            "auth0|a",
            {EntitlementKind::group, "STAFF", {}},
            "the group STAFF is protected"},
        Protection{
            "a_role",
            "8",
            "auth0|a",
            {EntitlementKind::role, "owner", "app-1"},
            "the role owner@app-1 is protected"},
        Protection{
            "a_role_of_another_application",
            "8",
            "auth0|a",
            {EntitlementKind::role, "Owner", "app-2"},
            ""},
        Protection{
            "a_role_called_like_a_group", "8", "auth0|a", {EntitlementKind::role, "Staff", ""}, ""}
    ),
    name_of_row
);

}  // namespace
}  // namespace rosterd
