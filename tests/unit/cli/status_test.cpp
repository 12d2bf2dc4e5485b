#include "cli/given_up.hpp"
#include "cli/status_output.hpp"
#include "fake_views.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace rosterd::cli {
namespace {

const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");

std::string status_of(const StatusView& view, const StatusExtras& extras = {}) {
  std::ostringstream out;
  print_status(view, extras, now, out);
  return out.str();
}

testing::AssertionResult says(const std::string& text, const std::string& wanted) {
  if (text.find(wanted) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\"" << wanted << "\" is not in:\n" << text;
}

TEST(Status, NamesEveryHeldLeaver) {
  StatusView view;
  for (int i = 0; i < 300; ++i) view.held_leavers.emplace_back("p" + std::to_string(i));
  const std::string text = status_of(view);
  EXPECT_TRUE(says(text, "300 people have left and keep access until somebody decides: p0, p1,"));
  EXPECT_TRUE(says(text, ", p299.\n"));
}

TEST(Status, NamesLeaversWhoseEventWasGivenUp) {
  StatusExtras extras;
  extras.leavers_given_up = {PersonId("4711")};
  EXPECT_TRUE(says(
      status_of({}, extras),
      "1 person has left and may still have access, because their event was given up: 4711. "
      "rosterd events list --state dead --person 4711 tells why"
  ));
}

TEST(Status, IsSilentAboutLeaversWhenAllIsWell) {
  const std::string text = status_of({});
  EXPECT_FALSE(says(text, "have left"));
  EXPECT_FALSE(says(text, "has left"));
  EXPECT_FALSE(says(text, "HOLD"));
}

TEST(Status, ShowsHoldsInForceWithTheWayToDecide) {
  StatusView view;
  Hold& hold = view.holds.emplace_back();
  hold.hash = "3f2a9b01c4de" + std::string(52, '0');
  hold.cause = HoldCause::leavers;
  hold.why = "7 people have left within 24 h; 5 may without approval";
  hold.opened_at = now;
  EXPECT_TRUE(says(
      status_of(view),
      "3f2a9b01c4de  open   leavers  2026-03-02T09:00:00Z  7 people have left within 24 h; 5 may "
      "without approval\nrosterd holds show 3f2a9b01c4de tells more"
  ));
}

TEST(Status, CountsDriftByKindAsOfTheLastReconciliation) {
  StatusView view;
  EXPECT_TRUE(says(status_of(view), "The tenant was not compared with everybody yet."));
  view.reconciliation.emplace();
  view.reconciliation->finished_at = now;
  view.drift[DriftKind::foreign] = 3;
  const std::string text = status_of(view);
  EXPECT_TRUE(says(text, "Compared with the tenant at 2026-03-02T09:00:00Z, without repairing:"));
  EXPECT_TRUE(says(text, "missing         0      wanted and not there\n"));
  EXPECT_TRUE(says(text, "foreign         3      there, not wanted, and not given by rosterd\n"));
}

TEST(Status, NamesWhatAnotherWriterUndoes) {
  StatusExtras extras;
  DriftRow& row = extras.contended.emplace_back();
  row.drift.person = PersonId("4711");
  row.drift.account = AccountId("auth0|1");
  row.drift.name.name = "Sales";
  row.times = 4;
  row.first_seen = now;
  EXPECT_TRUE(says(
      status_of({}, extras),
      "! contended: group Sales for auth0|1 (person 4711) was missing 4 times since "
      "2026-03-02T09:00:00Z: repaired, and undone by another writer\n"
  ));
}

TEST(Status, TellsHowFullTheTenantsStorageIs) {
  StatusView view;
  EXPECT_FALSE(says(status_of(view), "Storage"));
  view.storage = StorageReading{409'600, now};
  StatusExtras extras;
  extras.storage_limit = 512'000;
  EXPECT_TRUE(says(
      status_of(view, extras),
      "Storage of the tenant: 409600 bytes, 80 % of the 512000 of [target] storage_bytes_max, read "
      "at 2026-03-02T09:00:00Z.\n"
  ));
  extras.storage_limit = 0;
  EXPECT_TRUE(says(status_of(view, extras), "Storage of the tenant: 409600 bytes, read at"));
}

class GivenUp : public testing::Test {
 protected:
  EventRow& event(const std::string& person, ChangeType type, EventState state) {
    EventRow& row = views.event_row(person, state);
    row.event.type = type;
    row.received_at = now + std::chrono::seconds{row.id};
    return row;
  }
  std::vector<PersonId> found() { return leavers_given_up(views); }

  test::FakeViews views;
};

TEST_F(GivenUp, AreLeaversWhoseEventIsDead) {
  event("stays", ChangeType::changed, EventState::dead);
  event("left", ChangeType::left, EventState::dead);
  event("gone", ChangeType::left, EventState::applied);
  EXPECT_EQ(found(), (std::vector{PersonId("left")}));
}

TEST_F(GivenUp, AreNamedOnceHoweverOftenItWasTried) {
  event("left", ChangeType::left, EventState::dead);
  event("left", ChangeType::left, EventState::dead);
  EXPECT_EQ(found(), (std::vector{PersonId("left")}));
}

TEST_F(GivenUp, AreNoLongerThoseOfWhomALaterEventWasApplied) {
  event("replayed", ChangeType::left, EventState::dead);
  event("replayed", ChangeType::left, EventState::applied);
  event("rehired", ChangeType::left, EventState::dead);
  event("rehired", ChangeType::joined, EventState::applied);
  event("worse", ChangeType::joined, EventState::applied);
  event("worse", ChangeType::left, EventState::dead);
  EXPECT_EQ(found(), (std::vector{PersonId("worse")}));
}

TEST_F(GivenUp, AreAllNamedWhereLookingForLaterEventsWouldTakeTooLong) {
  for (int i = 0; i < 100; ++i) {
    event("p" + std::to_string(i), ChangeType::left, EventState::dead);
  }
  EXPECT_EQ(found().size(), 100U);
  EXPECT_EQ(views.event_queries, 1);
}

}  // namespace
}  // namespace rosterd::cli
