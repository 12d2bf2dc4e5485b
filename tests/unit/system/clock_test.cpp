#include "rosterd/adapters/system/clock.hpp"

#include "rosterd/adapters/system/random.hpp"

#include <gtest/gtest.h>

namespace rosterd::test {

TEST(SystemClock, TellsATimeOfThisCenturyAndNeverGoesBack) {
  const system::SystemClock clock;

  const Duration before = clock.monotonic();

  EXPECT_GT(clock.now(), *parse_rfc3339("2020-01-01T00:00:00Z"));
  EXPECT_GE(clock.monotonic(), before);
}

TEST(SystemRandomness, StaysBelowOne) {
  system::SystemRandomness randomness;

  for (int i = 0; i < 1000; ++i) {
    const double number = randomness.unit();
    ASSERT_GE(number, 0.0);
    ASSERT_LT(number, 1.0);
  }
}

}  // namespace rosterd::test
