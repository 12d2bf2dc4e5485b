#include "rosterd/domain/breaker.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;

class TheBreaker : public testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) breaker.failed(now);
  }
  std::string state() const { return std::string(to_string(breaker.state(now))); }

  Breaker breaker;
  Duration now{1h};
};

TEST_F(TheBreaker, OpensAfterFiveFailuresInARow) {
  fail(4);
  EXPECT_EQ(state(), "closed");
  breaker.succeeded(now);
  fail(4);
  EXPECT_TRUE(breaker.allows(now));
  fail(1);
  EXPECT_EQ(state(), "open");
  EXPECT_FALSE(breaker.allows(now));
  EXPECT_EQ(breaker.reopens_at(), now + 30s);
}

TEST_F(TheBreaker, OpensWhenHalfOfTheLastTwentyFailed) {
  for (int i = 0; i < 9; ++i) {
    breaker.succeeded(now);
    breaker.failed(now);
  }
  breaker.succeeded(now);
  EXPECT_EQ(state(), "closed");
  breaker.failed(now);
  EXPECT_EQ(state(), "open");
}

TEST_F(TheBreaker, StaysClosedWhenLessThanHalfFail) {
  for (int i = 0; i < 100; ++i) {
    breaker.succeeded(now);
    breaker.succeeded(now);
    breaker.failed(now);
  }
  EXPECT_EQ(state(), "closed");
}

TEST_F(TheBreaker, LetsOneProbeThroughAndClosesWhenItSucceeds) {
  fail(5);
  now += 30s;
  EXPECT_EQ(state(), "probing");
  EXPECT_TRUE(breaker.allows(now));
  EXPECT_FALSE(breaker.allows(now));
  breaker.succeeded(now);
  EXPECT_EQ(state(), "closed");
  EXPECT_EQ(breaker.reopens_at(), std::nullopt);
  fail(4);
  EXPECT_EQ(state(), "closed") << "what was before is forgotten";
}

TEST_F(TheBreaker, StaysOpenTwiceAsLongEachTimeAProbeFailsUpToFiveMinutes) {
  fail(5);
  for (const auto length : {30s, 60s, 120s, 240s, 300s, 300s}) {
    EXPECT_EQ(breaker.reopens_at(), now + length);
    now += length;
    ASSERT_TRUE(breaker.allows(now));
    breaker.failed(now);
    EXPECT_EQ(state(), "open");
  }
}

TEST_F(TheBreaker, IgnoresLateAnswersOfCallsFromBefore) {
  fail(5);
  breaker.failed(now);
  EXPECT_EQ(breaker.reopens_at(), now + 30s);
  breaker.succeeded(now);
  EXPECT_EQ(state(), "open");
}

TEST_F(TheBreaker, AProbeThatNeverAnswersIsFollowedByAnother) {
  fail(5);
  now += 30s;
  EXPECT_TRUE(breaker.allows(now));
  EXPECT_EQ(breaker.reopens_at(), now + 30s);
  now += 30s;
  EXPECT_TRUE(breaker.allows(now));
}

}  // namespace
}  // namespace rosterd
