#include "sync/settle_slices.hpp"

#include "unit/sync/syncing.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace rosterd::test {
namespace {

class PowerCut : public std::runtime_error {
 public:
  PowerCut() : std::runtime_error("the power is gone") {}
};

/// A round that is settled two people at a time.
class SettleSlices : public Syncing {
 protected:
  SettleSlices() {
    people_a_settlement = 2;
    a_company();
    for (int i = 0; i < people_count; ++i) {
      people.push_back("p" + std::to_string(i));
      tenant.has_user(people.back());
    }
    store.before_settle = [this](const Settlement& settlement) { watch(settlement); };
  }

  void watch(const Settlement& settlement) {
    if (++settled == cut_before) throw PowerCut();
    widest = std::max({widest, settlement.events.size(), settlement.granted.size()});
    if (on_settle) on_settle(settlement);
  }

  void everybody(const std::string& what) {
    for (const std::string& person : people) hr_says(what, person);
  }

  void everybody_has_left(std::size_t leavers_max) {
    everybody("joined");
    work();
    guard.enabled = true;
    guard.leavers = {leavers_max, 0.0, 24h};
    start();
    everybody("left");
  }

  /// Everything as if nothing had happened, whichever commit the power goes before. Gives how many
  /// there were.
  template <class Outcome>
  static int wherever_the_power_goes(Outcome outcome_of) {
    const auto undisturbed = outcome_of(0);
    int cut = 1;
    for (bool happened = true; happened && cut < 100; ++cut) {
      const auto outcome = outcome_of(cut);
      happened = outcome.second;
      EXPECT_EQ(outcome.first, undisturbed.first) << "before commit " << cut;
    }
    return cut - 2;
  }

  /// The daemon, and after a power cut another one.
  bool work_through(int cut) {
    settled = 0;
    cut_before = cut;
    bool happened = false;
    try {
      work();
    } catch (const PowerCut&) {
      happened = true;
      cut_before = 0;
      start();
      work();
    }
    return happened;
  }

  std::string everything() const {
    std::string text = tenant_now() + "\n" + outbox_now() + "\n" + holds_now() + "\n";
    for (const auto& [account, person] : store.links)
      text += account.value + " " + person.value + ", ";
    text += "\n";
    for (const auto& [assignment, entry] : store.ledger) {
      text +=
          assignment.first.value + " " + to_string(entry.name) + " " + entry.person.value + ", ";
    }
    return text;
  }

  static constexpr int people_count = 7;
  std::vector<std::string> people;
  std::size_t widest = 0;
  int settled = 0;
  int cut_before = 0;
  std::function<void(const Settlement&)> on_settle;
};

class Joiners : public SettleSlices {
 public:
  std::pair<std::string, bool> outcome(int cut) {
    everybody("joined");
    const bool happened = work_through(cut);
    return {everything(), happened};
  }
  void TestBody() override {}
};

class Leavers : public SettleSlices {
 public:
  std::pair<std::string, bool> outcome(int cut) {
    everybody_has_left(2);
    const bool happened = work_through(cut);
    return {everything(), happened};
  }
  void TestBody() override {}
};

class ApprovedLeavers : public SettleSlices {
 public:
  std::pair<std::string, bool> outcome(int cut) {
    everybody_has_left(0);
    work();
    anna_decides(true, store.holds.at(1));
    const bool happened = work_through(cut);
    return {everything(), happened};
  }
  void TestBody() override {}
};

TEST_F(SettleSlices, NoTransactionOfALongRoundHasMoreThanTwiceAsManyPeople) {
  everybody("joined");
  work();

  EXPECT_LE(widest, 3u);
  EXPECT_EQ(engine().statistics().applied, static_cast<std::size_t>(people_count));
}

TEST_F(SettleSlices, AShortRoundIsSettledInOneTransaction) {
  for (int i = 0; i < 3; ++i) hr_says("joined", people[static_cast<std::size_t>(i)]);
  std::size_t agreed = 0;
  on_settle = [&](const Settlement& settlement) {
    agreed = std::max(agreed, settlement.agreed.size());
  };
  work();

  EXPECT_EQ(agreed, 3u);
}

TEST_F(SettleSlices, ACrashBetweenTwoLosesNothingAndTheNextRoundSettlesTheRest) {
  const int commits = wherever_the_power_goes([](int cut) { return Joiners().outcome(cut); });

  EXPECT_GT(commits, 6);
}

TEST_F(SettleSlices, ACrashBetweenAHoldAndThoseItIsAboutLeavesNobodyOutOfIt) {
  const int commits = wherever_the_power_goes([](int cut) { return Leavers().outcome(cut); });

  EXPECT_GT(commits, 6);
}

TEST_F(SettleSlices, ACrashWhileAnApprovalIsCarriedOutEndsItWithItsHold) {
  const int commits =
      wherever_the_power_goes([](int cut) { return ApprovedLeavers().outcome(cut); });

  EXPECT_GE(commits, 1);
}

TEST_F(SettleSlices, NoEventIsEverHeldByNothing) {
  everybody_has_left(2);
  const auto see_held_events = [this] {
    std::set<PersonId> waiting;
    for (const auto& [id, hold] : store.holds) {
      if (hold.state != HoldState::open) continue;
      for (const HeldRemoval& removal : hold.removals) waiting.insert(removal.person);
    }
    for (const auto& [id, row] : store.events) {
      const bool is_held = row.state == EventState::held;
      EXPECT_TRUE(!is_held || waiting.contains(row.event.person)) << "event " << id;
    }
  };
  on_settle = [see_held_events](const Settlement&) { see_held_events(); };
  work();
  see_held_events();

  EXPECT_EQ(event(people_count + 1).state, EventState::held);
}

TEST_F(SettleSlices, WhoIsLeftWhenTheProcessDiesIsNeverAlone) {
  everybody("joined");
  on_settle = [this](const Settlement&) {
    std::set<PersonId> running;
    for (const auto& [id, row] : store.events) {
      if (row.state == EventState::running) running.insert(row.event.person);
    }
    EXPECT_NE(running.size(), 1u);
  };
  work();

  EXPECT_GT(settled, 6);
}

TEST_F(SettleSlices, WhatOneLosesAndAnotherGetsWithTheSameAccountIsSettledTogether) {
  const AccountId account = FakeTenant::account("shared");
  const EntitlementRef staff = *tenant.state().find(named("Staff"));
  std::map<PersonId, sync::RoundPerson> round;
  Settlement whole;
  for (const std::string& name : people) {
    const PersonId id(name);
    round[id].subject.person = id;
    round[id].subject.accounts = {FakeTenant::account(name)};
    whole.next_due[id] = std::nullopt;
    whole.agreed.push_back(id);
  }
  LedgerEntry entry;
  entry.account = account;
  entry.entitlement = staff;
  entry.person = PersonId("p6");
  round[PersonId("p0")].subject.ledger = {entry};
  round[PersonId("p6")].subject.accounts = {account};
  whole.granted = {entry};
  whole.revoked.emplace_back(account, staff);

  const auto slices = slices_of(std::move(whole), owners_in(round, {}, {}), 2);

  ASSERT_EQ(slices.size(), 3u);
  EXPECT_EQ(slices.front().agreed, (std::vector<PersonId>{PersonId("p0"), PersonId("p6")}));
  EXPECT_EQ(slices.front().granted.size(), 1u);
  EXPECT_EQ(slices.front().revoked.size(), 1u);
}

}  // namespace
}  // namespace rosterd::test
