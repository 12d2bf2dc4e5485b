#include "cli/context.hpp"
#include "cli/hold_choice.hpp"
#include "cli/hold_output.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace rosterd::cli {
namespace {

Hold hold(const std::string& hash_start, HoldState state) {
  Hold one;
  one.hash = hash_start + std::string(64 - hash_start.size(), '0');
  one.state = state;
  one.why = "7 people have left within 24 h; 5 may without approval";
  one.opened_at = one.changed_at = *parse_rfc3339("2026-03-01T09:00:00Z");
  return one;
}

HeldRemoval& add(Hold& hold, const std::string& person, const std::string& group) {
  HeldRemoval& removal = hold.removals.emplace_back();
  removal.person = PersonId(person);
  removal.account = AccountId(person.empty() ? "auth0|stranger" : "auth0|" + person);
  removal.name.name = group;
  removal.reason = "has left";
  removal.leaver = true;
  removal.event = 17;
  return removal;
}

/// What a person reads who asked for the impossible.
std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const CommandError& error) {
    return error.what();
  }
  return "";
}

std::string refusal_of(const std::vector<Hold>& holds, const std::string& hash) {
  return refusal([&] { choose_hold(holds, hash); });
}

TEST(AHoldsHash, MayBeSaidByAStartThatOnlyItHas) {
  const std::vector<Hold> holds = {
      hold("aaaaaa11", HoldState::open), hold("aaaaaa22", HoldState::rejected)};
  EXPECT_EQ(&choose_hold(holds, "aaaaaa1"), &holds[0]);
  EXPECT_EQ(&choose_hold(holds, holds[1].hash), &holds[1]);

  const std::string ambiguous = refusal_of(holds, "aaaaaa");
  EXPECT_NE(ambiguous.find(holds[0].hash), std::string::npos) << ambiguous;
  EXPECT_NE(ambiguous.find(holds[1].hash), std::string::npos) << ambiguous;
}

TEST(AHoldsHash, MeansTheOneInForceBeforeThoseThatAreOver) {
  const std::vector<Hold> holds = {
      hold("aaaaaa", HoldState::open),
      hold("aaaaaa", HoldState::done),
      hold("bbbbbb11", HoldState::done),
      hold("bbbbbb11", HoldState::lapsed),
      hold("bbbbbb22", HoldState::lapsed)};
  EXPECT_EQ(&choose_hold(holds, "aaaaaa"), &holds[0]);
  EXPECT_EQ(&choose_hold(holds, "bbbbbb1"), &holds[2]) << "the newest of the same";
  EXPECT_NE(refusal_of(holds, "bbbbbb").find("more than one"), std::string::npos);
}

TEST(AHoldsHash, ThatNobodyHasIsRefusedWithTheWayToFindTheRightOne) {
  EXPECT_NE(refusal_of({}, "cccccc").find("rosterd holds list"), std::string::npos);
}

TEST(DecidingAboutAHold, IsPossibleWhileAHoldIsOpenOrForAChangeOfMind) {
  const auto refused = [](HoldState state, bool approve) {
    return !refusal([&] { refuse_undecidable(hold("aaaaaa", state), approve); }).empty();
  };
  EXPECT_FALSE(refused(HoldState::open, true));
  EXPECT_FALSE(refused(HoldState::open, false));
  EXPECT_FALSE(refused(HoldState::rejected, true));
  EXPECT_TRUE(refused(HoldState::rejected, false));
  for (const HoldState state : {HoldState::approved, HoldState::done, HoldState::lapsed}) {
    EXPECT_TRUE(refused(state, true));
    EXPECT_TRUE(refused(state, false));
  }
}

TEST(DecidingAboutAHold, SaysWhoDecidedBefore) {
  Hold approved = hold("aaaaaa", HoldState::approved);
  approved.decided_by = "anna";
  approved.decided_at = *parse_rfc3339("2026-03-02T10:00:00Z");
  const std::string text = refusal([&] { refuse_undecidable(approved, true); });
  EXPECT_NE(text.find("by anna at 2026-03-02T10:00:00Z"), std::string::npos) << text;
}

TEST(DecidingAboutAHold, ForSomePeopleIsAboutTheirRemovalsAlone) {
  Hold all = hold("aaaaaa", HoldState::open);
  add(all, "4711", "Sales");
  add(all, "4712", "Sales");
  add(all, "4711", "Staff");
  EXPECT_EQ(only(all, {}).removals, all.removals);
  const Hold part = only(all, {PersonId("4711")});
  EXPECT_EQ(part.removals, (std::vector{all.removals[0], all.removals[2]}));
  EXPECT_EQ(part.hash, all.hash) << "the hash stays that of the hold";
  const std::string text = refusal([&] { only(all, {PersonId("4711"), PersonId("4713")}); });
  EXPECT_NE(text.find("4713"), std::string::npos) << text;
}

TEST(AHold, IsShownByPersonAndByGroupWithWhatCanBeDone) {
  Hold open = hold("3f2a9b01c4de", HoldState::open);
  open.cause = HoldCause::leavers;
  add(open, "4711", "Sales");
  add(open, "4712", "Sales");
  add(open, "4711", "Staff");
  HoldOrigins origins;
  origins.events["hr"] = 2;
  std::ostringstream out;
  print_hold(open, origins, out);
  EXPECT_EQ(
      out.str(),
      "Hold 3f2a9b01c4de0000000000000000000000000000000000000000000000000000\n"
      "state          open: waits for somebody to approve or reject it\n"
      "cause          leavers: too many people have left\n"
      "why            7 people have left within 24 h; 5 may without approval\n"
      "opened         2026-03-01T09:00:00Z\n"
      "brought up by  2 events of hr\n"
      "\n"
      "person 4711 (has left)\n"
      "  - group Sales for auth0|4711  (has left; event 17)\n"
      "  - group Staff for auth0|4711  (has left; event 17)\n"
      "person 4712 (has left)\n"
      "  - group Sales for auth0|4712  (has left; event 17)\n"
      "\n"
      "ENTITLEMENT  KIND   LOSES\n"
      "Sales        group  2 members\n"
      "Staff        group  1 member\n"
      "\n"
      "Approving removes exactly this, 3 assignments of 2 people, whatever the budgets say, and "
      "nothing else; where people, policy or tenant have moved, it is refused and the hold shown "
      "as it is then.\n"
      "  rosterd holds approve 3f2a9b01c4de\n"
      "Rejecting leaves it undone until the policy or the record no longer asks for it. 2 people "
      "who have left keep access.\n"
      "  rosterd holds reject 3f2a9b01c4de\n"
  );
}

TEST(AHold, ThatIsOverHasNothingLeft) {
  Hold done = hold("3f2a9b01c4de", HoldState::done);
  std::ostringstream out;
  print_hold(done, HoldOrigins(), out);
  EXPECT_NE(out.str().find("\nNothing of it is left.\n"), std::string::npos) << out.str();
  EXPECT_EQ(out.str().find("rosterd holds approve"), std::string::npos) << out.str();
}

TEST(AHold, CountsPeopleAndSaysWhereAccountsAreNobodys) {
  Hold open = hold("aaaaaa", HoldState::open);
  add(open, "", "Sales").leaver = false;
  EXPECT_EQ(extent_of(open), "1 assignment of accounts of nobody");
  add(open, "4711", "Sales");
  EXPECT_EQ(extent_of(open), "2 assignments of 1 person and of accounts of nobody");
}

TEST(AListOfHolds, HasALineForEach) {
  Hold open = hold("3f2a9b01c4de", HoldState::open);
  add(open, "4711", "Sales");
  std::ostringstream out;
  print_holds({open, hold("77", HoldState::done)}, out);
  EXPECT_EQ(
      out.str(),
      "HASH          STATE  CAUSE     PEOPLE  REMOVALS  OPENED                WHY\n"
      "3f2a9b01c4de  open   removals  1       1         2026-03-01T09:00:00Z  7 people have left "
      "within 24 h; 5 may without approval\n"
      "770000000000  done   removals                    2026-03-01T09:00:00Z  7 people have left "
      "within 24 h; 5 may without approval\n"
  );
}

TEST(Origins, NameSourcesAndWhatIsNotKept) {
  HoldOrigins origins;
  EXPECT_EQ(in_words(origins), "");
  origins.events["hr"] = 1;
  origins.forgotten = 2;
  origins.time_or_policy = true;
  EXPECT_EQ(
      in_words(origins), "1 event of hr, 2 events that are not kept any more, time or policy"
  );
}

}  // namespace
}  // namespace rosterd::cli
