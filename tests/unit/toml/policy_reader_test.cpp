#include "reading.hpp"

#include <gtest/gtest.h>

namespace rosterd::test {

namespace {

class PolicyReader : public ::testing::Test {
 protected:
  config_files::PolicyResult read(const std::string& text) {
    return config_files::read_policy_text(text, "policy.toml", zones, crypto);
  }
  Policy good(const std::string& text) {
    auto result = read(text);
    EXPECT_EQ(shown(result.problems), "");
    return result.policy.value_or(Policy{});
  }
  std::string problems_of(const std::string& text) { return shown(read(text).problems); }

  /// Whether a rule with this `when` gives its group to somebody with these attributes.
  bool matches(const std::string& when, const Attributes& attributes) {
    const Policy policy = good("[[rule]]\nname='r'\ngroups=['g']\nwhen = " + when);
    return policy.rules.size() == 1 && holds(policy.rules[0].when, attributes);
  }

  FakeTimeZones zones;
  FakeCrypto crypto;
};

}  // namespace

TEST_F(PolicyReader, ReadsThePolicyOfTheDesign) {
  const Policy policy = good(R"([lifecycle]
time_zone = "Europe/Berlin"
lead = "2d"
leave = "suspend"
last_day = "start_of_day"
leaver = "revoke_granted"
[accounts]
use = "all"
match = [ { attribute = "user_id", must_exist = true }, { email = "Users" }, { template = "waad|{entra_id}" } ]
[[rule]]
name = "engineers"
when = { department = "Engineering", employment_type = { not = "Contractor" } }
groups = ["Engineering"]
roles = ["Developer@app"]
[structure]
create = true
[entitlements]
default_mode = "additive"
[[group]]
name = "Engineering"
description = "Everyone in engineering"
roles = ["Wiki Reader@app"]
nested = ["Interns"]
mode = "exact"
[[role]]
name = "Developer@app"
permissions = ["read:repo"]
[[permission]]
name = "read:repo@app"
)");

  EXPECT_EQ(policy.version, "5b6c69666563");
  EXPECT_EQ(policy.lifecycle.lead, 48h);
  EXPECT_EQ(policy.lifecycle.leave, LifecycleSettings::Leave::suspend);
  EXPECT_EQ(policy.lifecycle.leaver, LifecycleSettings::Leaver::revoke_granted);
  EXPECT_TRUE(policy.accounts.all);
  ASSERT_EQ(policy.accounts.match.size(), 3u);
  EXPECT_TRUE(policy.accounts.match[0].must_exist);
  EXPECT_EQ(policy.accounts.match[2].kind, AccountMatch::Kind::text_template);
  ASSERT_EQ(policy.rules.size(), 1u);
  EXPECT_EQ(policy.rules[0].line, 10u);
  ASSERT_EQ(policy.rules[0].entitlements.size(), 2u);
  EXPECT_EQ(to_string(policy.rules[0].entitlements[1]), "Developer@app");
  EXPECT_TRUE(policy.create_structure);
  EXPECT_EQ(policy.mode_of({EntitlementKind::group, "Engineering", ""}), Mode::exact);
  EXPECT_EQ(policy.mode_of({EntitlementKind::group, "Other", ""}), Mode::additive);
  EXPECT_EQ(policy.groups[0].nested, std::vector<std::string>{"Interns"});
  EXPECT_EQ(policy.permissions[0].application, "app");
}

TEST_F(PolicyReader, ReadsWhatIsProtected) {
  const ProtectedThings things = good(R"(
[[rule]]
name = "everyone"
groups = ["Staff"]
[protected]
people = ["0042", "42"]
accounts = ["auth0|break-glass", "samlp|corp|a/b@x.com"]
groups = ["Administrators"]
roles = ["Owner@billing", "a@b@app"]
)")
                                     .protected_things;

  EXPECT_EQ(things.people, (std::vector{PersonId("0042"), PersonId("42")}));
  EXPECT_EQ(
      things.accounts,
      (std::vector{AccountId("auth0|break-glass"), AccountId("samlp|corp|a/b@x.com")})
  );
  EXPECT_EQ(
      things.entitlements,
      (std::vector<EntitlementName>{
          {EntitlementKind::group, "Administrators", ""},
          {EntitlementKind::role, "Owner", "billing"},
          {EntitlementKind::role, "a@b", "app"}})
  );
}

TEST_F(PolicyReader, SaysWhichProtectedThingsCannotBeMeant) {
  EXPECT_EQ(
      problems_of(R"([[rule]]
name = "everyone"
groups = ["Staff"]
[protected]
people = ["", "42", "42"]
acounts = ["auth0|a"]
accounts = ["admin@x.com", "auth0|a"]
groups = ["staff", "Staff "]
roles = ["Owner", "@app"]
)"),
      "policy.toml:5:11: an empty name in people\n"
      "policy.toml:5:21: \"42\" stands in this list twice\n"
      "policy.toml:6:1: unknown key \"acounts\" in [protected]; did you mean \"accounts\"?\n"
      "policy.toml:7:13: the account \"admin@x.com\" should be a user_id as the tenant has it: "
      "\"auth0|5f7c8ec7c33c6c004bbafe82\"\n"
      "policy.toml:8:11: \"staff\" and \"Staff\" differ by case only; write the name as the tenant "
      "has it\n"
      "policy.toml:9:10: the role \"Owner\" has no application: NAME@APPLICATION_ID\n"
      "policy.toml:9:19: the role \"@app\" has no application: NAME@APPLICATION_ID\n"
  );
}

TEST_F(PolicyReader, LinksPeopleByUserIdUnlessItSaysOtherwise) {
  const Policy policy = good("[[rule]]\nname='everyone'\ngroups=['Staff']\n");

  ASSERT_EQ(policy.accounts.match.size(), 1u);
  EXPECT_EQ(policy.accounts.match[0].argument, "user_id");
  EXPECT_TRUE(holds(policy.rules[0].when, {}));
}

TEST_F(PolicyReader, TestsEveryKeyOfWhen) {
  const Attributes berlin = {{"department", "Sales"}, {"location", "Berlin"}};

  EXPECT_TRUE(matches("{ department = 'sales', location = 'Berlin' }", berlin));
  EXPECT_FALSE(matches("{ department = 'sales', location = 'Paris' }", berlin));
  EXPECT_TRUE(matches("{ location = ['Paris', 'Berlin'] }", berlin));
  EXPECT_FALSE(matches("{ department = { any = ['sales'], case = 'exact' } }", berlin));
  EXPECT_TRUE(matches("{ department = { matches = 'S*' } }", berlin));
  EXPECT_FALSE(matches("{ department = { not = { matches = 'S*' } } }", berlin));
  EXPECT_TRUE(matches("{ department = { not = ['HR', 'Legal'] } }", berlin));
  EXPECT_TRUE(matches("{ manager_id = { exists = false } }", berlin));
}

TEST_F(PolicyReader, ComparesNumbersAndDates) {
  const Attributes grade_7 = {{"grade", std::int64_t{7}}, {"start_date", "2026-03-01"}};

  EXPECT_TRUE(matches("{ grade = { at_least = 5, at_most = 7 } }", grade_7));
  EXPECT_FALSE(matches("{ grade = { at_least = 8 } }", grade_7));
  EXPECT_TRUE(matches("{ start_date = { at_least = 2026-01-01 } }", grade_7));
  EXPECT_TRUE(matches("{ grade = 7 }", grade_7));
}

TEST_F(PolicyReader, NestsAnyAllAndNone) {
  const std::string when =
      "{ any = [{ department = 'Sales' }, { all = [{ location = 'Berlin' }, { none = [{ department "
      "= 'HR' }] }] }] }";

  EXPECT_TRUE(matches(when, {{"department", "Sales"}}));
  EXPECT_TRUE(matches(when, {{"department", "IT"}, {"location", "Berlin"}}));
  EXPECT_FALSE(matches(when, {{"department", "HR"}, {"location", "Berlin"}}));
}

TEST_F(PolicyReader, ShowsEveryProblemAtOnceWithItsPlace) {
  EXPECT_EQ(
      problems_of(R"([lifecycle]
time_zone = "Europe/Berln"
[[rule]]
name = "a"
grups = ["Staff"]
roles = ["Developer"]
[[rule]]
name = "a"
groups = ["Staff", "staff"]
)"),
      "policy.toml:2:13: time_zone is \"Europe/Berln\", should be a name of the IANA database: "
      "\"Europe/Berlin\", \"UTC\"\n"
      "policy.toml:5:1: unknown key \"grups\" in [[rule]]; did you mean \"groups\"?\n"
      "policy.toml:6:10: the role \"Developer\" has no application: NAME@APPLICATION_ID\n"
      "policy.toml:8:8: a second rule is named \"a\"\n"
      "policy.toml:9:20: \"staff\" and \"Staff\" differ by case only; write the name as the tenant "
      "has it\n"
  );
}

struct Wrong {
  const char* name;
  const char* text;
  const char* says;
};

class WrongPolicy : public PolicyReader, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WrongPolicy, IsNamed) {
  const std::string shown_problems = problems_of(GetParam().text);

  EXPECT_NE(shown_problems.find(GetParam().says), std::string::npos) << shown_problems;
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    WrongPolicy,
    ::testing::Values(
        Wrong{"empty", "", "policy.toml: has no [[rule]]"},
        Wrong{"rule_of_nothing", "[[rule]]\nname='a'", "policy.toml:1:1: [[rule]] gives nothing"},
        Wrong{
            "group_twice",
            "[[rule]]\nname='a'\ngroups=['g','g']",
            "policy.toml:3:13: \"g\" stands in this list twice"},
        Wrong{
            "never",
            "[[rule]]\nname='a'\ngroups=['g']\nwhen={ department='A', all=[{department='B'}] }",
            "policy.toml:4:6: rule \"a\" can never match"},
        Wrong{
            "test_typo",
            "[[rule]]\nname='a'\ngroups=['g']\nwhen={ department={ machtes='x' } }",
            R"(did you mean "matches"?)"},
        Wrong{
            "empty_list",
            "[[rule]]\nname='a'\ngroups=['g']\nwhen={ department=[] }",
            "compared with an empty list"},
        Wrong{"empty_when", "[[rule]]\nname='a'\ngroups=['g']\nwhen={}", "holds for everybody"},
        Wrong{
            "any_as_text",
            "[[rule]]\nname='a'\ngroups=['g']\nwhen={ any='x' }",
            "any should be a list of conditions"},
        Wrong{"brace", "[accounts]\nmatch=[{template='waad|{id'}]", "has a { without its }"},
        Wrong{
            "constant_template",
            "[accounts]\nmatch=[{template='waad|x'}]",
            "everybody would get the same account"},
        Wrong{"two_ways", "[accounts]\nmatch=[{attribute='a', email='b'}]", "should be one of"},
        Wrong{"no_ways", "[accounts]\nmatch=[]", "nobody would ever have an account"},
        Wrong{
            "circle",
            "[[group]]\nname='A'\nnested=['B']\n[[group]]\nname='B'\nnested=['a']",
            "nested in a circle: \"A\" > \"B\" > \"a\""},
        Wrong{
            "group_declared_twice",
            "[[group]]\nname='A'\n[[group]]\nname='A'",
            "\"A\" is declared twice"},
        Wrong{"permission", "[[permission]]\nname='read'", "should be NAME@APPLICATION_ID"},
        Wrong{
            "protected_number",
            "[protected]\npeople=[42]",
            "policy.toml:2:9: an element of people is an integer, should be a string"},
        Wrong{
            "protected_text",
            "[protected]\ngroups='Staff'",
            "policy.toml:2:8: groups is a string, should be a list of strings"},
        Wrong{
            "protected_list",
            "[[protected]]\ngroups=['Staff']",
            "protected is a list, should be one table: [protected]"},
        Wrong{"mode", "[entitlements]\ndefault_mode='manged'", R"(did you mean "managed"?)"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(PolicyReader, AcceptsTheAnnotatedExample) {
  const auto result = config_files::read_policy(
      std::string(ROSTERD_SOURCE_DIR) + "/config/policy.toml", zones, crypto
  );

  EXPECT_EQ(shown(result.problems), "");
}

TEST_F(PolicyReader, AcceptsWhatTheExampleCommentsOut) {
  const Policy policy = good(opened_example("policy.toml"));

  EXPECT_EQ(policy.lifecycle.lead, LifecycleSettings{}.lead);
  EXPECT_EQ(policy.lifecycle.leave, LifecycleSettings{}.leave);
  EXPECT_EQ(policy.default_mode, Policy{}.default_mode);
  EXPECT_FALSE(policy.create_structure);
  EXPECT_TRUE(policy.protected_things.people.empty());
  EXPECT_TRUE(policy.protected_things.entitlements.empty());
}

}  // namespace rosterd::test
