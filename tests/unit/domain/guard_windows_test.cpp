#include "rosterd/domain/guard.hpp"
#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;
using namespace test;

constexpr Instant start{std::chrono::hours{24 * 365}};

/// A company that plans, asks the guard, and does what may be done, as the worker would.
class Company {
 public:
  Company(std::size_t people, std::size_t ledger) {
    state_.people = people;
    state_.ledger = ledger;
    add_group(tenant_, "Staff", {"somebody who stays"});
  }

  /// Plans these removals. What may go is begun and, but for `failing`, done.
  void plan(const std::vector<Change>& removals, Instant now, bool failing = false) {
    Plan plan;
    plan.changes = removals;
    const GuardVerdict verdict = guard(plan, tenant_, state_, settings_, now);
    Plan rest;
    std::vector<std::optional<Withheld>> withheld;
    std::set<PersonId> planned;
    for (std::size_t i = 0; i < plan.changes.size(); ++i) {
      const Change& change = plan.changes[i];
      planned.insert(change.person);
      if (verdict.allows(i)) begin(change, now);
      if (verdict.allows(i) && !failing) {
        finish(change, now);
        continue;
      }
      rest.changes.push_back(change);
      withheld.push_back(verdict.withheld[i]);
    }
    keep(holds_after(state_.holds, rest, withheld, planned, "v1", now));
  }

  void leaves(const std::string& person, Instant now) {
    --state_.people;
    plan({revoke_leaver(person, group("Staff"))}, now);
  }

  bool has_lost(const Change& change) const { return done_.contains(key_of(change)); }
  std::size_t lost() const { return done_.size(); }
  const std::vector<Hold>& holds() const { return state_.holds; }

  /// The most that was lost within any window: assignments of people who stay.
  std::size_t most_removals() const { return most(removals_, settings_.removals.window); }
  /// And people who left.
  std::size_t most_leavers() const { return most(leavers_, settings_.leavers.window); }

 private:
  static AssignmentKey key_of(const Change& change) { return {change.account, change.entitlement}; }

  void begin(const Change& change, Instant now) {
    Removal removal = begun(change, now);
    std::erase_if(state_.removals, [&](const Removal& known) {
      return known.identity() == removal.identity();
    });
    state_.removals.push_back(std::move(removal));
  }

  void finish(const Change& change, Instant now) {
    done_.insert(key_of(change));
    --state_.ledger;
    if (change.leaver) {
      leavers_.emplace(now, change.person.value);
    } else {
      removals_.emplace(now, change.account.value + " " + change.entitlement.id.value);
    }
  }

  void keep(std::vector<Hold> changed) {
    for (Hold& hold : changed) {
      const bool is_new = hold.id == 0;
      if (is_new) hold.id = ++last_hold_;
      std::erase_if(state_.holds, [&](const Hold& known) { return known.id == hold.id; });
      if (is_in_force(hold.state)) state_.holds.push_back(std::move(hold));
    }
  }

  /// The most that ended within a window; what counts as one is called the same.
  static std::size_t most(const std::multimap<Instant, std::string>& ends, Duration window) {
    std::size_t most = 0;
    for (auto last = ends.begin(); last != ends.end(); ++last) {
      std::set<std::string> within;
      const auto first = ends.upper_bound(last->first - window);
      for (auto each = first; each != std::next(last); ++each) within.insert(each->second);
      most = std::max(most, within.size());
    }
    return most;
  }

  TenantState tenant_;
  GuardState state_;
  GuardSettings settings_;
  std::set<AssignmentKey> done_;
  std::multimap<Instant, std::string> removals_;  ///< when each was done
  std::multimap<Instant, std::string> leavers_;
  std::int64_t last_hold_ = 0;
};

TEST(GuardWindows, TwoThousandSingleLeaversInAMinuteAreNoWayAroundTheBudget) {
  Company company(10'000, 50'000);
  for (int i = 0; i < 2000; ++i) {
    company.leaves("p" + std::to_string(i), start + i * 30ms);
  }
  EXPECT_EQ(company.lost(), 200U);
  ASSERT_EQ(company.holds().size(), 1U);
  EXPECT_EQ(company.holds().front().cause, HoldCause::leavers);
  EXPECT_EQ(company.holds().front().removals.size(), 1800U);
}

TEST(GuardWindows, NorAreThirtySingleLeaversOfASmallCompany) {
  Company company(30, 90);
  for (int i = 0; i < 30; ++i) company.leaves("p" + std::to_string(i), start + i * 1s);
  EXPECT_EQ(company.lost(), 5U);
}

TEST(GuardWindows, WhoLeavesOneDayAtATimeIsNeverHeld) {
  Company company(30, 90);
  for (int i = 0; i < 20; ++i) company.leaves("p" + std::to_string(i), start + i * 5h);
  EXPECT_EQ(company.lost(), 20U);
  EXPECT_TRUE(company.holds().empty());
}

TEST(GuardWindows, WhatIsHeldStaysHeldWhenTheWindowHasRolled) {
  Company company(30, 90);
  for (int i = 0; i < 6; ++i) company.leaves("p" + std::to_string(i), start);
  const Change sixth = revoke_leaver("p5", group("Staff"));
  company.plan({sixth}, start + 100h);
  EXPECT_FALSE(company.has_lost(sixth));
}

class GuardProperty : public testing::TestWithParam<unsigned> {};

/// Any removals, in any plans, at any times, some failing and tried again.
TEST_P(GuardProperty, NoSplitRemovesMoreThanTheBudgetWithinItsWindow) {
  std::mt19937 random(GetParam());
  const auto below = [&](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  const std::size_t people = 20 + below(600);
  const std::size_t ledger = people * (1 + below(4));
  std::size_t staying = 0;
  std::vector<Change> wanted;
  for (std::size_t i = 0; i < people; ++i) {
    const std::string who = "p" + std::to_string(i);
    const bool leaver = below(4) == 0;
    if (!leaver) ++staying;
    for (std::size_t g = 0; g <= below(4); ++g) {
      const EntitlementRef what = group("G" + std::to_string(g));
      wanted.push_back(leaver ? revoke_leaver(who, what) : revoke(who, what));
    }
  }
  Company company(staying, ledger);
  std::shuffle(wanted.begin(), wanted.end(), random);
  Instant now = start;
  std::size_t planned = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<Change> plan;
    const std::size_t size = 1 + below(below(10) == 0 ? 40 : 3);
    for (std::size_t i = 0; i < size; ++i) {
      // Usually something new, sometimes what was planned already.
      const bool again = planned > 0 && below(4) == 0;
      const std::size_t index = again ? below(planned) : planned++ % wanted.size();
      planned = std::min(planned, wanted.size());
      const Change& change = wanted[index];
      if (!company.has_lost(change)) plan.push_back(change);
    }
    company.plan(plan, now, below(5) == 0);
    now += std::chrono::seconds{below(400)};
  }
  const auto part = [](double of, std::size_t whole) {
    return static_cast<std::size_t>(of * static_cast<double>(whole) + 1e-9);
  };
  EXPECT_LE(company.most_removals(), std::max<std::size_t>(10, part(0.05, ledger)));
  EXPECT_LE(company.most_leavers(), std::max<std::size_t>(5, part(0.02, people)));
  // Something was done, and something was not: else nothing was tried.
  EXPECT_GE(company.most_removals(), 5U);
  EXPECT_FALSE(company.holds().empty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, GuardProperty, testing::Range(1U, 21U));

}  // namespace
}  // namespace rosterd
