#include "operator_history.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;

const Instant nine = *parse_rfc3339("2026-03-02T09:00:00Z");

StatusView status_with(std::uint64_t pending, std::uint64_t held, std::uint64_t dead) {
  StatusView view;
  view.events[EventState::pending] = pending;
  view.events[EventState::held] = held;
  view.events[EventState::dead] = dead;
  view.events[EventState::applied] = 1000;
  return view;
}

TEST(TheHistory, TellsTheLevelsOfAMinuteAndWhatTheMinuteBrought) {
  OperatorHistory history;
  history.add(
      nine, status_with(0, 0, 0), {.applied = 10, .granted = 20, .removed = 30, .calls = 40}
  );
  StatusView view = status_with(5, 2, 1);
  view.oldest_open_received_at = nine - 30s;
  HistoryTotals totals;
  totals.applied = 11;
  totals.granted = 22;
  totals.removed = 33;
  totals.calls = 44;
  totals.lost_writes = 5;
  history.add(nine + 1min, view, totals);

  ASSERT_EQ(history.points().size(), 2U);
  const HistoryPoint& point = history.points().back();
  EXPECT_EQ(point.at, nine + 1min);
  EXPECT_EQ(point.open, 7U);
  EXPECT_EQ(point.held, 2U);
  EXPECT_EQ(point.dead, 1U);
  EXPECT_EQ(point.oldest_pending, 90s);
  EXPECT_EQ(point.brought.applied, 1U);
  EXPECT_EQ(point.brought.granted, 2U);
  EXPECT_EQ(point.brought.removed, 3U);
  EXPECT_EQ(point.brought.calls, 4U);
  EXPECT_EQ(point.brought.lost_writes, 5U);
}

TEST(TheHistory, RemembersADayAndNoMore) {
  OperatorHistory history;
  for (int minute = 0; minute < 24 * 60 + 5; ++minute) {
    history.add(nine + std::chrono::minutes{minute}, status_with(0, 0, 0), {});
  }
  EXPECT_EQ(history.points().size(), 24U * 60U);
  EXPECT_EQ(history.points().front().at, nine + 5min);
}

class TheCallRate : public testing::Test {
 protected:
  CallRate rate;
};

TEST_F(TheCallRate, CountsEveryCallOfAProcessThatIsYoungerThanAMinute) {
  EXPECT_EQ(rate.in_last_minute(10s, 3), 3U);
  rate.note(5s, 2);
  EXPECT_EQ(rate.in_last_minute(10s, 3), 3U);
}

TEST_F(TheCallRate, ForgetsWhatIsOlderThanAMinute) {
  for (int second = 0; second <= 300; second += 5) {
    rate.note(std::chrono::seconds{second}, static_cast<std::uint64_t>(second));
  }
  EXPECT_EQ(rate.in_last_minute(300s, 300), 60U);
  EXPECT_EQ(rate.in_last_minute(302s, 310), 70U);
}

TEST_F(TheCallRate, IsNothingOnceAMinuteWasQuiet) {
  rate.note(5s, 40);
  rate.note(70s, 40);
  EXPECT_EQ(rate.in_last_minute(131s, 40), 0U);
}

}  // namespace
}  // namespace rosterd
