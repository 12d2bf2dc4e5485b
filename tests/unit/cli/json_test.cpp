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
      keys(json_of(StatusView(), StatusExtras())),
      "events oldest_open_received_at people people_by_status links ledger policy_version files "
      "database_bytes schema_version holds held_leavers leavers_given_up residual drift contended "
      "contended_assignments reconciliation storage"
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

TEST(JsonKeys, OfTheSafetyNetAreStable) {
  EXPECT_EQ(
      keys(json_of(HeldRemoval())),
      "person account kind entitlement entitlement_id reason leaver event"
  );
  EXPECT_EQ(
      keys(json_of(Hold())),
      "id hash state cause why policy_version opened_at changed_at decided_at decided_by note "
      "finished_at removals"
  );
  EXPECT_EQ(
      keys(json_of(DriftRow())),
      "drift person account kind entitlement entitlement_id detail first_seen last_seen times "
      "there contended"
  );
  EXPECT_EQ(
      keys(json_of(ReconcileReport())),
      "started_at finished_at repairs people found contended people_to_repair"
  );
  EXPECT_EQ(
      keys(json_of(ReconcileReport()).at("found")), "missing unexpected foreign orphan_account"
  );
  EXPECT_EQ(keys(json_of(ResidualRow())), "person account kind entitlement way seen_at");
  EXPECT_EQ(
      keys(json_of(AuditRow())),
      "id at actor action person account entitlement event rule policy_version before after "
      "answer verified_at hash"
  );
  EXPECT_EQ(keys(json_of(StorageReading(), 0)), "bytes limit_bytes percent at");
}

Hold hold_with_everything() {
  Hold hold;
  hold.id = 3;
  hold.hash = std::string(64, 'a');
  hold.state = HoldState::approved;
  hold.cause = HoldCause::leavers;
  hold.why = "7 people have left within 24 h; 5 may without approval";
  hold.policy_version = "3f2a9b01c4de";
  hold.opened_at = *parse_rfc3339("2026-03-01T09:00:00Z");
  hold.changed_at = *parse_rfc3339("2026-03-01T09:00:00.000123Z");
  hold.decided_at = *parse_rfc3339("2026-03-02T09:00:00Z");
  hold.decided_by = "anna";
  hold.note = "closed \"site\"";
  hold.finished_at = *parse_rfc3339("2026-03-02T09:05:00Z");
  HeldRemoval& group = hold.removals.emplace_back();
  group.person = PersonId("4711");
  group.account = AccountId("auth0|1");
  group.entitlement.id = EntitlementId("g-1");
  group.name.name = "Sales@home";
  group.reason = "has left";
  group.leaver = true;
  group.event = 17;
  HeldRemoval& role = hold.removals.emplace_back();
  role.account = AccountId("waad|2");
  role.entitlement = {EntitlementKind::role, EntitlementId("r-1")};
  role.name = {EntitlementKind::role, "Developer", "app-id"};
  role.reason = "nobody's account";
  return hold;
}

TEST(Json, OfAHoldIsReadBackAsItWas) {
  const Hold hold = hold_with_everything();
  const auto read = hold_of(json_of(hold));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->removals, hold.removals);
  EXPECT_EQ(json_of(*read), json_of(hold));
}

TEST(Json, ThatIsNoHoldIsNoHold) {
  auto json = json_of(hold_with_everything());
  json["state"] = "forgotten";
  EXPECT_FALSE(hold_of(json));
  EXPECT_FALSE(hold_of(nlohmann::ordered_json()));
  EXPECT_FALSE(hold_of(nlohmann::ordered_json::object()));
}

TEST(Json, OfAReconciliationIsReadBackAsItWas) {
  ReconcileReport report;
  report.started_at = *parse_rfc3339("2026-03-01T09:00:00Z");
  report.finished_at = *parse_rfc3339("2026-03-01T09:00:03Z");
  report.repairs = true;
  report.people = 40;
  report.found[DriftKind::foreign] = 3;
  report.contended = 1;
  report.people_to_repair = 2;
  const auto read = reconcile_report_of(json_of(report));
  ASSERT_TRUE(read);
  EXPECT_EQ(json_of(*read), json_of(report));
  EXPECT_FALSE(reconcile_report_of(json_of(hold_with_everything())));
}

TEST(Json, OfTheStatusNamesEveryHeldLeaverAndCountsNoRemovalsItWasNotTold) {
  StatusView view;
  view.holds.push_back(hold_with_everything());
  view.held_leavers = {PersonId("4711"), PersonId("4712")};
  StatusExtras extras;
  extras.leavers_given_up = {PersonId("4713")};
  const auto json = json_of(view, extras);
  EXPECT_EQ(json.at("held_leavers").dump(), R"(["4711","4712"])");
  EXPECT_EQ(json.at("leavers_given_up").dump(), R"(["4713"])");
  EXPECT_FALSE(json.at("holds").at(0).contains("removals"));
  EXPECT_TRUE(json.at("storage").is_null());
  EXPECT_TRUE(json.at("reconciliation").is_null());
}

TEST(Json, TellsHowFullTheStorageIsWhereThereIsALimit) {
  StorageReading reading;
  reading.bytes = 400;
  EXPECT_EQ(json_of(reading, 500).at("percent"), 80);
  EXPECT_TRUE(json_of(reading, 0).at("percent").is_null());
  EXPECT_TRUE(json_of(reading, 0).at("limit_bytes").is_null());
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
