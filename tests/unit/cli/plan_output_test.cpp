#include "cli/plan_output.hpp"

#include "cli/exit_code.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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
  void grant(const std::string& id) {
    person(id);
    Change change;
    change.person = PersonId(id);
    preview.plan.changes.push_back(change);
  }
  void unknown_group(const std::string& id) {
    Unmet unmet{.person = PersonId(id), .account = {}, .name = {}, .why = {}};
    unmet.why = Unmet::Why::unknown_entitlement;
    preview.plan.unmet.push_back(unmet);
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

TEST_F(APlan, IsToldToProgramsWithStableKeys) {
  grant("1");
  person_without_plan("2", ErrorClass::no_account);
  testing::internal::CaptureStdout();
  print_plan_json(preview);
  const auto json = nlohmann::json::parse(testing::internal::GetCapturedStdout());
  for (const char* key :
       {"changes",
        "unmet",
        "people",
        "calls",
        "grants",
        "removals",
        "unplanned",
        "unasked",
        "changes_tenant"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json.at("unplanned"), 1);
}

}  // namespace
}  // namespace rosterd::cli
