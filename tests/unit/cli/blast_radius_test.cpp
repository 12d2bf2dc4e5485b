#include "cli/blast_radius.hpp"

#include "unit/domain/fixed_zones.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rosterd::cli {
namespace {

EntitlementName group(const std::string& name) {
  return {EntitlementKind::group, name, {}};
}

/// A rule for a department; for everybody where that is empty.
void add_rule(
    Policy& policy,
    const std::string& name,
    const std::string& department,
    const std::vector<std::string>& groups
) {
  Rule& rule = policy.rules.emplace_back();
  rule.name = name;
  if (!department.empty()) {
    rule.when.kind = Condition::Kind::test;
    rule.when.test.attribute = "department";
    rule.when.test.values.emplace_back(department);
  }
  for (const std::string& one : groups) rule.entitlements.push_back(group(one));
}

class ABlastRadius : public testing::Test {
 protected:
  ABlastRadius() {
    person("anna", "Engineering");
    person("ben", "Engineering");
    person("cleo", "Sales");
    for (Policy* policy : {&before, &after}) {
      add_rule(*policy, "everyone", "", {"Staff"});
      add_rule(*policy, "engineers", "Engineering", {"Code"});
    }
    before.version = "old";
    after.version = "new";
  }

  WorkPerson& person(const std::string& id, const std::string& department) {
    WorkPerson& made = people.emplace_back();
    made.record.id = PersonId(id);
    made.record.attributes.emplace("department", department);
    return made;
  }
  BlastRadius radius() const {
    return blast_radius(people, before, after, zones, *parse_rfc3339("2026-03-02T09:00:00Z"));
  }

  static std::string told(const BlastRadius::Effect& effect) {
    std::string text;
    for (const PersonId& one : effect.gained) text += " +" + one.value;
    for (const PersonId& one : effect.lost) text += " -" + one.value;
    return text;
  }
  std::string told() const {
    const BlastRadius found = radius();
    std::string text = std::to_string(found.affected) + " of " + std::to_string(found.people);
    for (const auto& [rule, effect] : found.rules) text += "; rule " + rule + told(effect);
    for (const auto& [name, effect] : found.entitlements) {
      text += "; " + to_string(name) + told(effect);
    }
    return text;
  }

  std::vector<WorkPerson> people;
  Policy before;
  Policy after;
  test::FixedZones zones;
};

TEST_F(ABlastRadius, OfTheSamePolicyIsEmpty) {
  EXPECT_EQ(told(), "0 of 3");
  EXPECT_EQ(radius().version_before, "old");
  EXPECT_EQ(radius().version_after, "new");
}

TEST_F(ABlastRadius, OfAMisspeltDepartmentIsEverybodyInIt) {
  after.rules[1].when.test.values = {AttributeValue("Enginering")};
  EXPECT_EQ(told(), "2 of 3; rule engineers -anna -ben; Code -anna -ben");
}

TEST_F(ABlastRadius, OfANewRuleIsWhoGainsByIt) {
  add_rule(after, "sales", "Sales", {"Customers"});
  EXPECT_EQ(told(), "1 of 3; rule sales +cleo; Customers +cleo");
}

TEST_F(ABlastRadius, OfARuleThatGivesSomethingElseIsGainAndLoss) {
  after.rules[1].entitlements = {group("Source")};
  EXPECT_EQ(
      told(), "2 of 3; rule engineers +anna +ben -anna -ben; Code -anna -ben; Source +anna +ben"
  );
}

TEST_F(ABlastRadius, TellsWhatAnotherRuleGivesAnywayByRuleAlone) {
  after.rules.pop_back();
  add_rule(after, "builders", "Engineering", {"Code"});
  EXPECT_EQ(told(), "0 of 3; rule builders +anna +ben; rule engineers -anna -ben");
}

TEST_F(ABlastRadius, TakesGroupsThatDifferByCaseForOne) {
  after.rules[1].entitlements = {group("CODE")};
  EXPECT_EQ(told(), "0 of 3");

  after.rules[1].when = Condition();
  EXPECT_EQ(told(), "1 of 3; rule engineers +cleo; CODE +cleo");
}

TEST_F(ABlastRadius, CountsWhatTheLifecycleChanges) {
  people.front().record.attributes.emplace("start_date", std::string("2026-03-05"));
  after.lifecycle.lead = std::chrono::hours{24 * 7};
  EXPECT_EQ(told(), "1 of 3; rule engineers +anna; rule everyone +anna; Code +anna; Staff +anna");
}

TEST_F(ABlastRadius, LeavesOutOfWhomNothingIsKnown) {
  people.emplace_back().record.id = PersonId("dora");
  add_rule(after, "new", "", {"New"});
  EXPECT_EQ(radius().people, 3u);
}

}  // namespace
}  // namespace rosterd::cli
