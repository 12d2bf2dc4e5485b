#include "unit/sync/syncing.hpp"

#include <algorithm>

namespace rosterd::test {
namespace {

/// A small company in which at most two people a day may leave without anybody's approval.
class Holds : public Syncing {
 protected:
  Holds() {
    guard.enabled = true;
    guard.leavers = {2, 0.0, 24h};
    guard.removals = {3, 0.0, 1h};
    a_company();
    people = {"ada", "bob", "cleo", "dora", "emil"};
    users(people);
    for (const std::string& person : people) hr_says("joined", person);
    work();
  }

  void everybody_leaves() {
    for (const std::string& person : people) hr_says("left", person);
    work();
  }

  const Hold& hold(HoldCause cause) const {
    for (const auto& [id, hold] : store.holds) {
      const bool found = hold.cause == cause && hold.state != HoldState::lapsed;
      if (found) return hold;
    }
    throw std::runtime_error("there is no such hold");
  }

  sync::DecisionOutcome decide(bool approve, const Hold& hold, std::set<PersonId> of = {}) {
    auto outcome = anna_decides(approve, hold, std::move(of));
    work();
    return outcome;
  }

  std::vector<std::string> people;
};

using Kind = sync::DecisionOutcome::Kind;

TEST_F(Holds, TwoLeaversGoAtOnce) {
  hr_says("left", "ada");
  hr_says("left", "bob");
  work();

  EXPECT_EQ(tenant_now(), "Staff: cleo, dora, emil");
  EXPECT_EQ(holds_now(), "");
}

TEST_F(Holds, AStormOfLeaversIsHeldWholeAndSaysWhereToLook) {
  everybody_leaves();

  EXPECT_EQ(tenant_now(), "Staff: ada, bob, cleo, dora, emil");
  EXPECT_EQ(holds_now(), "leavers open: ada Staff, bob Staff, cleo Staff, dora Staff, emil Staff");
  EXPECT_EQ(event(6).state, EventState::held);
  const std::string short_hash = hold(HoldCause::leavers).hash.substr(0, 12);
  EXPECT_NE(event(6).reason.find("hold " + short_hash), std::string::npos) << event(6).reason;
}

TEST_F(Holds, LeaversOneByOneGoOverTheSameBudget) {
  for (const std::string& person : people) {
    hr_says("left", person);
    later(1min);
  }

  EXPECT_EQ(tenant_now(), "Staff: cleo, dora, emil");
  EXPECT_EQ(holds_now(), "leavers open: cleo Staff, dora Staff, emil Staff");
}

TEST_F(Holds, ANewDaemonKnowsWhatTheOldOneHasRemoved) {
  hr_says("left", "ada");
  hr_says("left", "bob");
  work();
  start();

  hr_says("left", "cleo");
  work();

  EXPECT_EQ(tenant_now(), "Staff: cleo, dora, emil");
}

TEST_F(Holds, GrantsOfTheSamePlanGoOn) {
  for (const std::string& person : people) hr_says("left", person);
  tenant.has_user("fred");
  hr_says("joined", "fred");
  work();

  EXPECT_EQ(tenant_now(), "Staff: ada, bob, cleo, dora, emil, fred");
}

TEST_F(Holds, AnApprovalRemovesExactlyWhatWasHeld) {
  everybody_leaves();

  const auto outcome = decide(true, hold(HoldCause::leavers));

  EXPECT_EQ(outcome.kind, Kind::decided) << outcome.text;
  EXPECT_EQ(tenant_now(), "");
  EXPECT_EQ(holds_now(), "leavers done");
  EXPECT_EQ(store.holds.begin()->second.decided_by, "anna");
  EXPECT_EQ(event(6).state, EventState::applied);
}

TEST_F(Holds, AnApprovalOfOnePersonLeavesTheOthersHeld) {
  everybody_leaves();

  decide(true, hold(HoldCause::leavers), {PersonId("bob")});

  EXPECT_EQ(tenant_now(), "Staff: ada, cleo, dora, emil");
  EXPECT_EQ(
      holds_now(), "leavers open: ada Staff, cleo Staff, dora Staff, emil Staff; leavers done"
  );
}

TEST_F(Holds, WhatWasApprovedCostsNoBudget) {
  everybody_leaves();
  decide(true, hold(HoldCause::leavers), {PersonId("bob"), PersonId("ada"), PersonId("dora")});
  decide(false, hold(HoldCause::leavers));
  tenant.has_user("fred");
  hr_says("joined", "fred");
  work();

  hr_says("left", "fred");
  work();

  EXPECT_EQ(tenant_now(), "Staff: cleo, emil");
}

TEST_F(Holds, AnApprovalIsVoidWhenSomebodyHasComeBack) {
  everybody_leaves();
  Hold seen = hold(HoldCause::leavers);
  hr_says("joined", "ada", {{"status", "active"}});
  work();

  const auto outcome = decide(true, seen);

  EXPECT_EQ(outcome.kind, Kind::unknown) << "its removals are others, so its hash is";
  EXPECT_EQ(tenant_now(), "Staff: ada, bob, cleo, dora, emil");
  EXPECT_EQ(holds_now(), "leavers open: bob Staff, cleo Staff, dora Staff, emil Staff");
}

TEST_F(Holds, AnApprovalIsRefusedWhenTheTenantHasMovedAndShowsTheNewPlan) {
  everybody_leaves();
  const Hold seen = hold(HoldCause::leavers);
  tenant.put("Sales", "bob");
  tenant.take("Staff", "cleo");

  const auto outcome = decide(true, seen);

  EXPECT_EQ(outcome.kind, Kind::differs);
  EXPECT_EQ(tenant_now(), "Staff: ada, bob, dora, emil; Sales: bob");
  EXPECT_EQ(holds_now(), "leavers open: ada Staff, bob Sales, bob Staff, dora Staff, emil Staff");
  ASSERT_TRUE(outcome.hold);
  EXPECT_NE(outcome.hold->hash, seen.hash);
  EXPECT_EQ(outcome.hold->removals.front().event, seen.removals.front().event);

  decide(true, *outcome.hold);
  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Holds, ATenantThatCannotBeReadDecidesNothing) {
  everybody_leaves();
  tenant.fails(Call::groups, ErrorClass::transient);

  const auto outcome = decide(true, hold(HoldCause::leavers));

  EXPECT_EQ(outcome.kind, Kind::failed);
  EXPECT_EQ(tenant_now(), "Staff: ada, bob, cleo, dora, emil");
}

TEST_F(Holds, WhatWasRejectedIsNotTriedAgainByPolicyTimeOrReconciliation) {
  everybody_leaves();
  decide(false, hold(HoldCause::leavers));
  EXPECT_EQ(event(6).state, EventState::cancelled);

  new_policy();
  work();
  later(48h);
  run(loop, engine().reconcile(true));
  work();

  EXPECT_EQ(tenant_now(), "Staff: ada, bob, cleo, dora, emil");
  EXPECT_EQ(
      holds_now(), "leavers rejected: ada Staff, bob Staff, cleo Staff, dora Staff, emil Staff"
  );
}

TEST_F(Holds, ARejectionOfOnePersonEndsThatPersonsEventAndNoOthers) {
  everybody_leaves();

  decide(false, hold(HoldCause::leavers), {PersonId("ada")});

  EXPECT_EQ(event(6).state, EventState::cancelled);
  EXPECT_EQ(event(7).state, EventState::held);
}

TEST_F(Holds, ARejectionEndsWhenHrTakesItBack) {
  everybody_leaves();
  decide(false, hold(HoldCause::leavers));
  for (const std::string& person : people) hr_says("joined", person, {{"status", "active"}});
  work();
  EXPECT_EQ(holds_now(), "leavers lapsed");

  hr_says("left", "ada");
  work();

  EXPECT_EQ(tenant_now(), "Staff: bob, cleo, dora, emil");
}

TEST_F(Holds, WhatWasRejectedMayStillBeApproved) {
  everybody_leaves();
  decide(false, hold(HoldCause::leavers));

  decide(true, hold(HoldCause::leavers));

  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Holds, AGrantThatIsUndoneIsTriedAgainThoughARemovalOfThePersonWaits) {
  guard.removals = {0, 0.0, 1h};
  hr_says("changed", "ada", {{"department", "Sales"}});
  start();
  work();
  tenant.loses(Call::add_members, 4);
  hr_says("changed", "ada", {{"department", "Engineering"}});
  work();
  ASSERT_EQ(tenant.access_of("ada"), "Staff, Sales, Developer@app");

  later(1h);

  EXPECT_EQ(tenant.access_of("ada"), "Staff, Engineering, Sales, Developer@app");
  EXPECT_EQ(holds_now(), "removals open: ada Sales");
}

TEST_F(Holds, WhatWasDecidedAboutSomebodyIsNotDecidedAboutWhoHasTheAccountNow) {
  guard.removals = {0, 0.0, 1h};
  start();
  hr_says("changed", "ada", {{"department", "Sales"}});
  work();
  tenant.has_user("ada2");
  hr_says("changed", "ada", {{"email", "ada2@example.com"}});
  work();
  ASSERT_EQ(holds_now(), "removals open: ada Sales, ada Staff");
  decide(false, hold(HoldCause::removals));
  hr_says("joined", "fred", {{"email", "ada@example.com"}, {"department", "Sales"}});
  work();

  hr_says("changed", "fred", {{"department", "Support"}});
  work();

  EXPECT_EQ(event(9).state, EventState::held) << event(9).reason;
}

TEST_F(Holds, WhatIsNewInARejectedHoldIsForTheGuardToJudge) {
  guard.leavers = {0, 0.0, 24h};
  start();
  everybody_leaves();
  decide(false, hold(HoldCause::leavers));
  tenant.put("Sales", "bob");

  const auto outcome = decide(true, hold(HoldCause::leavers));

  EXPECT_EQ(outcome.kind, Kind::decided);
  EXPECT_EQ(tenant_now(), "Sales: bob");
  EXPECT_EQ(holds_now(), "leavers done; leavers open: bob Sales");
}

TEST_F(Holds, APolicyThatMisspellsADepartmentTakesNothingAway) {
  for (const std::string& person : people) {
    hr_says("changed", person, {{"department", "Sales"}});
  }
  work();

  policy.rules.back().when.children.front().test.values = {AttributeValue("Slaes")};
  new_policy();
  work();

  EXPECT_EQ(tenant_now(), "Staff: ada, bob, cleo, dora, emil; Sales: ada, bob, cleo, dora, emil");
  policy.rules.back().when.children.front().test.values = {AttributeValue("Sales")};
  new_policy();
  work();
  EXPECT_EQ(holds_now(), "removals lapsed");
}

TEST_F(Holds, ALeaverDoesNotWaitForWhatIsToBeDecidedAboutMovers) {
  for (const std::string& person : people) {
    hr_says("changed", person, {{"department", "Sales"}});
  }
  work();
  policy.rules.back().when.children.front().test.values = {AttributeValue("Slaes")};
  new_policy();
  work();
  ASSERT_EQ(hold(HoldCause::removals).removals.size(), 5u);

  hr_says("left", "ada");
  work();

  EXPECT_EQ(tenant.access_of("ada"), "");
  EXPECT_EQ(hold(HoldCause::removals).removals.size(), 4u);
}

TEST_F(Holds, AGroupIsNeverEmptiedByOneAfterTheOther) {
  guard.leavers = {100, 0.0, 24h};
  start();

  for (const std::string& person : people) {
    hr_says("left", person);
    later(1min);
  }

  EXPECT_EQ(tenant_now(), "Staff: emil");
  EXPECT_EQ(holds_now(), "emptied open: emil Staff");
}

TEST_F(Holds, SomebodyProtectedKeepsAccessAndTheEventSaysSo) {
  policy.protected_things.people = {PersonId("ada")};
  new_policy();
  hr_says("left", "ada");
  work();

  EXPECT_EQ(tenant.access_of("ada"), "Staff");
  EXPECT_EQ(event(6).state, EventState::applied);
  EXPECT_EQ(event(6).reason, "kept Staff (protected)");
}

TEST_F(Holds, ACrashDoesNotGiveABudgetBack) {
  store.before_settle = [](const Settlement& settlement) {
    if (!settlement.operations.empty()) throw std::runtime_error("power cut");
  };
  hr_says("left", "ada");
  hr_says("left", "bob");
  EXPECT_THROW(one_round(), std::runtime_error);
  store.before_settle = nullptr;
  start();

  hr_says("left", "cleo");
  work();

  EXPECT_EQ(tenant_now(), "Staff: cleo, dora, emil");
}

TEST_F(Holds, NoEventStaysHeldWhenItsHoldIsOverAndThePersonIsInOtherTrouble) {
  guard.leavers = {0, 0.0, 24h};
  start();
  tenant.has_user("one", "lovelace@example.com");
  tenant.has_user("two", "lovelace@example.com");
  hr_says("changed", "ada", {{"email", "lovelace@example.com"}});
  work();
  tenant.put("Sales", "ada");
  tenant.take("Staff", "ada");
  run(loop, engine().reconcile(false));
  hr_says("left", "ada");
  work();
  ASSERT_EQ(event(7).state, EventState::held);

  tenant.take("Sales", "ada");
  run(loop, engine().reconcile(true));
  work();

  EXPECT_EQ(holds_now(), "leavers lapsed");
  EXPECT_EQ(event(7).state, EventState::dead) << to_string(event(7).state);
}

TEST_F(Holds, AClockThatIsSetBackDoesNotGiveABudgetBack) {
  hr_says("left", "ada");
  hr_says("left", "bob");
  work();
  clock.set(clock.now() - 10h);
  tenant.put("Staff", "ada");
  tenant.put("Staff", "bob");
  run(loop, engine().reconcile(true));
  work();

  clock.set(clock.now() + 25h);
  hr_says("left", "cleo");
  work();

  EXPECT_EQ(tenant_now(), "Staff: cleo, dora, emil");
}

TEST_F(Holds, WhoLeavesComesBackAndIsSuspendedStillCountsAsALeaver) {
  hr_says("left", "ada");
  work();
  hr_says("joined", "ada", {{"status", "active"}});
  work();
  hr_says("changed", "ada", {{"status", "suspended"}});
  work();

  hr_says("left", "bob");
  hr_says("left", "cleo");
  work();

  EXPECT_EQ(tenant_now(), "Staff: bob, cleo, dora, emil");
}

TEST_F(Holds, TwoThousandLeaversInAMinuteRemoveNoMoreThanTheBudget) {
  guard.leavers = {5, 0.02, 24h};
  guard.removals = {10, 0.05, 1h};
  finds_accounts_by({by_user_id()});
  start();
  for (int i = 0; i < 2000; ++i) {
    const std::string name = "p" + std::to_string(i);
    hr_says("joined", name, {{"user_id", "auth0|" + name}});
  }
  work();

  for (int i = 0; i < 2000; ++i) {
    hr_says("left", "p" + std::to_string(i));
    if (i % 50 == 0) later(1500ms);
  }
  work();

  // 2 % of those who had not left when each plan was made.
  const std::size_t left = 2005 - tenant.state().groups.front().members.size();
  EXPECT_LE(left, 40u);
  EXPECT_EQ(hold(HoldCause::leavers).removals.size(), 2000 - left);
}

/// Ada has another account now, and fred hers.
class HandedOn : public Holds {
 protected:
  HandedOn() {
    guard.removals = {0, 0.0, 1h};
    mode("Sales", Mode::exact);
    start();
    hr_says("changed", "ada", {{"department", "Sales"}});
    work();
    tenant.has_user("ada2");
    adas_ = hr_says("changed", "ada", {{"email", "ada2@example.com"}});
    work();
  }

  /// Who waits, by what stands in the holds and by their events.
  std::string who_waits() const {
    std::set<std::string> waiting;
    for (const auto& [id, hold] : store.holds) {
      if (hold.state != HoldState::open) continue;
      for (const HeldRemoval& one : hold.removals) {
        waiting.insert(one.person.value + " " + to_string(one.name));
      }
    }
    std::string text;
    for (const std::string& one : waiting) text += one + ", ";
    return text + "ada " + std::string(to_string(event(adas_).state));
  }

  EventId adas_ = 0;
};

TEST_F(HandedOn, WhatTheNewOneIsToHaveIsNotTakenAway) {
  hr_says("joined", "fred", {{"email", "ada@example.com"}});
  work();
  ASSERT_EQ(who_waits(), "ada Sales, ada Staff, fred Sales, ada held");

  const auto outcome = decide(true, hold(HoldCause::removals));

  EXPECT_EQ(outcome.kind, Kind::differs);
  EXPECT_EQ(who_waits(), "ada Sales, fred Sales, ada held");
}

TEST_F(HandedOn, WhatBothWouldLoseIsApprovedForBoth) {
  const EventId joined = hr_says("joined", "fred", {{"email", "ada@example.com"}});
  work();
  decide(true, hold(HoldCause::removals));

  const auto outcome = decide(true, hold(HoldCause::removals));

  EXPECT_EQ(outcome.kind, Kind::decided) << outcome.text;
  EXPECT_EQ(event(joined).state, EventState::applied) << event(joined).reason;
  EXPECT_EQ(who_waits(), "ada applied");
  EXPECT_EQ(tenant_now(), "Staff: ada, ada2, bob, cleo, dora, emil; Sales: ada2");
}

TEST_F(HandedOn, WhatOneLosesByApprovalTheOtherNeedNotWaitFor) {
  const EventId joined = hr_says("joined", "fred", {{"email", "ada@example.com"}});
  work();
  decide(true, hold(HoldCause::removals));

  const auto outcome = decide(true, hold(HoldCause::removals), {PersonId("ada")});

  EXPECT_EQ(outcome.kind, Kind::decided) << outcome.text;
  EXPECT_EQ(who_waits(), "ada applied");
  EXPECT_EQ(event(joined).state, EventState::applied) << event(joined).reason;
}

}  // namespace
}  // namespace rosterd::test
