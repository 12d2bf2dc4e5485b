#include "cli/plan_output.hpp"

#include "cli/exit_code.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>

namespace rosterd::cli {
namespace {

class APlan : public testing::Test {
 protected:
  void person(const std::string& id) { preview.people[PersonId(id)]; }
  void person_without_plan(const std::string& id, ErrorClass error) {
    auto& known = preview.people[PersonId(id)];
    known.problem = "something is wrong";
    known.error = error;
  }
  void change(Change::Kind kind, const std::string& id, const std::string& group) {
    person(id);
    Change made;
    made.kind = kind;
    made.person = PersonId(id);
    made.account = AccountId("auth0|" + id);
    made.name.name = group;
    made.reason = kind == Change::Kind::grant ? "rule everyone" : "no rule gives it any more";
    preview.plan.changes.push_back(made);
    preview.verdict.withheld.emplace_back();
  }
  void grant(const std::string& id, const std::string& group = "Staff") {
    change(Change::Kind::grant, id, group);
  }
  void removal(const std::string& id, const std::string& group) {
    change(Change::Kind::revoke, id, group);
  }
  void held(const std::string& id, const std::string& group, bool rejected = false) {
    removal(id, group);
    preview.verdict.withheld.back() = Withheld{HoldCause::removals, rejected};
  }
  void unknown_group(const std::string& id) {
    Unmet unmet{.person = PersonId(id), .account = {}, .name = {}, .why = {}};
    unmet.why = Unmet::Why::unknown_entitlement;
    preview.plan.unmet.push_back(unmet);
  }
  std::string told(const BlastRadius* radius = nullptr) const {
    std::ostringstream out;
    print_plan(preview, radius, out);
    return out.str();
  }
  nlohmann::ordered_json json(const BlastRadius* radius = nullptr) const {
    return json_of(preview, radius);
  }

  sync::Preview preview;
};

TEST_F(APlan, WithNothingToDoEndsWith0) {
  person("1");
  EXPECT_EQ(exit_code_of(preview), exit_code::done);
  EXPECT_EQ(in_words(trouble_of(preview)), "");
}

TEST_F(APlan, WithChangesEndsWith2) {
  grant("1");
  EXPECT_EQ(exit_code_of(preview), exit_code::changes);
}

TEST_F(APlan, ThatWouldOnlyBeHeldEndsWith2) {
  held("1", "Sales");
  EXPECT_EQ(exit_code_of(preview), exit_code::changes);
}

TEST_F(APlan, SaysForHowManyThereIsNone) {
  grant("1");
  person_without_plan("2", ErrorClass::ambiguous_account);
  person_without_plan("3", ErrorClass::no_account);
  EXPECT_EQ(exit_code_of(preview), exit_code::changes);
  EXPECT_EQ(in_words(trouble_of(preview)), "Nothing could be planned for 2 people.");
}

TEST_F(APlan, ThatIsNotTheWholeOneEndsWith1) {
  grant("1");
  person_without_plan("2", ErrorClass::transient);
  EXPECT_EQ(exit_code_of(preview), exit_code::failed);
  EXPECT_EQ(
      in_words(trouble_of(preview)),
      "Nothing could be planned for 1 person, 1 of them because the tenant gave no usable answer."
  );
}

TEST_F(APlan, CountsAGroupThatTheTenantLacksOnce) {
  unknown_group("1");
  unknown_group("2");
  EXPECT_EQ(trouble_of(preview).unknown, 1U);
  EXPECT_EQ(
      in_words(trouble_of(preview)), "The tenant lacks 1 group or role that the policy gives."
  );
}

TEST_F(APlan, IsToldByPersonAndByGroup) {
  grant("1");
  grant("2");
  removal("2", "Sales");
  preview.calls = 2;

  EXPECT_EQ(
      told(),
      "person 1 (active)\n"
      "  + group Staff for auth0|1  (rule everyone)\n"
      "person 2 (active)\n"
      "  + group Staff for auth0|2  (rule everyone)\n"
      "  - group Sales for auth0|2  (no rule gives it any more)\n"
      "\n"
      "By group and role:\n"
      "group Sales\n"
      "  - 1: 2\n"
      "group Staff\n"
      "  + 2: 1, 2\n"
      "\n"
      "2 assignments to grant, 1 to remove, 0 to adopt, 0 to forget, in 2 calls to the tenant, for "
      "2 people.\n"
  );
}

TEST_F(APlan, MarksWhatTheGuardWouldHold) {
  removal("1", "Legal");
  held("1", "Sales");
  held("2", "Sales");
  held("3", "Sales", true);
  preview.verdict.over[HoldCause::removals] =
      "11 assignments would be removed within 1 h; 10 may without approval";

  EXPECT_EQ(
      told(),
      "person 1 (active)\n"
      "  - group Legal for auth0|1  (no rule gives it any more)\n"
      "  = group Sales for auth0|1  (no rule gives it any more) HELD for approval\n"
      "person 2 (active)\n"
      "  = group Sales for auth0|2  (no rule gives it any more) HELD for approval\n"
      "person 3 (active)\n"
      "  = group Sales for auth0|3  (no rule gives it any more) stays: its removal was rejected\n"
      "\n"
      "By group and role:\n"
      "group Legal\n"
      "  - 1: 1\n"
      "group Sales\n"
      "  = held for approval, 2: 1, 2\n"
      "  = removal rejected, 1: 3\n"
      "\n"
      "Held by the guard:\n"
      "  2 removals of people who stay would wait for approval: 11 assignments would be removed "
      "within 1 h; 10 may without approval.\n"
      "  1 removal of people who stay would not be done: somebody rejected it.\n"
      "\n"
      "0 assignments to grant, 1 to remove (3 more held), 0 to adopt, 0 to forget, in 0 calls to "
      "the tenant with all of it, for 3 people.\n"
  );
}

TEST_F(APlan, SaysThatAHoldHasARemovalAlready) {
  held("1", "Sales");
  EXPECT_NE(
      told().find("1 removal of people who stay waits in an open hold; rosterd holds list shows it"
      ),
      std::string::npos
  );
}

TEST_F(APlan, NamesTenPeopleAndCountsTheRest) {
  for (int i = 10; i < 23; ++i) grant(std::to_string(i));
  EXPECT_NE(
      told().find("  + 13: 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 and 3 more\n"), std::string::npos
  );
  EXPECT_EQ(json().at("entitlements").at(0).at("gain").size(), 13u);
}

TEST_F(APlan, OfAnotherPolicyBeginsWithWhatTheRulesSay) {
  BlastRadius radius;
  radius.version_before = "3f2a";
  radius.version_after = "9b1c";
  radius.people = 30;
  radius.affected = 1;
  radius.rules["engineers"].lost = {PersonId("1")};
  radius.entitlements[{EntitlementKind::group, "Code", {}}].lost = {PersonId("1")};

  EXPECT_EQ(
      told(&radius),
      "Policy 9b1c instead of 3f2a: of 30 people, 1 gains or loses something by the rules.\n"
      "\n"
      "By rule:\n"
      "rule engineers\n"
      "  - 1: 1\n"
      "\n"
      "By group and role, as the rules say:\n"
      "group Code\n"
      "  - 1: 1\n"
      "\n"
      "What would be done in the tenant:\n"
      "\n"
      "0 assignments to grant, 0 to remove, 0 to adopt, 0 to forget, in 0 calls to the tenant, for "
      "0 people.\n"
      "Nothing is to be done in the tenant.\n"
  );
}

std::string keys(const nlohmann::ordered_json& json) {
  std::string text;
  for (const auto& [key, value] : json.items()) text += (text.empty() ? "" : " ") + key;
  return text;
}

// Scripts read these: a key may be added, none may go or change its name.
TEST_F(APlan, IsToldToProgramsWithStableKeys) {
  grant("1");
  held("1", "Sales");
  person_without_plan("2", ErrorClass::no_account);
  preview.verdict.over[HoldCause::removals] = "too many";
  BlastRadius radius;
  radius.rules["engineers"].lost = {PersonId("1")};
  radius.entitlements[{EntitlementKind::group, "Code", {}}].lost = {PersonId("1")};

  const auto out = json(&radius);

  EXPECT_EQ(
      keys(out),
      "changes unmet people entitlements calls grants removals held rejected over unplanned "
      "unasked "
      "changes_tenant policy_change"
  );
  EXPECT_EQ(
      keys(out.at("changes").at(0)), "change person account kind entitlement reason leaver held"
  );
  EXPECT_EQ(out.at("changes").at(0).at("held"), nullptr);
  EXPECT_EQ(out.at("changes").at(1).at("held").dump(), R"({"cause":"removals","rejected":false})");
  EXPECT_EQ(
      keys(out.at("people").at(0)),
      "person lifecycle lifecycle_why accounts problem class effective_at"
  );
  EXPECT_EQ(keys(out.at("entitlements").at(0)), "kind entitlement gain lose held rejected");
  EXPECT_EQ(out.at("over").dump(), R"({"removals":"too many"})");
  EXPECT_EQ(keys(out.at("policy_change")), "before after people affected rules entitlements");
  EXPECT_EQ(keys(out.at("policy_change").at("rules").at(0)), "rule gained lost");
  EXPECT_EQ(keys(out.at("policy_change").at("entitlements").at(0)), "kind entitlement gained lost");
  EXPECT_EQ(out.at("held"), 1);
  EXPECT_EQ(out.at("unplanned"), 1);
  EXPECT_EQ(json().at("policy_change"), nullptr);
}

}  // namespace
}  // namespace rosterd::cli
