#include "rosterd/domain/pace.hpp"

#include <gtest/gtest.h>

namespace rosterd {
namespace {

using namespace std::chrono_literals;

class ThePace : public testing::Test {
 protected:
  int burst() {
    int calls = 0;
    while (calls < 1000 && pace.take(now) == 0us) ++calls;
    return calls;
  }

  Duration now{1h};
  Pace pace{Pace::Settings{}, now};
};

TEST_F(ThePace, AllowsABurstAndThenTwoASecond) {
  EXPECT_EQ(burst(), 5);
  EXPECT_EQ(pace.take(now), 500ms);
  now += 500ms;
  EXPECT_EQ(pace.take(now), 0us);
  EXPECT_EQ(pace.take(now), 500ms);
}

TEST_F(ThePace, WaitingAsLongAsItSaidIsEnough) {
  Pace uneven{Pace::Settings{.calls_per_second = 3.0}, now};
  int calls = 0;
  const Duration start = now;
  while (now - start < 100s) {
    const Duration wait = uneven.take(now);
    if (wait == 0us) {
      ++calls;
      continue;
    }
    now += wait;
    ASSERT_EQ(uneven.take(now), 0us);
    ++calls;
  }
  EXPECT_NEAR(calls, 305, 1);
}

TEST_F(ThePace, SavesUpNoMoreThanABurst) {
  now += 1h;
  EXPECT_EQ(burst(), 5);
}

TEST_F(ThePace, HalvesWhenTheTargetSuffersAndNeverStops) {
  pace.slow_down(now);
  EXPECT_DOUBLE_EQ(pace.calls_per_second(), 1.0);
  EXPECT_EQ(burst(), 1) << "what was saved up does not count";
  EXPECT_EQ(pace.take(now), 1s);
  for (int i = 0; i < 10; ++i) pace.slow_down(now);
  EXPECT_DOUBLE_EQ(pace.calls_per_second(), 0.2);
}

TEST_F(ThePace, RisesSlowlyToWhatIsConfigured) {
  pace.slow_down(now);
  now += 999ms;
  pace.went_well(now);
  EXPECT_DOUBLE_EQ(pace.calls_per_second(), 1.0);
  now += 1ms;
  pace.went_well(now);
  pace.went_well(now);
  EXPECT_DOUBLE_EQ(pace.calls_per_second(), 1.1);
  for (int i = 0; i < 100; ++i) {
    now += 1s;
    pace.went_well(now);
  }
  EXPECT_DOUBLE_EQ(pace.calls_per_second(), 2.0);
}

TEST_F(ThePace, WaitsAsLongAsTheTargetAsks) {
  pace.wait_until(now + 10s);
  pace.wait_until(now + 4s);
  EXPECT_EQ(pace.take(now), 10s);
  now += 10s;
  EXPECT_EQ(pace.take(now), 0us);
}

TEST_F(ThePace, HalvesWhenReadsTakeFarLongerThanUsual) {
  for (int i = 0; i < 5; ++i) pace.took(100ms, now);
  pace.took(1900ms, now);
  EXPECT_DOUBLE_EQ(pace.calls_per_second(), 2.0) << "slower, but not slow";

  pace.took(5s, now);

  EXPECT_DOUBLE_EQ(pace.calls_per_second(), 1.0);
}

TEST_F(ThePace, TakesATargetThatIsAlwaysSlowAsItIs) {
  for (int i = 0; i < 20; ++i) pace.took(6s, now);

  EXPECT_DOUBLE_EQ(pace.calls_per_second(), 2.0);
}

}  // namespace
}  // namespace rosterd
