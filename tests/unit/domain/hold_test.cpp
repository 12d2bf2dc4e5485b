#include "rosterd/domain/hold.hpp"

#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;
using namespace test;

constexpr Instant opened{std::chrono::hours{24 * 365}};
constexpr Instant now = opened + 2h;

std::string shown(const HeldRemoval& removal) {
  return removal.account.value.substr(6) + " " + to_string(removal.name) +
         (removal.leaver ? " (leaver)" : "");
}

std::string shown(const Hold& hold) {
  std::string out = "#" + std::to_string(hold.id) + " " + std::string(to_string(hold.cause)) + " " +
                    std::string(to_string(hold.state)) + ":";
  for (const HeldRemoval& removal : hold.removals) {
    out += (&removal == &hold.removals.front() ? " " : ", ") + shown(removal);
  }
  if (hold.finished_at) out += " finished after " + to_string(*hold.finished_at - opened);
  return out + "\n";
}

std::string shown(const std::vector<Hold>& holds) {
  std::string out;
  for (const Hold& hold : holds) out += shown(hold);
  return out;
}

/// Holds from two hours ago and what a plan of now left to do.
class Holds : public testing::Test {
 protected:
  void has(HoldState state, HoldCause cause, const std::vector<Change>& changes) {
    Hold hold;
    hold.id = static_cast<std::int64_t>(holds.size()) + 1;
    hold.state = state;
    hold.cause = cause;
    hold.hash = "before";
    hold.why = "7 people would lose access";
    hold.policy_version = "v1";
    hold.opened_at = opened;
    hold.changed_at = opened;
    for (const Change& change : changes) hold.removals.push_back(held_removal(change));
    holds.push_back(std::move(hold));
  }

  void left(const Change& change, std::optional<Withheld> why = std::nullopt) {
    rest.changes.push_back(change);
    withheld.push_back(why);
    planned.insert(change.person);
  }
  void waits(const Change& change, HoldCause cause) { left(change, Withheld{cause, false}); }
  void rejected(const Change& change, HoldCause cause) { left(change, Withheld{cause, true}); }

  std::vector<Hold> after() const { return holds_after(holds, rest, withheld, planned, "v2", now); }

  std::vector<Hold> holds;
  Plan rest;
  std::vector<std::optional<Withheld>> withheld;
  std::set<PersonId> planned;
};

const Change ann = revoke_leaver("ann", group("Staff"));
const Change bob = revoke_leaver("bob", group("Staff"));
const Change cid = revoke("cid", group("Staff"));

/// Who has cid's account now, and would lose the same.
Change of_dan() {
  Change change = cid;
  change.person = PersonId("dan");
  return change;
}

TEST_F(Holds, ThatSomebodyKeepsItSaysNothingOfWhoeverHasTheAccountNow) {
  has(HoldState::rejected, HoldCause::removals, {cid});
  rejected(cid, HoldCause::removals);
  waits(of_dan(), HoldCause::removals);

  const std::vector<Hold> changed = after();

  EXPECT_EQ(shown(changed), "#0 removals open: cid Staff\n");
  EXPECT_EQ(changed.front().removals.front().person, PersonId("dan"));
}

TEST_F(Holds, TwoWhoWouldLoseTheSameBothWait) {
  waits(of_dan(), HoldCause::removals);
  waits(cid, HoldCause::removals);

  const std::vector<Hold> changed = after();

  ASSERT_EQ(shown(changed), "#0 removals open: cid Staff, cid Staff\n");
  EXPECT_EQ(changed.front().removals.front().person, cid.person);
  EXPECT_EQ(changed.front().removals.back().person, PersonId("dan"));
}

TEST_F(Holds, WhoeverWouldLoseTheSameJoinsThemAndLeavesThemWaiting) {
  has(HoldState::open, HoldCause::removals, {cid});
  waits(of_dan(), HoldCause::removals);
  const std::vector<Hold> both = after();
  ASSERT_EQ(shown(both), "#1 removals open: cid Staff, cid Staff\n");

  holds = both;

  EXPECT_EQ(shown(after()), "");
}

TEST_F(Holds, WhatIsWithheldOpensAHoldForEachCause) {
  waits(bob, HoldCause::leavers);
  waits(ann, HoldCause::leavers);
  left(grant("dan", group("Staff")));
  waits(cid, HoldCause::emptied);
  const std::vector<Hold> opened_now = after();
  EXPECT_EQ(
      shown(opened_now),
      "#0 leavers open: ann Staff (leaver), bob Staff (leaver)\n"
      "#0 emptied open: cid Staff\n"
  );
  const Hold& first = opened_now.front();
  EXPECT_EQ(first.opened_at, now);
  EXPECT_EQ(first.changed_at, now);
  EXPECT_EQ(first.policy_version, "v2");
  EXPECT_EQ(first.removals.front(), held_removal(ann));
}

TEST_F(Holds, WhatMayGoIsInNone) {
  left(ann);
  EXPECT_EQ(shown(after()), "");
}

TEST_F(Holds, WhatIsWithheldJoinsTheOpenHoldOfItsCause) {
  has(HoldState::rejected, HoldCause::leavers, {revoke_leaver("x", group("Staff"))});
  has(HoldState::open, HoldCause::removals, {cid});
  has(HoldState::open, HoldCause::leavers, {bob});
  waits(ann, HoldCause::leavers);
  const std::vector<Hold> changed = after();
  EXPECT_EQ(shown(changed), "#3 leavers open: ann Staff (leaver), bob Staff (leaver)\n");
  const Hold& hold = changed.front();
  EXPECT_EQ(hold.opened_at, opened);
  EXPECT_EQ(hold.changed_at, now);
  EXPECT_EQ(hold.policy_version, "v2");
  EXPECT_EQ(hold.why, "7 people would lose access") << "the caller knows what was counted";
}

TEST_F(Holds, WhatIsInOneAlreadyJoinsNone) {
  has(HoldState::open, HoldCause::removals, {cid});
  has(HoldState::approved, HoldCause::leavers, {ann});
  waits(cid, HoldCause::emptied);
  left(ann);
  EXPECT_EQ(shown(after()), "");
}

TEST_F(Holds, WhatAPersonRejectedJoinsNone) {
  has(HoldState::rejected, HoldCause::leavers, {ann});
  rejected(ann, HoldCause::leavers);
  EXPECT_EQ(shown(after()), "");
}

TEST_F(Holds, WhoWasNotPlannedStaysInThem) {
  has(HoldState::open, HoldCause::leavers, {ann, bob});
  waits(bob, HoldCause::leavers);
  EXPECT_EQ(shown(after()), "");
}

TEST_F(Holds, WhatIsNotWantedAnyMoreIsDropped) {
  has(HoldState::open, HoldCause::leavers, {ann, bob});
  planned = {ann.person};
  const std::vector<Hold> changed = after();
  EXPECT_EQ(shown(changed), "#1 leavers open: bob Staff (leaver)\n");
  EXPECT_EQ(changed.front().changed_at, now);
  EXPECT_EQ(changed.front().policy_version, "v2");
}

TEST_F(Holds, WhatIsAskedForOfAnotherGroupIsAnother) {
  has(HoldState::open, HoldCause::leavers, {ann});
  waits(revoke_leaver("ann", role("Staff")), HoldCause::leavers);
  EXPECT_EQ(shown(after()), "#1 leavers open: ann Staff@app (leaver)\n");
}

TEST_F(Holds, AnApprovedOneIsDoneWhenAllOfItIsGone) {
  has(HoldState::approved, HoldCause::leavers, {ann, bob});
  planned = {ann.person, bob.person};
  EXPECT_EQ(shown(after()), "#1 leavers done: finished after 2h\n");
}

TEST_F(Holds, AnApprovedOneOfWhichSomethingIsLeftGoesOn) {
  has(HoldState::approved, HoldCause::leavers, {ann, bob});
  left(bob);
  planned.insert(ann.person);
  EXPECT_EQ(shown(after()), "#1 leavers approved: bob Staff (leaver)\n");
}

TEST_F(Holds, AnOpenOrRejectedOneLapsesWhenNothingOfItIsWanted) {
  has(HoldState::open, HoldCause::leavers, {ann});
  has(HoldState::rejected, HoldCause::removals, {cid});
  planned = {ann.person, cid.person};
  EXPECT_EQ(
      shown(after()),
      "#1 leavers lapsed: finished after 2h\n"
      "#2 removals lapsed: finished after 2h\n"
  );
}

TEST_F(Holds, AnOpenOneThatIsRefilledDoesNotLapse) {
  has(HoldState::open, HoldCause::leavers, {ann});
  waits(bob, HoldCause::leavers);
  planned.insert(ann.person);
  EXPECT_EQ(shown(after()), "#1 leavers open: bob Staff (leaver)\n");
}

TEST_F(Holds, ThoseThatAreOverStayAsTheyAre) {
  has(HoldState::lapsed, HoldCause::leavers, {});
  has(HoldState::done, HoldCause::leavers, {});
  waits(ann, HoldCause::leavers);
  EXPECT_EQ(shown(after()), "#0 leavers open: ann Staff (leaver)\n");
}

TEST_F(Holds, AccountsOfNobodyAreThereUnderTheEmptyId) {
  const Change stranger = revoke("", group("Admins"));
  Change other = stranger;
  other.account = account("other");
  has(HoldState::open, HoldCause::removals, {other, stranger});
  waits(other, HoldCause::removals);
  holds.front().removals = {held_removal(stranger), held_removal(other)};
  EXPECT_EQ(shown(after()), "#1 removals open: other Admins\n");
}

TEST_F(Holds, AnOpenOneShowsWhyItWouldGoNow) {
  Change before = revoke("ann", group("Staff"));
  before.reason = "no rule gives it any more";
  before.event = 7;
  has(HoldState::open, HoldCause::removals, {before});
  Change since = ann;
  since.reason = "has left";
  since.event = 9;
  waits(since, HoldCause::removals);
  const std::vector<Hold> changed = after();
  ASSERT_EQ(shown(changed), "#1 removals open: ann Staff (leaver)\n");
  EXPECT_EQ(changed.front().removals.front().reason, "has left");
  EXPECT_EQ(changed.front().removals.front().event, 7);
}

TEST_F(Holds, TheSameBroughtUpByAnotherEventChangesNothing) {
  has(HoldState::open, HoldCause::leavers, {ann});
  Change again = ann;
  again.event = 9;
  waits(again, HoldCause::leavers);
  EXPECT_EQ(shown(after()), "");
}

TEST_F(Holds, ARejectionForAMoverEndsWhenTheyLeave) {
  has(HoldState::rejected, HoldCause::removals, {revoke("ann", group("Staff"))});
  waits(ann, HoldCause::leavers);
  EXPECT_EQ(
      shown(after()),
      "#1 removals lapsed: finished after 2h\n"
      "#0 leavers open: ann Staff (leaver)\n"
  );
}

TEST_F(Holds, AnAccountThatIsSomebodyElsesNowIsAnotherQuestion) {
  Change anns_old = ann;
  anns_old.account = account("shared");
  Change bobs = bob;
  bobs.account = account("shared");
  has(HoldState::approved, HoldCause::leavers, {anns_old});
  has(HoldState::open, HoldCause::leavers, {cid});
  waits(bobs, HoldCause::leavers);
  const std::vector<Hold> changed = after();
  EXPECT_EQ(shown(changed), "#2 leavers open: cid Staff, shared Staff (leaver)\n");
  EXPECT_EQ(changed.back().removals.back().person, bob.person);
}

TEST_F(Holds, ARejectionEndsWhenItsPersonHasTheAccountNoMore) {
  Change anns_old = ann;
  anns_old.account = account("shared");
  Change bobs = bob;
  bobs.account = account("shared");
  has(HoldState::rejected, HoldCause::leavers, {anns_old});
  rejected(bobs, HoldCause::leavers);
  ASSERT_EQ(shown(after()), "") << "nobody has planned for ann";

  planned.insert(ann.person);

  EXPECT_EQ(shown(after()), "#1 leavers lapsed: finished after 2h\n");
}

TEST(SplitHold, TakesWhatConcernsSomePeople) {
  Hold hold;
  hold.id = 4;
  hold.hash = "whole";
  hold.why = "why";
  hold.opened_at = opened;
  hold.removals = {held_removal(ann), held_removal(bob), held_removal(cid)};
  const SplitHold parts = split(hold, {ann.person, cid.person});
  EXPECT_EQ(shown(parts.part), "#0 removals open: ann Staff (leaver), cid Staff\n");
  ASSERT_TRUE(parts.rest);
  EXPECT_EQ(shown(*parts.rest), "#4 removals open: bob Staff (leaver)\n");
  EXPECT_EQ(parts.part.why, "why");
  EXPECT_EQ(parts.part.opened_at, opened);
  EXPECT_EQ(parts.part.hash + parts.rest->hash, "") << "the hash of the whole is neither's";
}

TEST(SplitHold, OfEverybodyOrOfAllThereAreIsTheWholeHold) {
  Hold hold;
  hold.id = 4;
  hold.hash = "whole";
  hold.removals = {held_removal(ann), held_removal(cid)};
  for (const std::set<PersonId>& people :
       {std::set<PersonId>{}, {ann.person, cid.person, PersonId{"x"}}}) {
    const SplitHold parts = split(hold, people);
    EXPECT_EQ(shown(parts.part), "#4 removals open: ann Staff (leaver), cid Staff\n");
    EXPECT_EQ(parts.part.hash, "whole");
    EXPECT_FALSE(parts.rest);
  }
}

TEST(SplitHold, OfNobodyInItIsNothing) {
  Hold hold;
  hold.id = 4;
  hold.removals = {held_removal(ann)};
  const SplitHold parts = split(hold, {PersonId{"x"}});
  EXPECT_EQ(shown(parts.part), "#0 removals open:\n");
  ASSERT_TRUE(parts.rest);
  EXPECT_EQ(shown(*parts.rest), "#4 removals open: ann Staff (leaver)\n");
}

TEST(HoldText, IsTheSameInAnyOrderAndForAnyEvent) {
  HeldRemoval brought_up_later = held_removal(cid);
  brought_up_later.event = 99;
  EXPECT_EQ(
      canonical_text({held_removal(ann), held_removal(bob), held_removal(cid)}),
      canonical_text({brought_up_later, held_removal(ann), held_removal(bob)})
  );
}

TEST(HoldText, SaysWhatIsRemovedOneALine) {
  HeldRemoval removal = held_removal(revoke_leaver("ann", role("Developer")));
  removal.reason = "has left";
  EXPECT_EQ(
      canonical_text({removal}),
      "3:ann9:auth0|ann4:role11:r-Developer9:Developer3:app8:has left6:leaver\n"
  );
  EXPECT_EQ(canonical_text({}), "");
}

using Alter = void (*)(HeldRemoval&);

struct Alteration {
  std::string name;
  Alter alter;
};

class HoldTextOf : public testing::TestWithParam<Alteration> {};

TEST_P(HoldTextOf, AnotherRemovalIsAnother) {
  HeldRemoval removal;
  removal.person = PersonId{"12"};
  removal.account = AccountId{"3"};
  removal.entitlement = {EntitlementKind::group, EntitlementId{"4"}};
  removal.name = {EntitlementKind::group, "5", "6"};
  removal.reason = "7";
  HeldRemoval other = removal;
  GetParam().alter(other);
  EXPECT_NE(canonical_text({removal}), canonical_text({other}));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    HoldTextOf,
    testing::Values(
        Alteration{"person", [](HeldRemoval& it) { it.person.value = "1"; }},
        Alteration{"account", [](HeldRemoval& it) { it.account.value = "33"; }},
        Alteration{"kind", [](HeldRemoval& it) { it.entitlement.kind = EntitlementKind::role; }},
        Alteration{"entitlement", [](HeldRemoval& it) { it.entitlement.id.value = ""; }},
        Alteration{"name", [](HeldRemoval& it) { it.name.name = "55"; }},
        Alteration{"application", [](HeldRemoval& it) { it.name.application = "66"; }},
        Alteration{"reason", [](HeldRemoval& it) { it.reason = "8"; }},
        Alteration{"leaver", [](HeldRemoval& it) { it.leaver = true; }},
        Alteration{
            "shifted_into_the_next_field",
            [](HeldRemoval& it) {
              it.person.value = "1";
              it.account.value = "23";
            }},
        Alteration{
            "shifted_with_a_length",
            [](HeldRemoval& it) {
              it.person.value = "121:3";
              it.account.value = "";
            }},
        Alteration{
            "shifted_into_the_last_field",
            [](HeldRemoval& it) {
              it.reason = "";
              it.name.application = "67";
            }},
        Alteration{"a_line_end_in_a_field", [](HeldRemoval& it) { it.reason = "7\n"; }}
    ),
    [](const auto& row) { return row.param.name; }
);

}  // namespace
}  // namespace rosterd
