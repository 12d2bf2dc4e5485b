#include "rosterd/domain/guard.hpp"

#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;
using namespace test;

constexpr Instant noon{std::chrono::hours{24 * 365 + 12}};

Removal begun(const Change& change, Instant at) {
  Removal removal;
  removal.person = change.person;
  removal.account = change.account;
  removal.entitlement = change.entitlement;
  removal.leaver = change.leaver;
  removal.at = at;
  return removal;
}

Hold hold(HoldState state, HoldCause cause, const std::vector<Change>& changes) {
  Hold made;
  made.state = state;
  made.cause = cause;
  for (const Change& change : changes) made.removals.push_back(held_removal(change));
  return made;
}

std::string numbered(const std::string& name, std::size_t number) {
  return name + std::to_string(number);
}

/// Each change of the plan and what becomes of it, then what went over.
std::string shown(const Plan& plan, const GuardVerdict& verdict) {
  std::string out;
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    const Change& change = plan.changes[i];
    out += change.person.value + " " + to_string(change.name) + ": ";
    const auto& withheld = verdict.withheld[i];
    out += !withheld ? "goes" : withheld->rejected ? "rejected, " : "waits, ";
    if (withheld) out += to_string(withheld->cause);
    out += "\n";
  }
  for (const auto& [cause, why] : verdict.over) out += why + "\n";
  return out;
}

struct BudgetRow {
  std::string name;
  struct Company {
    std::size_t people = 0;  ///< who have not left
    std::size_t ledger = 0;
  } company;
  struct Removals {
    std::size_t leavers = 0;
    std::size_t others = 0;
    Duration ago{0};
  } before;       ///< what was begun already, and when
  Removals plan;  ///< what is to be done now
  std::string expected;
  GuardSettings settings = {};
};

class GuardBudget : public testing::TestWithParam<BudgetRow> {};

/// Removals from a group that is never emptied by them.
std::vector<Change> removals(const std::string& name, const BudgetRow::Removals& counts) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < counts.leavers; ++i) {
    changes.push_back(revoke_leaver(numbered(name + "-leaver", i), group("Staff")));
  }
  for (std::size_t i = 0; i < counts.others; ++i) {
    changes.push_back(revoke(numbered(name + "-mover", i), group("Staff")));
  }
  return changes;
}

TEST_P(GuardBudget, Verdict) {
  const BudgetRow& row = GetParam();
  TenantState tenant;
  add_group(tenant, "Staff", {"somebody who stays"});
  GuardState state;
  state.people = row.company.people;
  state.ledger = row.company.ledger;
  for (const Change& change : removals("earlier", row.before)) {
    state.removals.push_back(begun(change, noon - row.before.ago));
  }
  Plan plan;
  plan.changes = removals("now", row.plan);
  const GuardVerdict verdict = guard(plan, tenant, state, row.settings, noon);
  BudgetRow::Removals go;
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    if (verdict.allows(i)) ++(plan.changes[i].leaver ? go.leavers : go.others);
  }
  std::string out =
      std::to_string(go.leavers) + " leavers and " + std::to_string(go.others) + " others go";
  for (const auto& [cause, why] : verdict.over) out += "; " + why;
  EXPECT_EQ(out, row.expected);
}

GuardSettings with(double leavers, double removals) {
  GuardSettings settings;
  settings.leavers = {0, leavers, 24h};
  settings.removals = {0, removals, 1h};
  return settings;
}

GuardSettings disabled() {
  GuardSettings settings;
  settings.enabled = false;
  return settings;
}

constexpr BudgetRow::Company small{25, 100};
constexpr BudgetRow::Company big{9800, 20'000};

INSTANTIATE_TEST_SUITE_P(
    Leavers,
    GuardBudget,
    testing::Values(
        BudgetRow{"none", small, {}, {}, "0 leavers and 0 others go"},
        BudgetRow{"four_of_30", {26, 100}, {}, {4, 0}, "4 leavers and 0 others go"},
        BudgetRow{"five_of_30", {25, 100}, {}, {5, 0}, "5 leavers and 0 others go"},
        BudgetRow{
            "six_of_30",
            {24, 100},
            {},
            {6, 0},
            "0 leavers and 0 others go; 6 people would lose access as leavers within 24 h; 5 may "
            "without approval"},
        BudgetRow{
            "all_but_one_of_10_000", {9801, 20'000}, {}, {199, 0}, "199 leavers and 0 others go"},
        BudgetRow{
            "two_percent_of_10_000", {9800, 20'000}, {}, {200, 0}, "200 leavers and 0 others go"},
        BudgetRow{
            "more_than_two_percent_of_10_000",
            {9799, 20'000},
            {},
            {201, 0},
            "0 leavers and 0 others go; 201 people would lose access as leavers within 24 h; 200 "
            "may without approval"},
        BudgetRow{
            "those_of_the_window_count",
            small,
            {5, 0, 24h - 1us},
            {1, 0},
            "0 leavers and 0 others go; 6 people would lose access as leavers within 24 h; 5 may "
            "without approval"},
        BudgetRow{"the_window_rolls", small, {5, 0, 24h}, {5, 0}, "5 leavers and 0 others go"},
        BudgetRow{
            "the_clock_was_set_back",
            small,
            {5, 0, -72h},
            {1, 0},
            "0 leavers and 0 others go; 6 people would lose access as leavers within 24 h; 5 may "
            "without approval"},
        BudgetRow{
            "movers_are_not_leavers", small, {0, 9, 1min}, {5, 0}, "5 leavers and 0 others go"},
        BudgetRow{
            "nobody_may",
            small,
            {},
            {1, 0},
            "0 leavers and 0 others go; 1 person would lose access as a leaver within 24 h; 0 may "
            "without approval",
            with(0.0, 1.0)}
    ),
    [](const auto& row) { return row.param.name; }
);

INSTANTIATE_TEST_SUITE_P(
    Removals,
    GuardBudget,
    testing::Values(
        BudgetRow{"ten_of_100", small, {}, {0, 10}, "0 leavers and 10 others go"},
        BudgetRow{
            "eleven_of_100",
            small,
            {},
            {0, 11},
            "0 leavers and 0 others go; 11 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{"nearly_five_percent", big, {}, {0, 999}, "0 leavers and 999 others go"},
        BudgetRow{"five_percent", big, {}, {0, 1000}, "0 leavers and 1000 others go"},
        BudgetRow{
            "more_than_five_percent",
            big,
            {},
            {0, 1001},
            "0 leavers and 0 others go; 1001 assignments would be removed within 1 h; 1000 may "
            "without approval"},
        BudgetRow{
            "a_part_is_rounded_down",
            {25, 239},
            {},
            {0, 12},
            "0 leavers and 0 others go; 12 assignments would be removed within 1 h; 11 may without "
            "approval"},
        BudgetRow{
            "a_part_that_is_whole_is_not",
            small,
            {},
            {0, 29},
            "0 leavers and 29 others go",
            with(1.0, 0.29)},
        BudgetRow{
            "those_of_the_window_count",
            small,
            {0, 10, 1h - 1us},
            {0, 1},
            "0 leavers and 0 others go; 11 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{"the_window_rolls", small, {0, 10, 1h}, {0, 10}, "0 leavers and 10 others go"},
        BudgetRow{
            "the_clock_was_set_back",
            small,
            {0, 10, -1h},
            {0, 1},
            "0 leavers and 0 others go; 11 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{
            "leavers_are_not_movers", small, {5, 0, 1min}, {0, 10}, "0 leavers and 10 others go"},
        BudgetRow{
            "one_class_over_does_not_hold_the_other",
            small,
            {},
            {3, 20},
            "3 leavers and 0 others go; 20 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{
            "both_over",
            small,
            {},
            {9, 20},
            "0 leavers and 0 others go; 9 people would lose access as leavers within 24 h; 5 may "
            "without approval; 20 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{"disabled", small, {9, 20}, {9, 20}, "9 leavers and 20 others go", disabled()}
    ),
    [](const auto& row) { return row.param.name; }
);

/// A plan about Staff, which has many others, and about smaller groups.
class Guard : public testing::Test {
 protected:
  Guard() {
    state.people = 30;
    state.ledger = 100;
    add_group(tenant, "Staff", {"somebody", "somebody else"});
  }

  std::string verdict() const { return shown(plan, guard(plan, tenant, state, settings, noon)); }

  TenantState tenant;
  GuardState state;
  GuardSettings settings;
  Plan plan;
};

TEST_F(Guard, OneLeaverMayLoseMoreThanAnHoursRemovals) {
  for (std::size_t i = 0; i < 40; ++i) {
    plan.changes.push_back(revoke_leaver("ann", group(numbered("G", i))));
  }
  const GuardVerdict verdict = guard(plan, tenant, state, settings, noon);
  EXPECT_TRUE(verdict.over.empty());
  EXPECT_TRUE(verdict.allows(0));
  EXPECT_TRUE(verdict.allows(39));
}

TEST_F(Guard, GrantsGoOnWhateverHappensToRemovals) {
  settings.removals.at_least = 0;
  settings.removals.part = 0;
  plan.changes = {
      revoke("bob", group("Staff")),
      grant("ann", group("Staff")),
      change(Change::Kind::adopt, "cid", group("Staff")),
      change(Change::Kind::forget, "dan", group("Staff")),
  };
  EXPECT_EQ(
      verdict(),
      "bob Staff: waits, removals\n"
      "ann Staff: goes\n"
      "cid Staff: goes\n"
      "dan Staff: goes\n"
      "1 assignment would be removed within 1 h; 0 may without approval\n"
  );
}

TEST_F(Guard, ALeaverWhoWasCountedAlreadyIsNotCountedAgain) {
  for (const char* who : {"a", "b", "c", "d", "e"}) {
    state.removals.push_back(begun(revoke_leaver(who, group("Staff")), noon - 1h));
  }
  plan.changes = {revoke_leaver("a", group("Other")), revoke_leaver("b", group("Other"))};
  EXPECT_EQ(verdict(), "a Other: goes\nb Other: goes\n");
}

TEST_F(Guard, WhatWasBegunIsTriedAgainWithoutACharge) {
  for (std::size_t i = 0; i < 10; ++i) {
    const Change each = revoke(numbered("p", i), group("Staff"));
    state.removals.push_back(begun(each, noon - 59min));
    plan.changes.push_back(each);
  }
  EXPECT_EQ(guard(plan, tenant, state, settings, noon).over.size(), 0U);
  plan.changes.push_back(revoke("one more", group("Staff")));
  const GuardVerdict verdict = guard(plan, tenant, state, settings, noon);
  EXPECT_TRUE(verdict.allows(0));
  EXPECT_TRUE(verdict.allows(9));
  EXPECT_FALSE(verdict.allows(10));
  EXPECT_EQ(
      verdict.over.at(HoldCause::removals),
      "11 assignments would be removed within 1 h; 10 may without approval"
  );
}

TEST_F(Guard, WhatWasBegunForAMoverIsFreeForTheLeaverTheyBecameToo) {
  settings.leavers = {0, 0.0, 24h};
  state.removals = {begun(revoke("ann", group("Staff")), noon - 1min)};
  plan.changes = {revoke_leaver("ann", group("Staff")), revoke_leaver("ann", role("Developer"))};
  EXPECT_EQ(
      verdict(),
      "ann Staff: goes\n"
      "ann Developer@app: waits, leavers\n"
      "1 person would lose access as a leaver within 24 h; 0 may without approval\n"
  );
}

TEST_F(Guard, WhatAPersonApprovedGoesAndCostsNothing) {
  std::vector<Change> approved;
  for (std::size_t i = 0; i < 20; ++i) {
    approved.push_back(revoke(numbered("p", i), group("Staff")));
  }
  state.holds = {hold(HoldState::approved, HoldCause::removals, approved)};
  plan.changes = approved;
  for (std::size_t i = 0; i < 10; ++i) {
    plan.changes.push_back(revoke(numbered("q", i), group("Staff")));
  }
  const GuardVerdict verdict = guard(plan, tenant, state, settings, noon);
  EXPECT_TRUE(verdict.over.empty());
  EXPECT_TRUE(verdict.allows(0));
  EXPECT_TRUE(verdict.allows(29));
}

TEST_F(Guard, WhatWaitsStaysAndIsNotCounted) {
  std::vector<Change> open;
  for (std::size_t i = 0; i < 20; ++i) open.push_back(revoke(numbered("p", i), group("Staff")));
  state.holds = {hold(HoldState::open, HoldCause::removals, open)};
  plan.changes = {open[0], open[19], revoke("q", group("Staff"))};
  EXPECT_EQ(verdict(), "p0 Staff: waits, removals\np19 Staff: waits, removals\nq Staff: goes\n");
}

TEST_F(Guard, HoldsAreObeyedAlsoWhenItIsDisabled) {
  settings.enabled = false;
  const Change ann = revoke("ann", group("Staff"));
  const Change bob = revoke_leaver("bob", group("Staff"));
  const Change cid = revoke("cid", group("Staff"));
  state.holds = {
      hold(HoldState::rejected, HoldCause::emptied, {ann}),
      hold(HoldState::open, HoldCause::leavers, {bob}),
      hold(HoldState::approved, HoldCause::removals, {cid}),
  };
  plan.changes = {bob, ann, cid};
  EXPECT_EQ(
      verdict(), "bob Staff: waits, leavers\nann Staff: rejected, emptied\ncid Staff: goes\n"
  );
}

TEST_F(Guard, OfSeveralHoldsAnApprovalSpeaksLoudestThenARejection) {
  const Change ann = revoke("ann", group("Staff"));
  const Change bob = revoke("bob", group("Staff"));
  state.holds = {
      hold(HoldState::open, HoldCause::removals, {ann, bob}),
      hold(HoldState::rejected, HoldCause::emptied, {ann, bob}),
      hold(HoldState::approved, HoldCause::leavers, {ann}),
  };
  plan.changes = {ann, bob};
  EXPECT_EQ(verdict(), "ann Staff: goes\nbob Staff: rejected, emptied\n");
}

TEST_F(Guard, AHoldThatIsOverSaysNothing) {
  const Change ann = revoke("ann", group("Staff"));
  state.holds = {
      hold(HoldState::lapsed, HoldCause::removals, {ann}),
      hold(HoldState::done, HoldCause::removals, {ann}),
  };
  plan.changes = {ann};
  EXPECT_EQ(verdict(), "ann Staff: goes\n");
}

TEST_F(Guard, ThatAMoverKeepsSomethingSaysNothingAboutTheLeaverTheyBecome) {
  state.holds = {
      hold(HoldState::rejected, HoldCause::removals, {revoke("ann", group("Staff"))}),
      hold(HoldState::rejected, HoldCause::leavers, {revoke_leaver("bob", group("Staff"))}),
  };
  plan.changes = {revoke_leaver("ann", group("Staff")), revoke_leaver("bob", group("Staff"))};
  EXPECT_EQ(verdict(), "ann Staff: goes\nbob Staff: rejected, leavers\n");
}

/// The group Four has four members, Three has three.
class GuardEmptying : public Guard {
 protected:
  GuardEmptying() {
    add_group(tenant, "Four", {"a", "b", "c", "d"});
    add_group(tenant, "Three", {"a", "b", "c"});
    add_role(tenant, "Developer", {"a", "b", "c", "d"});
  }

  void remove_all(const EntitlementRef& from) {
    for (const char* who : {"a", "b", "c", "d"}) {
      if (tenant.accounts_of(from)->contains(account(who))) {
        plan.changes.push_back(revoke(who, from));
      }
    }
  }
};

constexpr const char* four_emptied =
    "Four would lose the last member; what had more than 3 members within 24 h may not without "
    "approval\n";

TEST_F(GuardEmptying, AGroupOfFourDoesNotLoseThemAll) {
  remove_all(group("Four"));
  EXPECT_EQ(
      verdict(),
      std::string("a Four: waits, emptied\n"
                  "b Four: waits, emptied\n"
                  "c Four: waits, emptied\n"
                  "d Four: waits, emptied\n"
      ) + four_emptied
  );
}

TEST_F(GuardEmptying, AGroupOfThreeMay) {
  remove_all(group("Three"));
  EXPECT_EQ(verdict(), "a Three: goes\nb Three: goes\nc Three: goes\n");
}

TEST_F(GuardEmptying, ARoleOfFourDoesNotEitherAndIsCountedInOneSentence) {
  remove_all(group("Four"));
  remove_all(role("Developer"));
  const GuardVerdict verdict = guard(plan, tenant, state, settings, noon);
  EXPECT_EQ(
      verdict.over.at(HoldCause::emptied),
      "Four and 1 more would lose the last member; what had more than 3 members within 24 h may "
      "not without approval"
  );
  EXPECT_FALSE(verdict.allows(7));
}

TEST_F(GuardEmptying, LeaversDoNotEmptyItEither) {
  for (const char* who : {"a", "b", "c", "d"}) {
    plan.changes.push_back(revoke_leaver(who, group("Four")));
  }
  plan.changes.push_back(revoke_leaver("a", group("Three")));
  EXPECT_EQ(
      verdict(),
      std::string("a Four: waits, emptied\n"
                  "b Four: waits, emptied\n"
                  "c Four: waits, emptied\n"
                  "d Four: waits, emptied\n"
                  "a Three: goes\n"
      ) + four_emptied
  );
}

TEST_F(GuardEmptying, AllButOneMayGo) {
  remove_all(group("Four"));
  plan.changes.pop_back();
  EXPECT_EQ(verdict(), "a Four: goes\nb Four: goes\nc Four: goes\n");
}

TEST_F(GuardEmptying, AllMayBeSwappedForOthers) {
  remove_all(group("Four"));
  plan.changes.push_back(grant("new", group("Four")));
  EXPECT_EQ(verdict(), "a Four: goes\nb Four: goes\nc Four: goes\nd Four: goes\nnew Four: goes\n");
}

TEST_F(GuardEmptying, WhoIsWithheldForAnotherReasonStaysAMember) {
  settings.removals = {0, 0.0, 1h};
  plan.changes = {
      revoke_leaver("a", group("Four")),
      revoke_leaver("b", group("Four")),
      revoke_leaver("c", group("Four")),
      revoke("d", group("Four")),
  };
  EXPECT_EQ(
      verdict(),
      "a Four: goes\n"
      "b Four: goes\n"
      "c Four: goes\n"
      "d Four: waits, removals\n"
      "1 assignment would be removed within 1 h; 0 may without approval\n"
  );
}

TEST_F(GuardEmptying, OneAfterTheOtherIsTheSame) {
  tenant.groups.clear();
  add_group(tenant, "Four", {"d"});
  for (const char* who : {"a", "b", "c"}) {
    state.removals.push_back(begun(revoke(who, group("Four")), noon - 24h + 1us));
  }
  plan.changes = {revoke_leaver("d", group("Four"))};
  EXPECT_EQ(verdict(), std::string("d Four: waits, emptied\n") + four_emptied);
  for (Removal& removal : state.removals) removal.at = noon - 24h;
  EXPECT_EQ(verdict(), "d Four: goes\n");
}

TEST_F(GuardEmptying, WhoWasRemovedAndIsBackIsOneMember) {
  tenant.groups.clear();
  add_group(tenant, "Three", {"a", "b", "c"});
  state.removals = {begun(revoke_leaver("a", group("Three")), noon - 2h)};
  remove_all(group("Three"));
  EXPECT_EQ(verdict(), "a Three: goes\nb Three: goes\nc Three: goes\n");
}

TEST_F(GuardEmptying, TryingAgainDoesNotTakeTheLastMember) {
  tenant.groups.clear();
  add_group(tenant, "Four", {"a"});
  for (const char* who : {"a", "b", "c", "d"}) {
    state.removals.push_back(begun(revoke(who, group("Four")), noon - 1min));
  }
  plan.changes = {revoke("a", group("Four"))};
  EXPECT_EQ(verdict(), std::string("a Four: waits, emptied\n") + four_emptied);
}

TEST_F(GuardEmptying, WithApprovalItMay) {
  remove_all(group("Four"));
  state.holds = {hold(HoldState::approved, HoldCause::emptied, plan.changes)};
  EXPECT_EQ(verdict(), "a Four: goes\nb Four: goes\nc Four: goes\nd Four: goes\n");
}

TEST_F(GuardEmptying, WhatIsApprovedCountsAsGone) {
  remove_all(group("Four"));
  const std::vector<Change> approved(plan.changes.begin(), plan.changes.begin() + 3);
  state.holds = {hold(HoldState::approved, HoldCause::removals, approved)};
  EXPECT_EQ(
      verdict(),
      std::string("a Four: goes\n"
                  "b Four: goes\n"
                  "c Four: goes\n"
                  "d Four: waits, emptied\n"
      ) + four_emptied
  );
}

TEST_F(GuardEmptying, DisabledItMayBeEmptied) {
  settings.enabled = false;
  remove_all(group("Four"));
  EXPECT_EQ(verdict(), "a Four: goes\nb Four: goes\nc Four: goes\nd Four: goes\n");
}

TEST(GuardSettings, TheLongestWindowIsThatOfAnyBudget) {
  GuardSettings settings;
  EXPECT_EQ(settings.longest_window(), Duration{24h});
  settings.removals.window = 48h;
  EXPECT_EQ(settings.longest_window(), Duration{48h});
  settings.emptied_window = 72h;
  EXPECT_EQ(settings.longest_window(), Duration{72h});
}

}  // namespace
}  // namespace rosterd
