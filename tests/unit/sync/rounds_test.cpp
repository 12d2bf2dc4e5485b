#include "unit/sync/syncing.hpp"

#include <exception>
#include <stdexcept>

namespace rosterd::test {
namespace {

class Rounds : public Syncing {
 protected:
  Rounds() { a_company(), users({"ada", "bob", "cleo"}); }
};

TEST_F(Rounds, TenThousandJoinersInTwentyGroupsCostFewCalls) {
  policy.rules.clear();
  finds_accounts_by({by_user_id()});
  for (int i = 0; i < 20; ++i) {
    const std::string team = "Team " + std::to_string(i);
    tenant.has_group(team);
    rule(team, {{"department", std::to_string(i)}}, {team});
  }
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "p" + std::to_string(i);
    hr_says("joined", name, {{"user_id", "auth0|" + name}, {"department", std::to_string(i % 20)}});
  }

  work();

  EXPECT_LE(tenant.calls_to_groups_and_roles(), 25u);
  EXPECT_EQ(engine().statistics().grants, 10'000u);
}

TEST_F(Rounds, TellForHowLongTheWorkerHasNotMoved) {
  one_round();
  clock.advance(5min);
  EXPECT_EQ(engine().still_for(), Duration{5min});

  hr_says("joined", "ada");
  one_round();

  EXPECT_EQ(engine().still_for(), Duration{0});
}

TEST_F(Rounds, OneMoverCostsSixCallsWhenTheTenantIsKnown) {
  tenant.has_role("Seller");
  rule("sellers' role", {{"department", "Sales"}}, {"Seller@app"});
  hr_says("joined", "ada", {{"department", "Engineering"}});
  work();
  tenant.forget_history();

  hr_says("changed", "ada", {{"department", "Sales"}});
  work();

  EXPECT_LE(tenant.calls_to_groups_and_roles(), 6u);
  EXPECT_EQ(tenant.access_of("ada"), "Staff, Sales, Seller@app");
}

TEST_F(Rounds, ALeaverWhoArrivesInALongPlanComesFirst) {
  hr_says("joined", "cleo");
  work();
  tenant.forget_history();
  for (const char* name : {"ada", "bob"}) hr_says("joined", name, {{"department", "Engineering"}});
  bool said = false;
  tenant.on_call = [&](Call call) {
    if (call == Call::add_members && !std::exchange(said, true)) hr_says("left", "cleo");
  };

  EXPECT_TRUE(one_round());
  EXPECT_EQ(tenant.writes(), 1u);
  EXPECT_EQ(outbox_now(), "cleo: applied; ada: pending; bob: pending; cleo: pending");

  work();
  EXPECT_EQ(tenant.history().at(1), "-Staff: cleo");
  EXPECT_EQ(outbox_now(), "cleo: applied; ada: applied; bob: applied; cleo: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada, bob; Engineering: ada, bob; Developer@app: ada, bob");
}

TEST_F(Rounds, ALeaverWhoArrivesDuringLookUpsComesFirst) {
  hr_says("joined", "cleo");
  work();
  for (const char* name : {"ada", "bob"}) hr_says("joined", name);
  bool said = false;
  tenant.on_call = [&](Call call) {
    if (call == Call::users_with_email && !std::exchange(said, true)) hr_says("left", "cleo");
  };

  EXPECT_TRUE(one_round());

  EXPECT_EQ(outbox_now(), "cleo: applied; ada: applied; bob: pending; cleo: pending");
  work();
  EXPECT_EQ(tenant_now(), "Staff: ada, bob");
}

TEST_F(Rounds, PagesReadSoFarAreKeptWhenALeaverComesBetween) {
  config.bulk_lookup_min = 100;
  for (int i = 0; i < 250; ++i) tenant.has_user("p" + std::to_string(i));
  for (int i = 0; i < 150; ++i) hr_says("joined", "p" + std::to_string(i));
  hr_says("joined", "cleo");
  bool said = false;
  tenant.on_call = [&](Call call) {
    if (call == Call::users_page && !std::exchange(said, true)) hr_says("left", "cleo");
  };

  work();

  EXPECT_EQ(tenant.count(Call::users_page), 3u);
  EXPECT_EQ(outbox_now().find("pending"), std::string::npos);
}

TEST_F(Rounds, ALongRoundIsCutAndGoesOn) {
  for (const char* name : {"ada", "bob", "cleo"}) {
    hr_says("joined", name, {{"department", "Engineering"}});
  }
  tenant.on_call = [&](Call call) {
    if (mutates(call)) clock.advance(2min);
  };

  EXPECT_GT(work(), 3);

  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied; cleo: applied");
}

TEST_F(Rounds, ManyLeaversAreRecordedNowAndThen) {
  for (const char* name : {"ada", "bob", "cleo"}) {
    hr_says("joined", name, {{"department", "Engineering"}});
  }
  work();
  for (const char* name : {"ada", "bob", "cleo"}) hr_says("left", name);
  tenant.on_call = [&](Call call) {
    if (mutates(call)) clock.advance(2min);
  };

  EXPECT_GT(work(), 3);

  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Rounds, AStopPutsTheRestBackUncounted) {
  std::stop_source stop;
  hr_says("joined", "ada", {{"department", "Engineering"}});
  hr_says("joined", "bob", {{"department", "Sales"}});
  tenant.on_call = [&](Call call) {
    if (mutates(call)) stop.request_stop();
  };

  run(loop, engine().run(stop.get_token()));

  EXPECT_EQ(tenant.writes(), 1u);
  EXPECT_EQ(outbox_now(), "ada: pending; bob: pending");
  start();
  work();
  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied");
}

/// A worker that runs, with nothing around it going on by itself.
class Running : public Rounds {
 protected:
  Running() {
    engine();
    loop.restart();
    asio::co_spawn(loop, engine().run(stop.get_token()), [](const std::exception_ptr& error) {
      EXPECT_FALSE(error);
    });
  }
  ~Running() override {
    stop.request_stop();
    loop.run();
  }

  void arrives(const std::string& person) {
    hr_says("joined", person);
    engine().notify();
    loop.poll();
  }

  std::stop_source stop;
};

TEST_F(Running, WhatArrivesWhileTheTenantCannotBeAskedIsTakenTogetherLater) {
  tenant.fails(Call::users_with_email, ErrorClass::paused, FakeTenant::always);

  arrives("ada");
  arrives("bob");
  arrives("cleo");

  EXPECT_EQ(outbox_now(), "ada: retrying paused; bob: pending; cleo: pending");
}

TEST_F(Running, WhatArrivesIsTakenAtOnceWhenTheTenantCanBeAsked) {
  arrives("ada");
  arrives("bob");

  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied");
}

TEST_F(Running, NobodyWaitsOnceTheTenantCanBeAskedAgain) {
  FakeTenant::Plot open;
  open.call = Call::users_with_email;
  open.error = TargetError(ErrorClass::paused, 0, "not tried: the target keeps failing");
  open.error.retry_at = clock.now();
  tenant.will(open);

  arrives("ada");
  arrives("bob");

  EXPECT_EQ(outbox_now(), "ada: retrying paused; bob: applied");
}

TEST_F(Rounds, APolicyReplacedInTheMiddleCountsFromTheNextRoundOn) {
  hr_says("joined", "ada", {{"department", "Sales"}});
  bool replaced = false;
  tenant.on_call = [&](Call call) {
    if (call != Call::users_with_email || std::exchange(replaced, true)) return;
    auto changed = std::make_shared<Policy>(policy);
    changed->version = "policy-2";
    changed->rules.pop_back();
    store.policy_version = changed->version;
    engine().replace_policy(changed);
  };

  EXPECT_TRUE(one_round());
  EXPECT_EQ(tenant_now(), "Staff: ada; Sales: ada");

  store.people.at(PersonId("ada")).policy = "policy-1";
  work();
  EXPECT_EQ(tenant_now(), "Staff: ada");
}

struct PowerCut : std::runtime_error {
  PowerCut() : std::runtime_error("power cut") {}
};

class Crashes : public Rounds, public testing::WithParamInterface<std::size_t> {};

TEST_P(Crashes, ANewProcessComesToTheSameEnd) {
  hr_says("joined", "ada", {{"department", "Engineering"}});
  hr_says("joined", "bob", {{"department", "Sales"}});
  work();
  tenant.has_user("lovelace");
  hr_says("changed", "ada", {{"department", "Sales"}, {"email", "lovelace@example.com"}});
  hr_says("left", "bob");
  hr_says("joined", "cleo", {{"department", "Engineering"}});
  const std::size_t fatal = store.settlements + GetParam();
  store.before_settle = [this, fatal](const Settlement&) {
    if (store.settlements == fatal) throw PowerCut();
  };

  EXPECT_THROW(work(), PowerCut);
  store.before_settle = nullptr;
  start();
  hr_says("changed", "cleo", {{"department", "Sales"}});
  work();

  EXPECT_EQ(tenant_now(), "Staff: cleo, lovelace; Sales: cleo, lovelace");
  EXPECT_EQ(store.ledger.size(), 4u);
  EXPECT_EQ(outbox_now().find("running"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(AtSettlement, Crashes, testing::Range<std::size_t>(0, 4));

TEST_F(Rounds, AnEventThatKillsTheProcessAgainAndAgainIsPoison) {
  hr_says("joined", "ada");
  store.before_settle = [](const Settlement&) { throw PowerCut(); };
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(work(), PowerCut);
    start();
  }

  EXPECT_EQ(outbox_now(), "ada: dead poison");
}

}  // namespace
}  // namespace rosterd::test
