#include "guard_fixture.hpp"

#include <algorithm>

namespace rosterd::test {
namespace {

class GuardWindows : public GuardStoreTest {
 protected:
  /// `ada-Staff bob-Engineering!`: what was begun, a `!` after what a leaver lost.
  std::string begun(Duration window) {
    std::vector<std::string> names;
    for (const Removal& removal : guard_state(window).removals) {
      std::string id = removal.entitlement.id.value;
      id.resize(id.size() - std::string_view("-id").size());
      names.push_back(removal.person.value + "-" + id + (removal.leaver ? "!" : ""));
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
  }
  void person(const std::string& id, const std::string& status) {
    Settlement settlement;
    settlement.people.push_back(record(id));
    settlement.people.back().attributes["status"] = status;
    settle(std::move(settlement));
  }
};

TEST_F(GuardWindows, SurviveAKill) {
  Removal of_leaver = removal("bob", "Engineering");
  of_leaver.leaver = true;
  begin({removal("ada", "Staff"), of_leaver});

  temp.crash_and_reopen();

  EXPECT_EQ(begun(1h), "ada-Staff bob-Engineering!");
  EXPECT_EQ(guard_state(1h).removals.at(0).at, now);
}

TEST_F(GuardWindows, HaveWhatWasBegunAfterTheyOpened) {
  begin({removal("ada", "Staff")});
  now += 1min;
  begin({removal("bob", "Staff")});

  now = nine + 1h;

  EXPECT_EQ(begun(1h), "bob-Staff");
  EXPECT_EQ(begun(2h), "ada-Staff bob-Staff");
}

TEST_F(GuardWindows, HaveAnAssignmentOnceAsItWasBegunLast) {
  begin({removal("ada", "Staff"), removal("ada", "Engineering")});
  now += 50min;
  begin({removal("ada", "Staff")});
  now += 20min;

  EXPECT_EQ(begun(2h), "ada-Engineering ada-Staff");
  EXPECT_EQ(begun(1h), "ada-Staff");
}

TEST_F(GuardWindows, AreNotBegunByASettlementThatFails) {
  Settlement settlement;
  settlement.removals = {removal("ada", "Staff")};
  settlement.events = {became(4711, EventState::applied)};

  EXPECT_THROW(settle(std::move(settlement)), std::runtime_error);

  EXPECT_EQ(begun(1h), "");
}

TEST_F(GuardWindows, AreMeasuredAgainstThePeopleWhoHaveNotLeftAndTheLedger) {
  person("ada", "active");
  person("bob", "left");
  person("cyd", "on_leave");
  person("dan", "who knows");
  Settlement settlement;
  settlement.granted = {ledger_entry("ada", "Staff"), ledger_entry("ada", "Engineering")};
  settle(std::move(settlement));

  const GuardState state = guard_state();
  const GuardState shown = temp.views()->guard_state(now, 24h);

  EXPECT_EQ(state.people, 3u);
  EXPECT_EQ(state.ledger, 2u);
  EXPECT_EQ(shown.people, 3u);
  EXPECT_EQ(shown.ledger, 2u);
}

TEST_F(GuardWindows, LookTheSameFromOutside) {
  begin({removal("ada", "Staff")});
  settle_hold(hold({held("bob", "Engineering")}));

  const GuardState shown = temp.views()->guard_state(now, 1h);

  ASSERT_EQ(shown.removals.size(), 1u);
  EXPECT_EQ(shown.removals[0].key(), removal("ada", "Staff").key());
  ASSERT_EQ(shown.holds.size(), 1u);
  EXPECT_EQ(shown.holds[0].removals.size(), 1u);
}

TEST_F(GuardWindows, AreForgottenLongAfterTheyClosed) {
  begin({removal("ada", "Staff")});
  now += 24h * 401;
  begin({removal("bob", "Staff")});

  temp.run(temp.work().prune(now, WorkStore::Retention{}, all_of_them));

  EXPECT_EQ(begun(24h * 1000), "bob-Staff");
}

TEST_F(GuardWindows, KeepAYoungRemovalOfAnAssignmentThatWasRemovedLongAgo) {
  Removal before = removal("ada", "Staff");
  before.person = PersonId("who had the account before");
  begin({before, removal("ada", "Staff")});
  now += 24h * 401;
  Removal of_leaver = removal("ada", "Staff");
  of_leaver.leaver = true;
  begin({of_leaver});

  temp.run(temp.work().prune(now, WorkStore::Retention{}, all_of_them));

  EXPECT_EQ(begun(24h * 1000), "ada-Staff!");
}

}  // namespace
}  // namespace rosterd::test
