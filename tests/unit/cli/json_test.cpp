#include "cli/json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace rosterd::cli {
namespace {

std::string keys(const nlohmann::ordered_json& json) {
  std::string text;
  for (const auto& [key, value] : json.items()) text += (text.empty() ? "" : " ") + key;
  return text;
}

// Scripts read these: a key may be added, none may go or change its name.
TEST(JsonKeys, AreStable) {
  EXPECT_EQ(
      keys(json_of(EventRow())),
      "id source external_id type mode person state received_at occurred_at effective_at sequence "
      "attempts crashes next_attempt_at finished_at class reason replay_of"
  );
  EXPECT_EQ(keys(json_of(AttemptRow())), "number at class reason");
  EXPECT_EQ(
      keys(json_of(OperationRecord())),
      "operation kind entitlement entitlement_id account person event reason policy_version "
      "sent_at status verified_at lost"
  );
  EXPECT_EQ(
      keys(json_of(LedgerEntry())),
      "account kind entitlement entitlement_id rule policy_version event since adopted"
  );
  EXPECT_EQ(
      keys(json_of(PersonRow())),
      "id attributes accounts assignments stale first_seen changed_at next_due_at "
      "account_recheck_at"
  );
  EXPECT_EQ(
      keys(json_of(Intake())),
      "id source file sha256 state taken_at finished_at rows rows_failed people quarantined joined "
      "changed left unchanged reason"
  );
  EXPECT_EQ(
      keys(json_of(StatusView())),
      "events oldest_open_received_at people people_by_status links ledger policy_version files "
      "database_bytes schema_version"
  );
  EXPECT_EQ(keys(json_of(Change())), "change person account kind entitlement reason leaver");
  EXPECT_EQ(
      keys(json_of(Unmet{.person = {}, .account = {}, .name = {}, .why = Unmet::Why::no_account})),
      "person account entitlement removal why"
  );
  EXPECT_EQ(
      keys(json_of(EffectiveAccess())), "groups direct_groups roles direct_roles permissions"
  );
}

TEST(Json, SaysNullForWhatIsNotThere) {
  const auto json = json_of(EventRow());
  for (const char* key :
       {"occurred_at",
        "effective_at",
        "sequence",
        "next_attempt_at",
        "finished_at",
        "class",
        "reason",
        "replay_of"}) {
    EXPECT_TRUE(json.at(key).is_null()) << key;
  }
}

TEST(Json, KeepsTheTypesOfAttributes) {
  Attributes attributes;
  attributes.emplace("level", std::int64_t{7});
  attributes.emplace("name", std::string("Zoë"));
  attributes.emplace("remote", true);
  attributes.emplace("teams", std::vector<std::string>{"a", "b"});
  EXPECT_EQ(
      json_of(attributes).dump(), R"({"level":7,"name":"Zoë","remote":true,"teams":["a","b"]})"
  );
}

TEST(Json, ShowsStatesAndClassesByTheirNames) {
  EventRow row;
  row.id = 17;
  row.state = EventState::dead;
  row.error = ErrorClass::unknown_entitlement;
  row.event.effective_at = Effective(*parse_date("2026-04-01"));
  const auto json = json_of(row);
  EXPECT_EQ(json.at("state"), "dead");
  EXPECT_EQ(json.at("class"), "unknown_entitlement");
  EXPECT_EQ(json.at("effective_at"), "2026-04-01");
}

}  // namespace
}  // namespace rosterd::cli
