#include "rosterd/domain/guard.hpp"

#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;
using namespace test;

constexpr Instant noon{std::chrono::hours{24 * 365 + 12}};

Hold hold(HoldState state, HoldCause cause, const std::vector<Change>& changes) {
  Hold made;
  made.state = state;
  made.cause = cause;
  for (const Change& change : changes) made.removals.push_back(held_removal(change));
  return made;
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

TEST_F(Guard, WhatWasBegunForAMoverIsNotFreeForTheLeaverTheyBecame) {
  settings.leavers = {0, 0.0, 24h};
  state.removals = {begun(revoke("ann", group("Staff")), noon - 1min)};
  plan.changes = {revoke_leaver("ann", group("Staff"))};
  EXPECT_EQ(
      verdict(),
      "ann Staff: waits, leavers\n"
      "1 person would lose access as a leaver within 24 h; 0 may without approval\n"
  );
}

TEST_F(Guard, WhatWasBegunForALeaverIsNotFreeForTheMoverTheyBecame) {
  settings.removals = {0, 0.0, 1h};
  state.removals = {begun(revoke_leaver("ann", group("Staff")), noon - 1min)};
  plan.changes = {revoke("ann", group("Staff"))};
  EXPECT_EQ(
      verdict(),
      "ann Staff: waits, removals\n"
      "1 assignment would be removed within 1 h; 0 may without approval\n"
  );
}

TEST_F(Guard, WhatWasBegunForOneIsNotFreeForAnotherWhoHasTheAccountNow) {
  settings.removals = {0, 0.0, 1h};
  state.removals = {begun(revoke("ann", group("Staff")), noon - 1min)};
  Change bobs = revoke("bob", group("Staff"));
  bobs.account = account("ann");
  plan.changes = {bobs};
  EXPECT_EQ(
      verdict(),
      "bob Staff: waits, removals\n"
      "1 assignment would be removed within 1 h; 0 may without approval\n"
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
