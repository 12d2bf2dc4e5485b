#include "audit_fixture.hpp"

namespace rosterd::test {
namespace {

using Lines = std::vector<std::string>;

/// What of all that happens is told, and how.
class AuditEntries : public AuditStoreTest {
 protected:
  void SetUp() override {
    temp.run(temp.work().use_policy("v1", "text", now));
    before_ = last_id();
  }
  /// What the audit learned since this was last asked.
  Lines news() {
    Lines lines = told_after(before_);
    before_ = last_id();
    return lines;
  }
  EventResult waits(EventId id) const {
    EventResult result = became(id, EventState::waiting);
    result.error = ErrorClass::no_account;
    result.reason = "no account yet";
    result.next_attempt_at = now + 30min;
    return result;
  }

 private:
  std::int64_t before_ = 0;
};

TEST_F(AuditEntries, HaveEveryEventThatEnds) {
  for (const char* person : {"ada", "bob"}) accepted({.person = person});
  take();
  EventResult applied = became(1, EventState::applied);
  applied.reason = "granted Engineering";
  settle({applied, became(2, EventState::held)});

  EXPECT_EQ(
      news(),
      (Lines{
          "event 1 of hr: event applied ada running > applied (granted Engineering)",
          "event 2 of hr: event held bob running > held"})
  );
  EXPECT_EQ(rows().back().entry.policy_version, "v1");
  EXPECT_EQ(rows().back().entry.event, 2);
  EXPECT_EQ(rows().back().entry.at, now);
}

TEST_F(AuditEntries, TellOnceOfAnEventThatGoesOnWaitingForTheSame) {
  accepted({.person = "ada"});
  for (int half_hours = 0; half_hours < 5; ++half_hours) {
    take();
    settle({waits(1)});
    now += 30min;
  }

  EXPECT_EQ(news(), Lines{"event 1 of hr: event waiting ada running > waiting (no account yet)"});
}

TEST_F(AuditEntries, TellEveryAttemptThatCounts) {
  accepted({.person = "ada"});
  for (int attempts = 0; attempts < 2; ++attempts) {
    take();
    settle({retries(1, 10s)});
    now += 10s;
  }

  const std::string attempt =
      "event 1 of hr: event retrying ada running > retrying (502 Bad Gateway)";
  EXPECT_EQ(news(), (Lines{attempt, attempt}));
}

TEST_F(AuditEntries, TellNothingOfAnEventThatIsGivenBack) {
  accepted({.person = "ada"});
  take();
  settle({became(1, EventState::pending)});

  EXPECT_EQ(news(), Lines{});
}

TEST_F(AuditEntries, HaveEventsThatALaterOneFinished) {
  accepted({.person = "ada"});
  settle({waits(1)});
  news();
  Settlement settlement;
  settlement.agreed.emplace_back("ada");
  settle(std::move(settlement));

  EXPECT_EQ(
      news(),
      Lines{"event 1 of hr: event applied ada waiting > applied (the tenant agrees since a later "
            "event)"}
  );
}

TEST_F(AuditEntries, HavePoisonedEvents) {
  accepted({.person = "ada"});
  take();
  temp.crash_and_reopen();
  temp.run(temp.work().recover(now, 1));

  EXPECT_EQ(
      news(),
      Lines{"event 1 of hr: event dead ada running > dead (the process ended 1 times while working "
            "on it)"}
  );
}

TEST_F(AuditEntries, HaveEveryOperationWithItsAnswerAndWhatItCameTo) {
  using Kind = Operation::Kind;
  OperationRecord lost = operation(Kind::add_roles, 204, false);
  lost.lost = 3;
  lost.name = EntitlementName{EntitlementKind::role, "Editor", "wiki"};
  settle_operations(
      {operation(Kind::add_members, 204, true),
       operation(Kind::remove_members, 204, true),
       operation(Kind::remove_roles, 0, false),
       operation(Kind::add_members, 502, false),
       operation(Kind::add_members, 400, false),
       lost}
  );

  EXPECT_EQ(
      news(),
      (Lines{
          "time: granted ada Engineering absent > present, HTTP 204 (engineers)",
          "time: removed ada Engineering present > absent, HTTP 204 (engineers)",
          "time: removal tried ada Engineering present > unknown, no answer (engineers)",
          "time: grant tried ada Engineering absent > unknown, HTTP 502 (engineers)",
          "time: grant tried ada Engineering absent > absent, HTTP 400 (engineers)",
          "time: grant tried ada Editor@wiki absent > absent, HTTP 204 (engineers)"})
  );
  const AuditEntry granted = rows().at(1).entry;
  EXPECT_EQ(granted.account, AccountId("auth0|ada"));
  EXPECT_EQ(granted.policy_version, "v1");
  EXPECT_EQ(granted.verified_at, now + 1s);
}

TEST_F(AuditEntries, NameWhoIsBehindAnOperation) {
  accepted({.person = "ada", .source = "payroll"});
  known("ada");
  OperationRecord by_event = operation(Operation::Kind::add_members, 204, true);
  by_event.event = 1;
  OperationRecord by_forgotten_event = by_event;
  by_forgotten_event.event = 4711;
  settle_operations({by_event, by_forgotten_event});
  take();
  known("ada");
  settle_operations({operation(Operation::Kind::add_members, 204, true)});
  temp.run(temp.work().use_policy("v2", "text", now));
  take();
  settle_operations({operation(Operation::Kind::add_members, 204, true)});

  const std::string granted = "granted ada Engineering absent > present, HTTP 204 (engineers)";
  EXPECT_EQ(
      news(),
      (Lines{
          "event 1 of payroll: " + granted,
          "event 4711: " + granted,
          "time: " + granted,
          "worker: policy in force v1 > v2",
          "policy v2: " + granted})
  );
}

TEST_F(AuditEntries, NameWhoApprovedARemovalWhenItsHoldEndsWithIt) {
  Hold approved = hold({held("ada", "Engineering")});
  approved.state = HoldState::approved;
  approved.decided_by = "anna";
  settle_hold(approved, "anna");
  news();
  Settlement settlement;
  OperationRecord of_bob = operation(Operation::Kind::remove_members, 204, true);
  of_bob.person = PersonId("bob");
  of_bob.account = AccountId("auth0|bob");
  settlement.operations = {operation(Operation::Kind::remove_members, 204, true), of_bob};
  approved.id = 1;
  approved.state = HoldState::done;
  approved.why = "part";
  approved.hash = "two";
  approved.removals.clear();
  settlement.holds = {approved};
  settle(std::move(settlement));

  EXPECT_EQ(
      news(),
      (Lines{
          "operator anna: removed ada Engineering present > absent, HTTP 204 (engineers)",
          "time: removed bob Engineering present > absent, HTTP 204 (engineers)",
          "worker: hold done approved > done (hold 1: part; hash two)"})
  );
}

TEST_F(AuditEntries, HaveWhatIsAdoptedOnceAndNoClaim) {
  Settlement settlement;
  LedgerEntry adopted = ledger_entry("ada", "Staff");
  adopted.adopted = true;
  settlement.granted = {adopted, ledger_entry("ada", "Engineering")};
  settle(settlement);
  settle(settlement);

  EXPECT_EQ(news(), Lines{"time: adopted ada Staff present > present (engineers)"});
}

TEST_F(AuditEntries, HaveWhatLeavesTheLedgerWithoutHavingBeenRemoved) {
  Settlement granting;
  granting.granted = {ledger_entry("ada", "Staff"), ledger_entry("ada", "Engineering")};
  settle(std::move(granting));
  now += 1h;
  take();
  Settlement revoking;
  for (const char* group : {"Staff", "Engineering", "Never Granted"}) {
    const LedgerEntry entry = ledger_entry("ada", group);
    revoking.revoked.emplace_back(entry.account, entry.entitlement);
  }
  revoking.operations = {operation(Operation::Kind::remove_members, 204, true)};
  settle(std::move(revoking));

  EXPECT_EQ(
      news(),
      (Lines{
          "time: removed ada Engineering present > absent, HTTP 204 (engineers)",
          "time: forgotten ada Staff absent > absent (not there any more; it was by engineers)"})
  );
}

TEST_F(AuditEntries, HaveNoClaimThatIsTakenBackUnsent) {
  take();
  now += 1s;
  Settlement claiming;
  claiming.granted = {ledger_entry("ada", "Staff")};
  settle(std::move(claiming));
  now += 1s;
  Settlement ending;
  const LedgerEntry entry = ledger_entry("ada", "Staff");
  ending.revoked.emplace_back(entry.account, entry.entitlement);
  settle(std::move(ending));

  EXPECT_EQ(news(), Lines{});
}

TEST_F(AuditEntries, HaveTheLifeOfAHoldAndWhoDecided) {
  Hold made = hold({held("ada", "Staff"), held("bob", "Staff")});
  made.hash = "one";
  settle_hold(made);
  made.id = 1;
  made.removals.pop_back();
  made.hash = "two";
  settle_hold(made);
  settle_hold(made);
  made.state = HoldState::approved;
  made.note = "as agreed";
  settle_hold(made, "anna");
  made.state = HoldState::done;
  made.removals.clear();
  settle_hold(made);

  const std::string why = "(hold 1: 12 assignments within 1 h; 10 may without approval; ";
  EXPECT_EQ(
      news(),
      (Lines{
          "worker: hold opened > open " + why + "removals: 2; hash one)",
          "worker: hold changed open > open " + why + "removals: 1; hash two)",
          "operator anna: hold approved open > approved " + why +
              "removals: 1; hash two; note: as agreed)",
          "worker: hold done approved > done " + why + "hash two; note: as agreed)"})
  );
}

TEST_F(AuditEntries, HaveAHoldThatIsDecidedAsItIsMade) {
  Hold part = hold({held("ada", "Staff")});
  part.hash = "one";
  part.why = "part";
  part.state = HoldState::rejected;
  settle_hold(part, "anna");

  EXPECT_EQ(
      news(), Lines{"operator anna: hold rejected > rejected (hold 1: part; removals: 1; hash one)"}
  );
}

TEST_F(AuditEntries, HaveHeldEventsThatAPersonReleasedOrRefused) {
  for (const char* person : {"ada", "bob"}) accepted({.person = person});
  settle({became(1, EventState::held), became(2, EventState::held)});
  news();
  Settlement settlement;
  settlement.released.emplace_back("ada");
  settlement.refused.emplace_back("bob");
  settlement.refused_reason = "they stay";
  settlement.decided_by = "anna";
  settle(std::move(settlement));

  EXPECT_EQ(
      news(),
      (Lines{
          "operator anna: event pending ada held > pending (approved by anna)",
          "operator anna: event cancelled bob held > cancelled (they stay)"})
  );
}

TEST_F(AuditEntries, HaveWhatAPersonDoesToTheOutbox) {
  for (const char* person : {"ada", "bob"}) accepted({.person = person});
  settle({became(1, EventState::dead)});
  news();

  temp.run(temp.control().replay(EventSelection{}, "anna", now));
  EventSelection bob;
  bob.person = PersonId("bob");
  temp.run(temp.control().cancel(bob, "a mistake", "", now));

  EXPECT_EQ(
      news(),
      (Lines{
          "operator anna: event replayed ada dead > pending (event 1 again)",
          "operator: event cancelled bob pending > cancelled (a mistake)"})
  );
}

TEST_F(AuditEntries, HaveFilesThatWereTakenOrTurnedAway) {
  const auto finished = [&](const std::string& name, IntakeState state) {
    Intake intake = temp.run(temp.intake().begin("hr-drop", name, digest_of(name), now));
    intake.state = state;
    intake.finished_at = now;
    intake.rows = 7;
    intake.joined = 2;
    if (state == IntakeState::held) intake.reason = "it looks incomplete";
    temp.run(temp.intake().finish(intake));
  };
  finished("monday.csv", IntakeState::done);
  finished("monday again.csv", IntakeState::repeated);
  finished("half\n.csv", IntakeState::held);

  EXPECT_EQ(
      news(),
      (Lines{
          "file monday.csv of hr-drop: file done reading > done "
          "(rows 7, failed 0, joined 2, changed 0, left 0)",
          "file half\\x0A.csv of hr-drop: file held reading > held "
          "(rows 7, failed 0, joined 2, changed 0, left 0; it looks incomplete)"})
  );
}

TEST_F(AuditEntries, HaveResidualAccessWhenItIsFoundFirst) {
  Settlement settlement;
  Settlement::Checked checked;
  checked.of.person = PersonId("ada");
  checked.of.account = AccountId("auth0|ada");
  checked.remains.resize(1);
  checked.remains[0].name.name = "Staff";
  checked.remains[0].way = "mapped";
  settlement.checked = {checked};
  settle(settlement);
  settle(settlement);

  EXPECT_EQ(news(), Lines{"worker: residual access found ada Staff > present (mapped)"});
  EXPECT_EQ(rows().back().entry.account, AccountId("auth0|ada"));
}

TEST_F(AuditEntries, TellNothingWhereNothingIsDecided) {
  known("ada");
  Settlement settlement;
  settlement.removals = {removal("ada", "Staff")};
  settlement.drift.emplace();
  settlement.reconciled.emplace();
  settlement.storage.emplace();
  settlement.not_left = {PersonId("ada")};
  settle(std::move(settlement));
  temp.run(temp.work().use_policy("v1", "text", now));

  EXPECT_EQ(news(), Lines{});
}

}  // namespace
}  // namespace rosterd::test
