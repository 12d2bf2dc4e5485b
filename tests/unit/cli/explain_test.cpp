#include "cli/explain_output.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>

namespace rosterd::cli {
namespace {

using sync::Because;
using sync::ExplainedAccess;
using sync::Standing;

Instant at(const std::string& time) {
  return *parse_rfc3339("2026-03-01T" + time + ":00Z");
}

ExplainedAccess access(Standing standing, Because because, const std::string& group) {
  ExplainedAccess made;
  made.standing = standing;
  made.because = because;
  made.account = AccountId("auth0|anna");
  made.name.name = group;
  return made;
}

LedgerEntry granted() {
  LedgerEntry entry;
  entry.event = 17;
  entry.policy_version = "3f2a";
  entry.since = at("09:00");
  return entry;
}

ExplainedPerson anna() {
  ExplainedPerson person;
  person.record.id = PersonId("1001");
  person.record.attributes.emplace("display_name", std::string("Anna Adler"));
  person.record.attributes.emplace("department", std::string("Engineering"));
  person.record.attributes.emplace("status", std::string("active"));
  person.record.stamps["department"].arrival = 17;
  person.record.stamps["display_name"].arrival = 3;
  EventRow event;
  event.id = 17;
  event.event.source = "hr";
  event.received_at = at("08:59");
  person.events.push_back(event);

  sync::Explanation& known = person.explanation;
  known.tenant_known = true;
  known.lifecycle.why = "status is active";
  known.lifecycle.next_change_at = at("23:00");
  known.links.push_back({AccountId("auth0|anna"), "by the attribute user_id"});
  return person;
}

std::string told(const ExplainedPerson& person) {
  std::ostringstream out;
  print_explanation(person, out);
  return out.str();
}

TEST(AnExplanation, AnswersWhyAndWhyNotInOneLook) {
  ExplainedPerson person = anna();
  sync::Explanation& known = person.explanation;
  ExplainedAccess has = access(Standing::agreed, Because::rule, "Engineering");
  has.rules = {"engineers"};
  has.ledger = granted();
  known.access.push_back(has);
  ExplainedAccess lacks = access(Standing::missing, Because::retrying, "VPN");
  lacks.rules = {"engineers", "travellers"};
  lacks.why = "event 18 (person.changed) was tried and failed: HTTP 503";
  lacks.next_at = at("09:05");
  known.access.push_back(lacks);
  ExplainedAccess held = access(Standing::held, Because::in_hold, "Sales");
  held.why = "no rule gives it any more; waits for approval";
  held.hold = std::string(64, 'a');
  held.ledger = granted();
  held.ledger->adopted = true;
  held.ledger->event = 0;
  known.access.push_back(held);
  known.other_ways.push_back(
      {AccountId("auth0|anna"),
       {{EntitlementKind::group, "Staff", {}}, "member of Engineering, which is nested in Staff"},
       std::nullopt}
  );
  known.silent_rules.push_back(
      {"legal",
       {{EntitlementKind::group, "Legal", {}}},
       "department is \"Engineering\", not \"Legal\""}
  );

  EXPECT_EQ(
      told(person),
      "Person 1001, Anna Adler, is active: status is active.\n"
      "This changes by itself 2026-03-01T23:00:00Z.\n"
      "Account auth0|anna, found by the attribute user_id.\n"
      "\n"
      "Has:\n"
      "  group Engineering  rule \"engineers\" gives it; granted 2026-03-01T09:00:00Z by event 17 "
      "under "
      "policy 3f2a\n"
      "\n"
      "Should have, and has not:\n"
      "  group VPN  rules \"engineers\", \"travellers\" give it, but event 18 (person.changed) was "
      "tried "
      "and failed: HTTP 503; tried again 2026-03-01T09:05:00Z\n"
      "\n"
      "Has, and would lose, but it waits for approval:\n"
      "  group Sales  no rule gives it any more; waits for approval; hold aaaaaaaaaaaa; there "
      "already when rosterd first looked, 2026-03-01T09:00:00Z by time or policy under policy "
      "3f2a\n"
      "\n"
      "Has by other ways:\n"
      "  group Staff  member of Engineering, which is nested in Staff\n"
      "\n"
      "Rules that do not apply:\n"
      "  legal (Legal)  department is \"Engineering\", not \"Legal\"\n"
      "\n"
      "Attributes:\n"
      "  department    Engineering  event 17 of hr, received 2026-03-01T08:59:00Z\n"
      "  display_name  Anna Adler   event 3, not kept any more\n"
      "  status        active       no event says so\n"
  );
}

TEST(AnExplanation, SaysWhatItDoesNotRestOn) {
  ExplainedPerson person = anna();
  person.explanation.tenant_known = false;
  person.tenant_asked = false;
  EXPECT_NE(
      told(person).find("The tenant was not asked: this is what the store knows of it.\n"),
      std::string::npos
  );

  person.tenant_asked = true;
  person.tenant_problem = "the tenant gave no usable answer (transient)";
  EXPECT_NE(
      told(person).find("! the tenant gave no usable answer (transient)\n"
                        "What follows is what the store knows of it.\n"),
      std::string::npos
  );

  person.explanation.tenant_known = true;
  EXPECT_NE(
      told(person).find("What comes by other ways is as it was last seen.\n"), std::string::npos
  );
}

TEST(AnExplanation, OfSomebodyKnownByIdAloneSaysSo) {
  ExplainedPerson person;
  person.record.id = PersonId("1002");
  person.explanation.blank = true;
  person.explanation.no_link = "no account of the tenant belongs to this person yet";

  EXPECT_EQ(
      told(person),
      "Person 1002: nothing is known yet but the id, so nothing is decided.\n"
      "Account: no account of the tenant belongs to this person yet.\n"
  );
}

TEST(AnExplanation, NamesTheAccountWhereThereAreSeveral) {
  ExplainedPerson person = anna();
  person.explanation.links.push_back({AccountId("waad|anna"), "by the template waad|{entra_id}"});
  ExplainedAccess foreign = access(Standing::foreign, Because::not_ours, "Board");
  foreign.why = "no rule gives it, and rosterd did not";
  person.explanation.access.push_back(foreign);

  EXPECT_NE(
      told(person).find("Has, and rosterd has nothing to do with it:\n"
                        "  group Board for auth0|anna  no rule gives it, and rosterd did not\n"),
      std::string::npos
  );
}

TEST(AnExplanation, LetsNothingFromOutsideOntoTheTerminal) {
  ExplainedPerson person = anna();
  person.record.attributes["display_name"] = std::string("\x1b[2J");
  person.tenant_problem = "\x1b[2J";
  ExplainedAccess lacks = access(Standing::missing, Because::retrying, "VPN");
  lacks.why = "\x1b[2J";
  person.explanation.access.push_back(lacks);

  EXPECT_EQ(told(person).find('\x1b'), std::string::npos);
}

std::string keys(const nlohmann::ordered_json& json) {
  std::string text;
  for (const auto& [key, value] : json.items()) text += (text.empty() ? "" : " ") + key;
  return text;
}

// Scripts read these: a key may be added, none may go or change its name.
TEST(AnExplanation, HasStableKeysForPrograms) {
  ExplainedPerson person = anna();
  sync::Explanation& known = person.explanation;
  known.access.push_back(access(Standing::missing, Because::no_account, "VPN"));
  known.other_ways.push_back({AccountId("auth0|anna"), {}, at("09:00")});
  known.silent_rules.push_back({"legal", {}, "department is not set"});
  const nlohmann::ordered_json json = json_of(person);

  EXPECT_EQ(
      keys(json),
      "id lifecycle lifecycle_why lifecycle_changes_at entitled accounts account_problem "
      "tenant_asked tenant_read tenant_problem access other_ways rules_not_applying events "
      "attributes"
  );
  EXPECT_EQ(keys(json.at("accounts").at(0)), "account found");
  EXPECT_EQ(
      keys(json.at("access").at(0)),
      "standing because kind entitlement account rules why event next_at hold ledger"
  );
  EXPECT_EQ(keys(json.at("other_ways").at(0)), "account kind entitlement way seen_at");
  EXPECT_EQ(keys(json.at("rules_not_applying").at(0)), "rule gives because");
  EXPECT_EQ(keys(json.at("attributes").at(0)), "name value event source received_at");
  EXPECT_EQ(json.at("access").at(0).at("because"), "no_account");
}

}  // namespace
}  // namespace rosterd::cli
