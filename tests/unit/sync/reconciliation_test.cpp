#include "unit/sync/syncing.hpp"

namespace rosterd::test {
namespace {

class Reconciliation : public Syncing {
 protected:
  Reconciliation() {
    a_company();
    users({"ada", "bob", "cleo"});
    for (const char* name : {"ada", "bob", "cleo"}) {
      hr_says("joined", name, {{"department", "Sales"}});
    }
    work();
  }

  ReconcileReport reconciles(bool repair = true) {
    auto report = run(loop, engine().reconcile(repair));
    EXPECT_TRUE(report.has_value());
    work();
    return report ? *report : ReconcileReport();
  }

  /// `missing ada Sales; foreign bob Engineering`; contended ones with `!`.
  std::string drift_now() const {
    std::string text;
    for (const DriftRow& row : store.drift_rows) {
      if (!row.there) continue;
      text += text.empty() ? "" : "; ";
      text += std::string(to_string(row.drift.kind)) + (row.contended() ? "! " : " ");
      text += row.drift.account.value.substr(6) + " " + to_string(row.drift.name);
    }
    return text;
  }
};

TEST_F(Reconciliation, ATenantThatAgreesHasNoDrift) {
  const auto report = reconciles();

  EXPECT_EQ(drift_now(), "");
  EXPECT_EQ(report.people, 3u);
  EXPECT_EQ(report.people_to_repair, 0u);
}

TEST_F(Reconciliation, WhatSomebodyTookAwayIsGivenBack) {
  tenant.take("Sales", "ada");

  reconciles();

  EXPECT_EQ(drift_now(), "missing ada Sales");
  EXPECT_EQ(tenant.access_of("ada"), "Staff, Sales");
}

TEST_F(Reconciliation, WhatIsNotRosterdsIsNamedAndLeft) {
  tenant.put("Engineering", "ada");
  tenant.put("Sales", "stranger");

  reconciles();

  EXPECT_EQ(drift_now(), "foreign ada Engineering; orphan_account stranger Sales");
  EXPECT_EQ(tenant.access_of("ada"), "Staff, Engineering, Sales");
  EXPECT_EQ(tenant.access_of("stranger"), "Sales");
}

TEST_F(Reconciliation, StrangersGoFromAnExactGroup) {
  mode("Sales", Mode::exact);
  new_policy();
  work();
  tenant.put("Sales", "stranger");

  reconciles();

  EXPECT_EQ(tenant.access_of("stranger"), "");
  EXPECT_EQ(tenant_now(), "Staff: ada, bob, cleo; Sales: ada, bob, cleo");
}

TEST_F(Reconciliation, StrangersOverTheBudgetAreHeldAndGoWhenApproved) {
  guard.enabled = true;
  guard.removals = {2, 0.0, 1h};
  mode("Sales", Mode::exact);
  new_policy();
  start();
  work();
  for (const char* name : {"s1", "s2", "s3"}) tenant.put("Sales", name);
  reconciles();
  EXPECT_EQ(holds_now(), "removals open: s1 Sales, s2 Sales, s3 Sales");

  const auto outcome = anna_decides(true, store.holds.begin()->second);
  reconciles();

  EXPECT_EQ(outcome.kind, sync::DecisionOutcome::Kind::decided) << outcome.text;
  EXPECT_EQ(tenant_now(), "Staff: ada, bob, cleo; Sales: ada, bob, cleo");
  EXPECT_EQ(holds_now(), "removals done");
}

TEST_F(Reconciliation, AHoldOfStrangersWhoAreGoneLapses) {
  guard.enabled = true;
  guard.removals = {0, 0.0, 1h};
  mode("Sales", Mode::exact);
  new_policy();
  start();
  work();
  tenant.put("Sales", "stranger");
  reconciles();
  ASSERT_EQ(holds_now(), "removals open: stranger Sales");

  tenant.take("Sales", "stranger");
  reconciles();

  EXPECT_EQ(holds_now(), "removals lapsed");
}

TEST_F(Reconciliation, AHoldOfWhatSomebodyTookAwayByHandLapsesAndItsEventIsApplied) {
  tenant.put("Engineering", "ada");
  tenant.take("Sales", "ada");
  tenant.take("Staff", "ada");
  guard.enabled = true;
  guard.leavers = {0, 0.0, 24h};
  start();
  hr_says("left", "ada");
  work();
  ASSERT_EQ(holds_now(), "leavers open: ada Engineering");

  tenant.take("Engineering", "ada");
  reconciles();

  EXPECT_EQ(holds_now(), "leavers lapsed");
  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied; cleo: applied; ada: applied");
}

TEST_F(Reconciliation, StrangersThatAreApprovedGoSoonThoughPeopleAreInTheSameHold) {
  guard.enabled = true;
  guard.removals = {0, 0.0, 1h};
  mode("Sales", Mode::exact);
  new_policy();
  start();
  work();
  tenant.put("Sales", "stranger");
  reconciles();
  hr_says("changed", "ada", {{"department", "Support"}});
  work();
  ASSERT_EQ(holds_now(), "removals open: ada Sales, stranger Sales");

  anna_decides(true, store.holds.begin()->second);
  std::stop_source enough;
  tenant.after_write = [&](Call) {
    if (tenant.access_of("stranger").empty()) enough.request_stop();
  };
  asio::steady_timer too_late(loop, 2s);
  too_late.async_wait([&](const auto&) { enough.request_stop(); });
  run(loop, engine().run(enough.get_token()));

  EXPECT_EQ(tenant_now(), "Staff: ada, bob, cleo; Sales: bob, cleo");
}

TEST_F(Reconciliation, ALeaverDoesNotWaitForTheRemovalOfStrangers) {
  rule("developers", {{"team", "core"}}, {"Developer@app"});
  RoleSpec spec;
  spec.role = named("Developer@app");
  spec.mode = Mode::exact;
  policy.roles.push_back(spec);
  new_policy();
  work();
  for (int i = 0; i < 50; ++i) tenant.put("Developer", "s" + std::to_string(i));
  bool left = false;
  tenant.after_write = [&](Call) {
    if (!left) hr_says("left", "ada");
    left = true;
  };

  run(loop, engine().reconcile(true));

  EXPECT_LT(tenant.writes(), 60u);
  EXPECT_GT(tenant.state().roles.front().users.size(), 40u) << "the others still wait";
  work();
  EXPECT_EQ(tenant.access_of("ada"), "");
}

TEST_F(Reconciliation, ADryRunRepairsNothing) {
  tenant.take("Sales", "ada");
  tenant.forget_history();

  const auto report = reconciles(false);

  EXPECT_EQ(report.found.at(DriftKind::missing), 1u);
  EXPECT_EQ(tenant.writes(), 0u);
  EXPECT_EQ(tenant.access_of("ada"), "Staff");
}

TEST_F(Reconciliation, AnotherWriterWhoUndoesEveryRepairIsCalledContended) {
  for (int i = 0; i < 3; ++i) {
    tenant.take("Sales", "ada");
    reconciles();
    clock.advance(1h);
  }

  EXPECT_EQ(drift_now(), "missing! ada Sales");
}

TEST_F(Reconciliation, WhatWaitsForApprovalIsNotCalledContendedHoweverOftenItIsFound) {
  guard.enabled = true;
  guard.leavers = {0, 0.0, 24h};
  start();
  hr_says("left", "ada");
  work();

  for (int i = 0; i < 5; ++i) {
    reconciles();
    clock.advance(1h);
  }

  EXPECT_EQ(drift_now(), "unexpected ada Sales; unexpected ada Staff");
}

TEST_F(Reconciliation, WhatIsWantedAndThereIsAdopted) {
  const EntitlementRef sales = *tenant.state().find(named("Sales"));
  store.ledger.erase({FakeTenant::account("ada"), sales});
  tenant.forget_history();

  reconciles();

  EXPECT_EQ(drift_now(), "");
  EXPECT_EQ(store.ledger.size(), 6u);
  EXPECT_TRUE(store.ledger.at({FakeTenant::account("ada"), sales}).adopted);
  EXPECT_EQ(tenant.writes(), 0u);
}

TEST_F(Reconciliation, ATenantThatCannotBeReadIsNoDrift) {
  tenant.fails(Call::roles, ErrorClass::transient);

  const auto report = run(loop, engine().reconcile(true));

  EXPECT_FALSE(report.has_value());
  EXPECT_FALSE(store.reconciled.has_value());
}

class ResidualAccessOfLeavers : public Reconciliation {
 protected:
  std::string residual_now() {
    while (run(loop, engine().check_one_leaver())) {
    }
    std::string text;
    for (const auto& [of, ways] : store.residual) {
      for (const auto& way : ways) {
        text += (text.empty() ? "" : "; ") + of.person.value + ": " + to_string(way.name);
      }
    }
    return text;
  }
};

TEST_F(ResidualAccessOfLeavers, NothingIsLeftToWhoLostEverything) {
  hr_says("left", "ada");
  work();

  EXPECT_EQ(residual_now(), "");
  EXPECT_EQ(tenant.count(Call::effective), 1u);
}

TEST_F(ResidualAccessOfLeavers, WhatIsProtectedIsReportedWithItsNestingAndRoles) {
  tenant.nests("Engineering", "Sales");
  tenant.attaches("Developer", "Engineering");
  policy.protected_things.entitlements = {named("Sales")};
  new_policy();
  work();

  hr_says("left", "ada");
  work();

  EXPECT_EQ(residual_now(), "ada: Engineering; ada: Sales; ada: Developer@app");
}

TEST_F(ResidualAccessOfLeavers, WhoLeavesByDateAndLosesNothingIsLookedAtToo) {
  policy.protected_things.entitlements = {named("Sales"), named("Staff")};
  new_policy();
  hr_says("changed", "ada", {{"last_day", "2026-03-03"}});
  work();

  later(72h);

  EXPECT_EQ(residual_now(), "ada: Sales; ada: Staff");
}

TEST_F(ResidualAccessOfLeavers, OneWhoCannotBeLookedAtDoesNotKeepTheOthersWaiting) {
  tenant.nests("Engineering", "Staff");
  policy.protected_things.entitlements = {named("Staff")};
  new_policy();
  tenant.fails(Call::effective, ErrorClass::permanent, FakeTenant::always, "auth0|ada");
  hr_says("left", "ada");
  hr_says("left", "bob");
  work();

  run(loop, engine().check_one_leaver());

  EXPECT_EQ(residual_now(), "bob: Engineering; bob: Staff");
  EXPECT_EQ(store.unchecked.size(), 1u);
}

TEST_F(ResidualAccessOfLeavers, IsLookedAtAgainWithEveryReconciliation) {
  tenant.nests("Engineering", "Sales");
  policy.protected_things.entitlements = {named("Sales")};
  new_policy();
  hr_says("left", "ada");
  work();
  ASSERT_EQ(residual_now(), "ada: Engineering; ada: Sales");

  tenant.take("Sales", "ada");
  reconciles();

  EXPECT_EQ(residual_now(), "");
}

TEST_F(ResidualAccessOfLeavers, IsForgottenWhenThePersonComesBack) {
  policy.protected_things.entitlements = {named("Sales")};
  new_policy();
  hr_says("left", "ada");
  work();
  EXPECT_EQ(residual_now(), "ada: Sales");

  hr_says("joined", "ada", {{"status", "active"}});
  work();

  EXPECT_EQ(residual_now(), "");
}

class StorageRoom : public Syncing {
 protected:
  StorageRoom() {
    a_company();
    users({"ada", "bob"});
    storage_bytes_max = 20'000;
  }
};

TEST_F(StorageRoom, GrantsThatWouldPassTheLimitAreRefusedAndTriedAgain) {
  tenant.storage_bytes = 19'995;
  hr_says("joined", "ada");
  work();
  EXPECT_EQ(tenant_now(), "");
  EXPECT_EQ(outbox_now(), "ada: retrying storage_full");

  tenant.storage_bytes = 10'000;
  later(2h);

  EXPECT_EQ(tenant_now(), "Staff: ada");
}

TEST_F(StorageRoom, RemovalsGoOnWhenItIsFull) {
  hr_says("joined", "ada");
  work();
  tenant.storage_bytes = 20'000;
  later(2h);

  hr_says("left", "ada");
  work();

  EXPECT_EQ(tenant_now(), "");
}

TEST_F(StorageRoom, TheGaugeIsReadAtMostHourly) {
  for (int i = 0; i < 10; ++i) {
    hr_says("joined", "p" + std::to_string(i));
    later(5min);
  }

  EXPECT_EQ(tenant.count(Call::storage), 1u);
}

TEST_F(StorageRoom, AGaugeThatCannotBeReadRefusesNothing) {
  tenant.fails(Call::storage, ErrorClass::configuration, FakeTenant::always);

  hr_says("joined", "ada");
  work();

  EXPECT_EQ(tenant_now(), "Staff: ada");
}

}  // namespace
}  // namespace rosterd::test
