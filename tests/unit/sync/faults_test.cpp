#include "unit/sync/syncing.hpp"

namespace rosterd::test {
namespace {

class Faults : public Syncing {
 protected:
  Faults() { a_company(), users({"ada", "bob", "cleo"}); }
};

TEST_F(Faults, AWriteThatIsLostIsWrittenAgainAndCounted) {
  tenant.loses(Call::add_members, 2, "Staff");
  hr_says("joined", "ada");

  work();

  EXPECT_EQ(outbox_now(), "ada: applied");
  EXPECT_EQ(tenant.count(Call::add_members), 3u);
  EXPECT_EQ(engine().statistics().lost_writes, 2u);
  EXPECT_EQ(store.operations.front().lost, 2);
}

TEST_F(Faults, AWriteThatIsLostIsCountedAlsoWhenItCouldBeReadBackOnlyLater) {
  tenant.loses(Call::add_members, 1, "Staff");
  bool unreadable = false;
  tenant.on_call = [&](Call call) {
    if (call != Call::add_members || unreadable) return;
    unreadable = true;
    tenant.fails(Call::groups, ErrorClass::transient);
  };
  hr_says("joined", "ada");

  work();
  EXPECT_EQ(outbox_now(), "ada: retrying #1 transient");
  later(1h);

  EXPECT_EQ(outbox_now(), "ada: applied #1");
  EXPECT_EQ(engine().statistics().lost_writes, 1u);
}

TEST_F(Faults, WhatCouldNotBeReadBackIsReadBeforeItIsSentAgain) {
  hr_says("joined", "ada");
  work();
  tenant.forget_history();
  tenant.on_call = [&](Call call) {
    if (call != Call::add_members || tenant.count(Call::add_members) > 1) return;
    // It takes effect, and nobody is told; nor can anybody look.
    FakeTenant::Plot plot;
    plot.call = Call::add_members;
    plot.fate = Fate::done_but_refused;
    plot.error = TargetError(ErrorClass::unknown, 0, "no answer in time");
    tenant.will(plot);
    tenant.fails(Call::groups, ErrorClass::transient);
  };
  hr_says("changed", "ada", {{"department", "Sales"}});

  later(1h);

  EXPECT_EQ(tenant.access_of("ada"), "Staff, Sales");
  EXPECT_EQ(tenant.count(Call::add_members), 1u) << "it was there already";
}

TEST_F(Faults, AWriteThatIsUndoneAfterItWasReadBackIsNotALostOne) {
  hr_says("joined", "ada");
  work();
  tenant.take("Staff", "ada");

  run(loop, engine().reconcile(true));
  work();

  EXPECT_EQ(tenant.access_of("ada"), "Staff");
  EXPECT_EQ(engine().statistics().lost_writes, 0u);
}

TEST_F(Faults, AWriteThatIsUndoneEachTimeIsContended) {
  tenant.after_write = [this](Call call) {
    if (call == Call::add_members) tenant.take("Staff", "ada");
  };
  const EventId joined = hr_says("joined", "ada");

  work();

  EXPECT_EQ(outbox_now(), "ada: retrying #1 contended");
  EXPECT_EQ(tenant.count(Call::add_members), 4u);
  EXPECT_NE(event(joined).reason.find("granting Staff"), std::string::npos) << event(joined).reason;
  EXPECT_EQ(engine().statistics().contended, 1u);
  EXPECT_TRUE(store.ledger.empty());
}

TEST_F(Faults, AGroupThatIsGoneHasNobodyToLose) {
  hr_says("joined", "ada");
  work();
  tenant.loses_group("Staff");
  tenant.has_group("Staff");
  // The picture of the tenant still has ada in the group that is gone.
  hr_says("left", "ada");

  work();

  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied");
  EXPECT_TRUE(store.ledger.empty());
}

TEST_F(Faults, AServerErrorOnWhatIsGoneAlreadyEndsAsApplied) {
  hr_says("joined", "ada");
  work();
  tenant.take("Staff", "ada");
  tenant.fails(Call::remove_members, ErrorClass::transient);
  hr_says("left", "ada");

  work();

  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied");
}

TEST_F(Faults, AGroupThatWasMadeAnewIsFoundByReadingOnce) {
  hr_says("joined", "ada");
  work();
  tenant.loses_group("Sales");
  tenant.has_group("Sales");
  tenant.forget_history();

  hr_says("changed", "ada", {{"department", "Sales"}});
  work();

  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada; Sales: ada");
  EXPECT_EQ(tenant.count(Call::groups), 2u);
}

TEST_F(Faults, ANotFoundThatStaysIsDead) {
  tenant.fails(Call::add_members, ErrorClass::stale_catalogue, FakeTenant::always, "Staff");
  hr_says("joined", "ada");

  work();

  EXPECT_EQ(outbox_now(), "ada: dead stale_catalogue");
  EXPECT_EQ(tenant.count(Call::add_members), 2u);
  EXPECT_EQ(engine().statistics().dead_by_class.at(ErrorClass::stale_catalogue), 1u);
}

TEST_F(Faults, AnUnknownNameIsDeadAndSaysWhich) {
  rule("a typo", {{"department", "Sales"}}, {"Slaes"});
  const EventId joined = hr_says("joined", "ada", {{"department", "Sales"}});
  hr_says("joined", "bob");

  work();

  EXPECT_EQ(outbox_now(), "ada: dead unknown_entitlement; bob: applied");
  EXPECT_EQ(event(joined).reason, "the tenant has no group Slaes");
  EXPECT_EQ(tenant_now(), "Staff: ada, bob; Sales: ada");
}

TEST_F(Faults, ANameMadeSinceTheLastReadingIsFound) {
  hr_says("joined", "ada");
  work();
  tenant.has_group("Support");
  rule("support", {{"department", "Support"}}, {"Support"});
  new_policy();

  hr_says("changed", "ada", {{"department", "Support"}});
  work();

  EXPECT_EQ(tenant_now(), "Staff: ada; Support: ada");
}

TEST_F(Faults, OneGroupsRefusalHurtsOnlyThoseWhoNeedIt) {
  tenant.fails(Call::add_members, ErrorClass::permanent, FakeTenant::always, "Sales");
  hr_says("joined", "ada", {{"department", "Engineering"}});
  hr_says("joined", "bob", {{"department", "Sales"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: applied; bob: dead permanent");
  EXPECT_EQ(tenant_now(), "Staff: ada, bob; Engineering: ada; Developer@app: ada");
}

TEST_F(Faults, ARefusalDoesNotBuryWhatMayStillComeRight) {
  tenant.fails(Call::add_members, ErrorClass::permanent, FakeTenant::always, "Engineering");
  tenant.fails(Call::add_members, ErrorClass::throttled, 1, "Staff");
  hr_says("joined", "ada", {{"department", "Engineering"}});

  work();
  EXPECT_EQ(outbox_now(), "ada: retrying throttled");

  later(1min);
  EXPECT_EQ(outbox_now(), "ada: dead permanent");
  EXPECT_EQ(tenant_now(), "Staff: ada; Developer@app: ada");
}

struct Pause {
  std::string name;
  ErrorClass error;
};
class Pauses : public Faults, public testing::WithParamInterface<Pause> {};

TEST_P(Pauses, PutsEventsOffUncountedAndGoesOn) {
  tenant.fails(Call::add_members, GetParam().error);
  hr_says("joined", "ada", {{"department", "Sales"}});
  hr_says("joined", "bob");

  work();
  const std::string error(to_string(GetParam().error));
  EXPECT_EQ(outbox_now(), "ada: retrying " + error + "; bob: retrying " + error);
  EXPECT_EQ(tenant.writes(), 1u);

  later(5min);
  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied");
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Pauses,
    testing::Values(
        Pause{"unauthorised", ErrorClass::authentication},
        Pause{"forbidden", ErrorClass::configuration},
        Pause{"throttled", ErrorClass::throttled},
        Pause{"breaker_open", ErrorClass::paused}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(Faults, WaitsAsLongAsThePeerAsks) {
  FakeTenant::Plot throttled;
  throttled.call = Call::add_members;
  throttled.error = TargetError(ErrorClass::throttled, 429, "slow down");
  throttled.error.retry_at = clock.now() + 10min;
  tenant.will(throttled);
  const EventId joined = hr_says("joined", "ada");

  work();

  EXPECT_GE(*event(joined).due_at, clock.now() + 10min);
}

TEST_F(Faults, AServerErrorIsRetriedAndCounted) {
  tenant.fails(Call::add_members, ErrorClass::transient, 2, "Staff");
  hr_says("joined", "ada");

  work();
  EXPECT_EQ(outbox_now(), "ada: retrying #1 transient");
  later(2s);
  EXPECT_EQ(outbox_now(), "ada: retrying #2 transient");
  later(10s);
  EXPECT_EQ(outbox_now(), "ada: applied #2");
}

TEST_F(Faults, GivesUpInTheEnd) {
  tenant.fails(Call::add_members, ErrorClass::transient, FakeTenant::always);
  hr_says("joined", "ada");

  for (int i = 0; i < 20; ++i) later(24h);

  EXPECT_EQ(outbox_now(), "ada: dead #17 transient");
}

TEST_F(Faults, RetriesAndTheDeadAreCountedByTheirClass) {
  using ByClass = std::map<ErrorClass, std::uint64_t>;
  tenant.fails(Call::add_members, ErrorClass::transient, FakeTenant::always, "Staff");
  hr_says("joined", "ada");

  for (int i = 0; i < 20; ++i) later(24h);

  EXPECT_EQ(engine().statistics().retries, (ByClass{{ErrorClass::transient, 16}}));
  EXPECT_EQ(engine().statistics().dead_by_class, (ByClass{{ErrorClass::transient, 1}}));
}

TEST_F(Faults, AfterAnUnknownOutcomeNothingIsWrittenBeforeAReading) {
  FakeTenant::Plot reset;
  reset.fate = Fate::done_but_refused;
  reset.error = TargetError(ErrorClass::unknown, 0, "reset");
  reset.about = "Sales";
  tenant.will(reset);
  hr_says("joined", "ada", {{"department", "Sales"}});
  hr_says("joined", "bob", {{"department", "Engineering"}});
  std::vector<std::string> calls;
  tenant.on_call = [&](Call call) { calls.emplace_back(to_string(call)); };

  work();

  const auto failed = std::find(calls.begin(), calls.end(), "add_members");
  ASSERT_NE(failed, calls.end());
  const std::string history = tenant.history().back();
  EXPECT_EQ(history, "+Sales: ada");
  EXPECT_EQ(calls.at(calls.size() - 2), "groups");
  EXPECT_EQ(calls.back(), "roles");

  tenant.on_call = nullptr;
  later(1min);
  EXPECT_EQ(tenant_now(), "Staff: ada, bob; Engineering: bob; Sales: ada; Developer@app: bob");
  EXPECT_EQ(outbox_now().find("retrying"), std::string::npos) << outbox_now();
}

TEST_F(Faults, WhenAllWasDoneAfterAllAnUnknownOutcomeIsNoTrouble) {
  FakeTenant::Plot reset;
  reset.fate = Fate::done_but_refused;
  reset.error = TargetError(ErrorClass::unknown, 0, "reset");
  tenant.will(reset);
  hr_says("joined", "ada");

  work();

  EXPECT_EQ(outbox_now(), "ada: applied");
  EXPECT_EQ(tenant.writes(), 1u);
}

TEST_F(Faults, WithoutAReadingNobodyIsCalledApplied) {
  hr_says("joined", "ada");
  work();
  tenant.fails(Call::groups, ErrorClass::transient);
  hr_says("joined", "bob");
  hr_says("changed", "ada", {{"job_title", "CTO"}});

  work();
  EXPECT_EQ(outbox_now(), "ada: applied; bob: retrying #1 transient; ada: retrying #1 transient");

  later(2s);
  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied #1; ada: applied #1");
}

TEST_F(Faults, WhatWasGrantedButNeverReadBackIsWithdrawnAllTheSame) {
  hr_says("joined", "ada");
  work();
  tenant.fails(Call::groups, ErrorClass::transient);
  hr_says("changed", "ada", {{"department", "Engineering"}});
  work();
  ASSERT_EQ(tenant.access_of("ada"), "Staff, Engineering, Developer@app");

  hr_says("changed", "ada", {{"department", "Sales"}});
  work();

  EXPECT_EQ(tenant.access_of("ada"), "Staff, Sales");
}

TEST_F(Faults, ALaterEventEndsTheWaitOfTheOnesBefore) {
  tenant.fails(Call::add_members, ErrorClass::transient, 1);
  hr_says("joined", "ada");
  work();
  hr_says("changed", "ada", {{"job_title", "CTO"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: applied #1; ada: applied");
}

TEST_F(Faults, AnAdditionByAnotherHandIsSeenBeforeItCounts) {
  hr_says("joined", "ada");
  work();
  tenant.take("Staff", "ada");

  hr_says("changed", "ada", {{"job_title", "CTO"}});
  work();

  EXPECT_EQ(tenant_now(), "Staff: ada");
}

TEST_F(Faults, ALeaverIsNeverPutOffLong) {
  hr_says("joined", "ada");
  work();
  tenant.fails(Call::remove_members, ErrorClass::transient, FakeTenant::always);
  const EventId left = hr_says("left", "ada");

  for (int i = 0; i < 40; ++i) {
    work();
    ASSERT_EQ(event(left).state, EventState::retrying);
    ASSERT_LE(*event(left).due_at, clock.now() + 15min);
    clock.set(*event(left).due_at);
  }
}

TEST_F(Faults, ReasonsNeedNoEventForPeopleWhoseTimeCame) {
  hr_says("joined", "ada", {{"last_day", "2026-03-02"}});
  work();
  tenant.fails(Call::remove_members, ErrorClass::transient);
  later(24h);
  EXPECT_EQ(tenant_now(), "Staff: ada");

  later(15min);
  EXPECT_EQ(tenant_now(), "");
}

}  // namespace
}  // namespace rosterd::test
