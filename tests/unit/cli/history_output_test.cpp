#include "cli/history_output.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>

namespace rosterd::cli {
namespace {

PersonThen anna() {
  PersonThen then;
  then.id = PersonId("1001");
  then.at = *parse_rfc3339("2026-03-01T09:00:00Z");
  then.recollection = Recollection::in_part;
  then.attributes.emplace("department", std::string("Sales"));
  then.set_by.emplace("department", 17);
  then.forgotten = {"country"};
  then.lifecycle = Lifecycle{};
  then.lifecycle->why = "status is active";
  AssignmentThen& staff = then.assignments.emplace_back();
  staff.account = AccountId("auth0|anna");
  staff.name.name = "Staff";
  staff.presence = AssignmentThen::Presence::there;
  staff.evidence = "in the ledger since 2026-02-01T09:00:00Z";
  then.caveats = {"Not everything is known."};
  return then;
}

TEST(AnEarlierMoment, IsToldWithWhatTellsIt) {
  std::ostringstream out;
  print_history(anna(), out);

  EXPECT_EQ(
      out.str(),
      "Person 1001 at 2026-03-01T09:00:00Z: folded from the events that are still kept.\n"
      "Lifecycle then: active: status is active.\n"
      "\n"
      "Attributes:\n"
      "  department  Sales               event 17\n"
      "  country     not known any more\n"
      "\n"
      "ASSIGNMENT  KIND   ACCOUNT     HAD IT  WHAT TELLS\n"
      "Staff       group  auth0|anna  yes     in the ledger since 2026-02-01T09:00:00Z\n"
      "\n"
      "Not everything is known.\n"
  );
}

std::string keys(const nlohmann::ordered_json& json) {
  std::string text;
  for (const auto& [key, value] : json.items()) text += (text.empty() ? "" : " ") + key;
  return text;
}

TEST(AnEarlierMoment, HasStableKeysForPrograms) {
  const nlohmann::ordered_json json = json_of(anna());

  EXPECT_EQ(
      keys(json),
      "id at recollection attributes set_by forgotten lifecycle lifecycle_why assignments caveats"
  );
  EXPECT_EQ(
      keys(json.at("assignments").at(0)),
      "account kind entitlement entitlement_id presence evidence"
  );
  EXPECT_EQ(json.at("recollection"), "in_part");
}

}  // namespace
}  // namespace rosterd::cli
