#include "rosterd/domain/retry.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;

constexpr Instant noon{std::chrono::hours{12}};

std::string shown(const NextStep& step) {
  if (const auto* again = std::get_if<TryAgain>(&step)) {
    return (again->counted ? "again in " : "uncounted in ") + to_string(again->at - noon);
  }
  if (const auto* wait = std::get_if<WaitForAccount>(&step)) {
    return "look for the account in " + to_string(wait->at - noon);
  }
  return "give up";
}

struct Row {
  std::string name;
  ErrorClass error;
  int number;
  bool leaver;
  std::optional<Duration> asked;
  double unit;
  std::string expected;
};

class Retry : public testing::TestWithParam<Row> {};

TEST_P(Retry, NextStep) {
  const Row& row = GetParam();
  FailedAttempt failed;
  failed.error = row.error;
  failed.number = row.number;
  failed.leaver = row.leaver;
  failed.at = noon;
  if (row.asked) failed.asked_to_wait_until = noon + *row.asked;
  EXPECT_EQ(shown(next_step(failed, RetryPolicy{}, row.unit)), row.expected);
}

constexpr auto unasked = std::nullopt;

INSTANTIATE_TEST_SUITE_P(
    Table,
    Retry,
    testing::Values(
        Row{"first", ErrorClass::transient, 1, false, unasked, 0.5, "again in 2s"},
        Row{"sixth", ErrorClass::unknown, 6, false, unasked, 0.5, "again in 15m"},
        Row{"last", ErrorClass::contended, 16, false, unasked, 0.5, "again in 12h"},
        Row{"run_out", ErrorClass::transient, 17, false, unasked, 0.5, "give up"},
        Row{"jitter_down", ErrorClass::transient, 2, false, unasked, 0.0, "again in 8s"},
        Row{"jitter_up", ErrorClass::transient, 2, false, unasked, 0.75, "again in 11s"},
        Row{"asked_longer", ErrorClass::transient, 1, false, 90s, 0.5, "again in 1m 30s"},
        Row{"asked_shorter", ErrorClass::transient, 3, false, 1s, 0.5, "again in 30s"},
        Row{"leaver_is_not_put_off", ErrorClass::transient, 12, true, unasked, 0.9, "again in 15m"},
        Row{"leaver_goes_on", ErrorClass::transient, 308, true, unasked, 0.5, "again in 15m"},
        Row{"leaver_run_out", ErrorClass::transient, 309, true, unasked, 0.5, "give up"},
        Row{"throttled", ErrorClass::throttled, 40, false, 7s, 0.5, "uncounted in 7s"},
        Row{"paused", ErrorClass::paused, 0, false, unasked, 0.5, "uncounted in 5s"},
        Row{"token", ErrorClass::authentication, 1, false, unasked, 0.5, "uncounted in 5s"},
        Row{"scope", ErrorClass::configuration, 1, true, unasked, 0.5, "uncounted in 5s"},
        Row{"no_account",
            ErrorClass::no_account,
            1,
            false,
            unasked,
            0.5,
            "look for the account in 30m"},
        Row{"no_account_jitter",
            ErrorClass::no_account,
            1,
            false,
            unasked,
            0.0,
            "look for the account in 24m"},
        Row{"no_room", ErrorClass::storage_full, 90, false, unasked, 0.5, "uncounted in 30m"},
        Row{"no_room_jitter", ErrorClass::storage_full, 1, false, unasked, 0.0, "uncounted in 24m"},
        Row{"permanent", ErrorClass::permanent, 1, true, unasked, 0.5, "give up"},
        Row{"stale_catalogue", ErrorClass::stale_catalogue, 1, false, unasked, 0.5, "give up"},
        Row{"ambiguous", ErrorClass::ambiguous_account, 1, false, unasked, 0.5, "give up"},
        Row{"conflict", ErrorClass::conflict, 1, false, unasked, 0.5, "give up"},
        Row{"unknown_name", ErrorClass::unknown_entitlement, 1, false, unasked, 0.5, "give up"},
        Row{"invalid", ErrorClass::invalid, 1, false, unasked, 0.5, "give up"},
        Row{"poison", ErrorClass::poison, 3, false, unasked, 0.5, "give up"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(RetrySchedule, LastsAboutThreeDaysForLeaversToo) {
  for (const bool leaver : {false, true}) {
    FailedAttempt failed;
    failed.leaver = leaver;
    Duration spent{0};
    Duration longest{0};
    for (failed.number = 1;; ++failed.number) {
      const NextStep step = next_step(failed, RetryPolicy{}, 0.5);
      const auto* again = std::get_if<TryAgain>(&step);
      if (again == nullptr) break;
      longest = std::max(longest, again->at - failed.at);
      spent += again->at - failed.at;
    }
    EXPECT_GE(spent, 72h) << "leaver " << leaver;
    EXPECT_LE(spent, 80h) << "leaver " << leaver;
    EXPECT_EQ(longest, leaver ? Duration{15min} : Duration{12h});
  }
}

TEST(RetrySchedule, OnlyWhatTheTargetFailedAtIsCounted) {
  EXPECT_TRUE(is_counted(ErrorClass::transient));
  EXPECT_TRUE(is_counted(ErrorClass::unknown));
  EXPECT_TRUE(is_counted(ErrorClass::contended));
  EXPECT_FALSE(is_counted(ErrorClass::throttled));
  EXPECT_FALSE(is_counted(ErrorClass::paused));
  EXPECT_FALSE(is_counted(ErrorClass::no_account));
  EXPECT_FALSE(is_counted(ErrorClass::storage_full));
}

TEST(RetrySchedule, WithoutDelaysThereIsNoSecondTry) {
  RetryPolicy once;
  once.delays.clear();
  EXPECT_EQ(shown(next_step(FailedAttempt{}, once, 0.5)), "give up");
}

}  // namespace
}  // namespace rosterd
