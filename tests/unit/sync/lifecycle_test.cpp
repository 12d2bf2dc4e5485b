#include "unit/sync/syncing.hpp"

namespace rosterd::test {
namespace {

class Worker : public Syncing {
 protected:
  Worker() { a_company(), users({"ada", "bob", "cleo"}); }
};

TEST_F(Worker, GivesAJoinerTheGroupsAndRolesOfTheRules) {
  hr_says("joined", "ada", {{"department", "Engineering"}});
  hr_says("joined", "bob", {{"department", "Sales"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada, bob; Engineering: ada; Sales: bob; Developer@app: ada");
}

TEST_F(Worker, MovesAMoverAndTakesOnlyWhatTheLedgerHas) {
  tenant.put("Sales", "ada");
  hr_says("joined", "ada", {{"department", "Engineering"}});
  work();

  hr_says("changed", "ada", {{"department", "Support"}});
  work();

  EXPECT_EQ(tenant_now(), "Staff: ada; Sales: ada");
  EXPECT_EQ(store.ledger.size(), 1u);
}

TEST_F(Worker, AdoptsWhatIsWantedAndThereAlready) {
  tenant.put("Staff", "ada");
  const EventId event_id = hr_says("joined", "ada");

  work();

  EXPECT_EQ(tenant.writes(), 0u);
  EXPECT_EQ(event(event_id).reason, "the tenant agrees already");
  EXPECT_TRUE(store.ledger.begin()->second.adopted);
}

TEST_F(Worker, TakesEverythingFromALeaver) {
  tenant.put("Sales", "ada");
  hr_says("joined", "ada", {{"department", "Engineering"}});
  work();

  hr_says("left", "ada");
  work();

  EXPECT_EQ(tenant_now(), "");
  EXPECT_TRUE(store.ledger.empty());
}

TEST_F(Worker, TakesOnlyWhatWasGrantedIfThePolicySaysSo) {
  policy.lifecycle.leaver = LifecycleSettings::Leaver::revoke_granted;
  tenant.put("Sales", "ada");
  hr_says("joined", "ada", {{"department", "Engineering"}});
  work();

  hr_says("left", "ada");
  work();

  EXPECT_EQ(tenant_now(), "Sales: ada");
}

TEST_F(Worker, LeavesStrangersAlone) {
  tenant.put("Engineering", "stranger");
  hr_says("joined", "ada", {{"department", "Engineering"}});
  work();
  hr_says("left", "ada");

  work();

  EXPECT_EQ(tenant_now(), "Engineering: stranger");
}

TEST_F(Worker, RemovesBeforeItGrantsAndLeaversFirst) {
  hr_says("joined", "ada", {{"department", "Engineering"}});
  hr_says("joined", "bob", {{"department", "Engineering"}});
  work();
  tenant.forget_history();

  hr_says("changed", "ada", {{"department", "Sales"}});
  hr_says("joined", "cleo", {{"department", "Engineering"}});
  hr_says("left", "bob");
  work();

  const std::vector<std::string> expected{
      "-Staff: bob",
      "-Engineering: bob",
      "-bob: Developer",
      "-Engineering: ada",
      "-ada: Developer",
      "+Sales: ada",
      "+Engineering: cleo",
      "+Staff: cleo",
      "+cleo: Developer"};
  std::vector<std::string> told = tenant.history();
  std::sort(told.begin() + 5, told.end() - 1);
  std::vector<std::string> sorted = expected;
  std::sort(sorted.begin() + 5, sorted.end() - 1);
  EXPECT_EQ(told, sorted);
}

TEST_F(Worker, ReadsAPersonsDaysWithoutAnEvent) {
  hr_says("joined", "ada", {{"start_date", "2026-03-05"}, {"last_day", "2026-03-20"}});
  work();
  EXPECT_EQ(tenant_now(), "");

  clock.set(at("2026-03-05T00:00:00Z"));
  work();
  EXPECT_EQ(tenant_now(), "Staff: ada");

  clock.set(at("2026-03-20T23:59:59Z"));
  work();
  EXPECT_EQ(tenant_now(), "Staff: ada");

  clock.set(at("2026-03-21T00:00:00Z"));
  work();
  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Worker, SuspendsAndBringsBack) {
  hr_says("joined", "ada");
  work();

  hr_says("changed", "ada", {{"status", "suspended"}});
  work();
  EXPECT_EQ(tenant_now(), "");

  hr_says("changed", "ada", {{"status", "active"}});
  work();
  EXPECT_EQ(tenant_now(), "Staff: ada");
}

TEST_F(Worker, TreatsLeaveAsThePolicySays) {
  hr_says("joined", "ada", {{"status", "on_leave"}});
  work();
  EXPECT_EQ(tenant_now(), "Staff: ada");

  policy.lifecycle.leave = LifecycleSettings::Leave::suspend;
  new_policy();
  work();
  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Worker, HoldsBackWhatTakesEffectLater) {
  hr_says("joined", "ada");
  Saying next_week;
  next_week.effective_at = Effective(at("2026-03-09T09:00:00Z"));
  hr_says("changed", "ada", {{"department", "Sales"}}, next_week);

  work();
  EXPECT_EQ(outbox_now(), "ada: applied; ada: scheduled");
  EXPECT_EQ(tenant_now(), "Staff: ada");

  later(24h * 7);
  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada; Sales: ada");
}

TEST_F(Worker, KnowsNothingOfAPersonBeforeTheFirstEventTakesEffect) {
  Saying tomorrow;
  tomorrow.effective_at = Effective(*parse_date("2026-03-03"));
  hr_says("joined", "ada", {{"time_zone", "Europe/Berlin"}}, tomorrow);

  work();
  EXPECT_EQ(outbox_now(), "ada: scheduled");
  EXPECT_TRUE(store.people.empty());
  EXPECT_EQ(*event(1).due_at, at("2026-03-02T23:00:00Z"));

  later(14h);
  EXPECT_EQ(outbox_now(), "ada: applied");
}

TEST_F(Worker, LetsTheNewestWinInAnyOrder) {
  Saying first, second;
  first.sequence = "1", second.sequence = "2";
  hr_says("joined", "ada", {{"department", "Sales"}}, second);
  work();

  hr_says("joined", "ada", {{"department", "Engineering"}}, first);
  hr_says("joined", "ada", {{"department", "Sales"}}, second);
  work();

  EXPECT_EQ(outbox_now(), "ada: applied; ada: superseded; ada: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada; Sales: ada");
}

TEST_F(Worker, LetsANoticeWaitForValues) {
  hr_says("joined", "ada", {{"department", "Sales"}});
  work();
  hr_says("notice", "ada");
  hr_says("notice", "bob");
  work();
  EXPECT_EQ(outbox_now(), "ada: applied; ada: waiting; bob: waiting");

  hr_says("changed", "ada", {{"department", "Engineering"}});
  work();
  later(30min);

  EXPECT_EQ(outbox_now(), "ada: applied; ada: superseded; bob: waiting; ada: applied");
}

TEST_F(Worker, TakesValuesOfTheSameMomentAsAnAnswerToANotice) {
  Saying now;
  now.occurred_at = clock.now();
  hr_says("joined", "ada");
  hr_says("notice", "ada", {}, now);
  work();
  hr_says("changed", "ada", {{"department", "Sales"}}, now);
  work();

  later(30min);

  EXPECT_EQ(outbox_now(), "ada: applied; ada: superseded; ada: applied");
  EXPECT_FALSE(store.people.at(PersonId("ada")).record.stale);
}

TEST_F(Worker, IgnoresWhatNobodyKnows) {
  hr_says("promoted", "ada", {{"department", "Sales"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: ignored");
  EXPECT_TRUE(store.people.empty());
}

TEST_F(Worker, DecidesAnewForEverybodyWhenThePolicyChanges) {
  tenant.put("Sales", "stranger");
  hr_says("joined", "ada", {{"department", "Engineering"}});
  hr_says("joined", "bob", {{"department", "Sales"}});
  hr_says("notice", "cleo");
  work();

  policy.rules.clear();
  rule("everyone sells", {}, {"Sales"});
  new_policy();
  work();

  EXPECT_EQ(tenant_now(), "Sales: ada, bob, stranger");
  EXPECT_EQ(work(), 0);
}

TEST_F(Worker, NeverRemovesFromAnAdditiveGroupButForALeaver) {
  mode("Engineering", Mode::additive);
  hr_says("joined", "ada", {{"department", "Engineering"}});
  work();

  hr_says("changed", "ada", {{"department", "Sales"}});
  work();
  EXPECT_EQ(tenant_now(), "Staff: ada; Engineering: ada; Sales: ada");
  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied");

  hr_says("left", "ada");
  work();
  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Worker, WritesNothingToAReportedGroup) {
  mode("Engineering", Mode::report);
  hr_says("joined", "ada", {{"department", "Engineering"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada; Developer@app: ada");
}

TEST_F(Worker, EmptiesAnExactGroupOfPeopleNoRuleNames) {
  mode("Sales", Mode::exact);
  tenant.put("Sales", "ada");
  hr_says("joined", "ada", {{"department", "Engineering"}});

  work();

  EXPECT_EQ(tenant.access_of("ada"), "Staff, Engineering, Developer@app");
}

TEST_F(Worker, SaysWhatWasDoneAndWhy) {
  const EventId joined = hr_says("joined", "ada", {{"department", "Engineering"}});
  work();
  const EventId moved = hr_says("changed", "ada", {{"department", "Sales"}});
  work();

  EXPECT_EQ(event(joined).reason, "granted Developer@app, Engineering, Staff");
  EXPECT_EQ(event(moved).reason, "granted Sales; removed Developer@app, Engineering");
  EXPECT_EQ(store.operations.size(), 6u);
  for (const OperationRecord& operation : store.operations) EXPECT_TRUE(operation.verified_at);
}

TEST_F(Worker, RestsWhenNothingIsDue) {
  hr_says("joined", "ada");
  work();

  EXPECT_EQ(work(), 0);
  EXPECT_EQ(engine().statistics().applied, 1u);
  EXPECT_EQ(engine().statistics().grants, 1u);
}

}  // namespace
}  // namespace rosterd::test
