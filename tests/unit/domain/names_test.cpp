#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/drift.hpp"
#include "rosterd/domain/entitlement.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/lifecycle.hpp"
#include "rosterd/domain/outcome.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace rosterd {
namespace {

TEST(Names, EveryEventStateIsReadBackFromItsName) {
  for (const EventState state : all_event_states()) {
    EXPECT_EQ(event_state(to_string(state)), state) << to_string(state);
  }
  EXPECT_EQ(event_state("nonsense"), std::nullopt);
}

TEST(Names, NoEventStateIsForgottenInTheirList) {
  std::set<EventState> listed(all_event_states().begin(), all_event_states().end());
  for (int i = 0; i <= static_cast<int>(EventState::dead); ++i) {
    EXPECT_TRUE(listed.contains(static_cast<EventState>(i))) << i;
  }
}

TEST(Names, OnlySettledStatesAreFinal) {
  std::string final_states;
  for (const EventState state : all_event_states()) {
    if (is_final(state)) final_states += std::string(to_string(state)) + " ";
  }
  EXPECT_EQ(final_states, "applied superseded ignored cancelled dead ");
}

TEST(Names, EveryErrorClassIsReadBackFromItsName) {
  for (const ErrorClass each : all_error_classes()) {
    EXPECT_EQ(error_class(to_string(each)), each) << to_string(each);
  }
  EXPECT_EQ(all_error_classes().front(), ErrorClass::authentication);
  EXPECT_EQ(all_error_classes().back(), ErrorClass::storage_full);
  EXPECT_EQ(error_class(""), std::nullopt);
}

TEST(Names, AChangeTypeThatNobodyKnowsIsUnknown) {
  EXPECT_EQ(change_type("person.joined"), ChangeType::joined);
  EXPECT_EQ(change_type("person.changed"), ChangeType::changed);
  EXPECT_EQ(change_type("person.left"), ChangeType::left);
  EXPECT_EQ(change_type("person.notice"), ChangeType::notice);
  EXPECT_EQ(change_type("person.Left"), ChangeType::unknown);
  EXPECT_EQ(change_type("unknown"), ChangeType::unknown);
}

TEST(Names, CausesAndStatesOfHoldsAreReadBack) {
  for (const HoldCause each : {HoldCause::leavers, HoldCause::removals, HoldCause::emptied}) {
    EXPECT_EQ(hold_cause(to_string(each)), each);
  }
  std::string in_force;
  for (const HoldState each :
       {HoldState::open,
        HoldState::approved,
        HoldState::done,
        HoldState::rejected,
        HoldState::lapsed}) {
    EXPECT_EQ(hold_state(to_string(each)), each);
    if (is_in_force(each)) in_force += std::string(to_string(each)) + " ";
  }
  EXPECT_EQ(in_force, "open approved rejected ");
  EXPECT_EQ(hold_cause("others"), std::nullopt);
  EXPECT_EQ(hold_state(""), std::nullopt);
}

TEST(Names, KindsOfDriftAreReadBack) {
  std::string all;
  for (const DriftKind each : all_drift_kinds()) {
    EXPECT_EQ(drift_kind(to_string(each)), each);
    all += std::string(to_string(each)) + " ";
  }
  EXPECT_EQ(all, "missing unexpected foreign orphan_account ");
  EXPECT_EQ(drift_kind("drift"), std::nullopt);
}

TEST(Names, ModesAndStatesAreReadBack) {
  for (const Mode each : {Mode::managed, Mode::exact, Mode::additive, Mode::report}) {
    EXPECT_EQ(mode(to_string(each)), each);
  }
  EXPECT_EQ(lifecycle_state("on_leave"), LifecycleState::on_leave);
  EXPECT_EQ(lifecycle_state("Active"), LifecycleState::active);
  EXPECT_EQ(lifecycle_state("inactive"), std::nullopt);
}

TEST(Entitlement, ARoleIsNamedWithItsApplicationAfterTheLastAt) {
  const auto role = parse_role_name("Ops@Night@app-1");
  ASSERT_TRUE(role);
  EXPECT_EQ(role->name, "Ops@Night");
  EXPECT_EQ(role->application, "app-1");
  std::ostringstream shown;
  shown << *role;
  EXPECT_EQ(shown.str(), "Ops@Night@app-1");
}

TEST(Entitlement, ARoleWithoutNameOrApplicationIsNone) {
  EXPECT_EQ(parse_role_name("Developer"), std::nullopt);
  EXPECT_EQ(parse_role_name("Developer@"), std::nullopt);
  EXPECT_EQ(parse_role_name("@app"), std::nullopt);
  EXPECT_EQ(parse_role_name(""), std::nullopt);
}

TEST(Attributes, AreShownAsPeopleWriteThem) {
  EXPECT_EQ(to_text(std::string("R&D")), "R&D");
  EXPECT_EQ(to_text(std::int64_t{42}), "42");
  EXPECT_EQ(to_text(0.5), "0.5");
  EXPECT_EQ(to_text(true), "true");
  EXPECT_EQ(to_text(std::vector<std::string>{"a", "b"}), "a, b");
}

TEST(Attributes, OnlyATextThatSaysSomethingIsAText) {
  const Attributes attributes{
      {"email", std::string("a@b.c")}, {"empty", std::string()}, {"number", std::int64_t{1}}};
  EXPECT_EQ(text_of(attributes, "email"), "a@b.c");
  EXPECT_EQ(text_of(attributes, "empty"), std::nullopt);
  EXPECT_EQ(text_of(attributes, "number"), std::nullopt);
  EXPECT_EQ(text_of(attributes, "absent"), std::nullopt);
}

}  // namespace
}  // namespace rosterd
