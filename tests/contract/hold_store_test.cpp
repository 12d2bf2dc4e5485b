#include "guard_fixture.hpp"

namespace rosterd::test {
namespace {

class HoldStore : public GuardStoreTest {
 protected:
  void prune_all() {
    while (temp.run(temp.work().prune(now, WorkStore::Retention{}, all_of_them)) > 0) continue;
  }
};

void expect_same(const Hold& left, const Hold& right) {
  EXPECT_EQ(left.cause, right.cause);
  EXPECT_EQ(left.state, right.state);
  EXPECT_EQ(left.hash, right.hash);
  EXPECT_EQ(left.why, right.why);
  EXPECT_EQ(left.policy_version, right.policy_version);
  EXPECT_EQ(left.opened_at, right.opened_at);
  EXPECT_EQ(left.changed_at, right.changed_at);
  EXPECT_EQ(left.decided_at, right.decided_at);
  EXPECT_EQ(left.decided_by, right.decided_by);
  EXPECT_EQ(left.note, right.note);
  EXPECT_EQ(left.finished_at, right.finished_at);
  EXPECT_EQ(left.removals, right.removals);
}

TEST_F(HoldStore, AHoldComesBackAsItWasSettledAlsoAfterAKill) {
  HeldRemoval of_nobody = held("", "Wiki");
  of_nobody.entitlement.kind = EntitlementKind::role;
  of_nobody.name = EntitlementName{EntitlementKind::role, "Editor", "wiki"};
  Hold approved = hold({of_nobody, held_of_leaver("ada", "Staff")});
  approved.cause = HoldCause::emptied;
  approved.state = HoldState::approved;
  approved.decided_at = now + 1min;
  approved.decided_by = "anna";
  approved.note = "they moved to the other wiki";
  settle_hold(approved);

  temp.crash_and_reopen();

  const auto of_guard = guard_state().holds;
  const auto shown = temp.views()->holds(false, all_of_them);
  ASSERT_EQ(of_guard.size(), 1u);
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(of_guard[0].id, 1);
  expect_same(of_guard[0], approved);
  expect_same(shown[0], approved);
}

TEST_F(HoldStore, AHoldIsReplacedWholeWithItsRemovals) {
  settle_hold(hold({held("ada", "Engineering"), held("bob", "Engineering"), held("cyd", "Staff")}));
  Hold changed =
      hold({held("ada", "Engineering"), held("bob", "Engineering"), held("dan", "Staff")});
  changed.id = 1;
  changed.removals[1].reason = "the person has left";
  changed.why = "13 assignments within 1 h; 10 may without approval";
  settle_hold(changed);

  const auto holds = guard_state().holds;

  ASSERT_EQ(holds.size(), 1u);
  expect_same(holds[0], changed);
}

TEST_F(HoldStore, TwoWhoWouldLoseTheSameAreBothInIt) {
  HeldRemoval of_bob = held("ada", "Staff");
  of_bob.person = PersonId("bob");
  settle_hold(hold({held("ada", "Staff"), of_bob}));
  Hold both = guard_state().holds.at(0);
  ASSERT_EQ(both.removals, (std::vector{held("ada", "Staff"), of_bob}));

  both.removals.pop_back();
  settle_hold(both);

  EXPECT_EQ(guard_state().holds.at(0).removals, std::vector{held("ada", "Staff")});
}

TEST_F(HoldStore, AHoldThatIsOverKeepsItsRowAndNoRemovals) {
  settle_hold(hold({held("ada", "Engineering")}));
  Hold done = hold({held("ada", "Engineering")});
  done.id = 1;
  done.state = HoldState::done;
  settle_hold(done);

  EXPECT_EQ(holds_now(), "");
  EXPECT_EQ(holds_now(true), "1 done:");
  EXPECT_TRUE(guard_state().holds.empty());
  EXPECT_EQ(temp.views()->holds(true, 1).at(0).finished_at, now);
}

TEST_F(HoldStore, HoldsInForceComeOldestFirstAndThoseThatAreOverNewestFirstAfterThem) {
  for (const HoldState state :
       {HoldState::done, HoldState::rejected, HoldState::lapsed, HoldState::open}) {
    Hold made = hold({held("ada", "Engineering")});
    made.state = state;
    settle_hold(made);
  }

  EXPECT_EQ(
      holds_now(true), "2 rejected: ada-Engineering, 4 open: ada-Engineering, 3 lapsed:, 1 done:"
  );
  EXPECT_EQ(holds_now(true, 3), "2 rejected: ada-Engineering, 4 open: ada-Engineering, 3 lapsed:");
  EXPECT_EQ(holds_now(true, 1), "2 rejected: ada-Engineering");
}

TEST_F(HoldStore, AHoldThatIsNotThereCannotBeChanged) {
  settle_hold(hold({held("ada", "Engineering")}));
  Hold unknown = hold({held("bob", "Engineering")});
  unknown.id = 4711;

  EXPECT_THROW(settle_hold(unknown), std::runtime_error);

  EXPECT_EQ(holds_now(true), "1 open: ada-Engineering");
}

TEST_F(HoldStore, StatusShowsHoldsInForceWithoutTheirRemovals) {
  settle_hold(hold({held("ada", "Engineering")}));
  Hold lapsed = hold({});
  lapsed.state = HoldState::lapsed;
  settle_hold(lapsed);

  const StatusView status = temp.views()->status();

  ASSERT_EQ(status.holds.size(), 1u);
  EXPECT_EQ(status.holds[0].id, 1);
  EXPECT_TRUE(status.holds[0].removals.empty());
}

TEST_F(HoldStore, AHeldLeaverIsInTheStatusOnceUntilSomebodyDecides) {
  Hold made = hold(
      {held_of_leaver("ada", "Engineering"), held_of_leaver("ada", "Staff"), held("bob", "Staff")}
  );
  settle_hold(made);
  const auto waiting = temp.views()->status().held_leavers;
  made.id = 1;
  made.state = HoldState::rejected;
  settle_hold(made);
  const auto decided = temp.views()->status().held_leavers;

  EXPECT_EQ(waiting, std::vector<PersonId>{PersonId("ada")});
  EXPECT_TRUE(decided.empty());
}

TEST_F(HoldStore, OldHoldsGoWhenTheyAreOverAndTheirIdsAreNotGivenTwice) {
  Hold done = hold({});
  done.state = HoldState::done;
  settle_hold(hold({held("ada", "Engineering")}));
  settle_hold(done);

  now += 24h * 399;
  prune_all();
  EXPECT_EQ(holds_now(true), "1 open: ada-Engineering, 2 done:");

  now += 24h * 2;
  prune_all();
  temp.reopen();
  settle_hold(hold({held("bob", "Engineering")}));
  EXPECT_EQ(holds_now(true), "1 open: ada-Engineering, 3 open: bob-Engineering");
}

class HeldEvents : public GuardStoreTest {
 protected:
  /// Each is taken and held back.
  void held_events(std::initializer_list<Given> all) {
    for (const Given& given : all) accepted(given);
    Settlement settlement;
    for (const DueEvent& due : take().events) {
      settlement.events.push_back(became(due.id, EventState::held));
      settlement.people.push_back(record(due.event.person.value, due.id));
    }
    settle(std::move(settlement));
  }
  void release(std::initializer_list<std::string> people) {
    Settlement settlement;
    for (const std::string& person : people) settlement.released.emplace_back(person);
    settlement.decided_by = "anna";
    settle(std::move(settlement));
  }
  void refuse(std::initializer_list<std::string> people) {
    Settlement settlement;
    for (const std::string& person : people) settlement.refused.emplace_back(person);
    settlement.refused_reason = "they keep it until the audit is over";
    settlement.decided_by = "anna";
    settle(std::move(settlement));
  }
};

TEST_F(HeldEvents, AreDueAtOnceWhenTheyAreReleasedLeaversStillFirst) {
  held_events({{.person = "ada"}, {.person = "bob", .status = "left"}, {.person = "cyd"}});

  release({"ada", "bob"});

  EXPECT_EQ(outbox_now(), "1 ada pending, 2 bob pending, 3 cyd held");
  const Work work = take();
  EXPECT_EQ(ids_of(work), (std::vector<EventId>{2, 1}));
  EXPECT_TRUE(work.events[0].folded);
}

TEST_F(HeldEvents, SayThatAPersonApprovedOrThatNothingHoldsThemAnyMore) {
  held_events({{.person = "ada"}, {.person = "bob"}});
  release({"ada"});
  Settlement lapsed;
  lapsed.released.emplace_back("bob");
  settle(std::move(lapsed));

  EXPECT_EQ(temp.views()->event(1)->reason, "approved by anna");
  EXPECT_EQ(temp.views()->event(2)->reason, "not held any more");
}

TEST_F(HeldEvents, OfNobodyMakeAReleasedPersonDueNow) {
  known("ada");
  known("bob");

  release({"ada", "nobody we know", ""});

  EXPECT_EQ(people_of(take()), std::vector<std::string>{"ada"});
}

TEST_F(HeldEvents, AreCancelledWithTheReasonWhenTheyAreRefused) {
  held_events({{.person = "ada"}, {.person = "bob"}});
  accepted({.person = "ada"});

  refuse({"ada"});

  EXPECT_EQ(outbox_now(), "1 ada cancelled, 2 bob held, 3 ada pending");
  EXPECT_EQ(temp.views()->event(1)->reason, "they keep it until the audit is over");
  EXPECT_EQ(temp.views()->event(1)->finished_at, now);
}

TEST_F(HeldEvents, AreAppliedOnceTheirPersonAgreesWithTheTenant) {
  held_events({{.person = "ada"}, {.person = "bob"}});
  Settlement settlement;
  settlement.agreed.emplace_back("ada");
  settle(std::move(settlement));

  EXPECT_EQ(outbox_now(), "1 ada applied, 2 bob held");
}

TEST_F(HeldEvents, StayHeldAfterAKill) {
  held_events({{.person = "ada"}});

  temp.crash_and_reopen();
  release({"ada"});

  EXPECT_EQ(ids_of(take()), std::vector<EventId>{1});
}

}  // namespace
}  // namespace rosterd::test
