#include "tenant_fixture.hpp"

namespace rosterd::test {
namespace {

using namespace std::chrono_literals;
using Pacing = TenantTest;

TEST_F(Pacing, TooManyCallsHalveThePaceAndAreAskedForLater) {
  const std::int64_t now = to_micros(clock.now()) / 1'000'000;
  token_is_given();
  add_is_expected().replies(
      429, "", {{"Retry-After", "20"}, {"x-ratelimit-reset", std::to_string(now + 45)}}
  );
  const auto answer = add_alice();
  EXPECT_EQ(outcome(answer), "throttled 429");
  EXPECT_EQ(answer.error().retry_at, clock.now() + 45s);
  EXPECT_EQ(client().calls_per_second(), config.calls_per_second / 2);

  const auto early = add_alice();
  EXPECT_EQ(outcome(early), "paused 0");
  EXPECT_EQ(early.error().retry_at, clock.now() + 45s);

  clock.advance(45s);
  add_is_expected();
  EXPECT_EQ(outcome(add_alice()), "done");
}

TEST_F(Pacing, RetryAfterOfAnOutageIsHonoured) {
  token_is_given();
  add_is_expected().replies(503, "", {{"Retry-After", "120"}});
  EXPECT_EQ(add_alice().error().retry_at, clock.now() + 120s);
  EXPECT_EQ(outcome(add_alice()), "paused 0");
}

TEST_F(Pacing, FiveFailuresInARowOpenTheBreakerAndOneCallProbes) {
  token_is_given();
  for (int i = 0; i < 5; ++i) {
    add_is_expected().replies(500);
    EXPECT_EQ(outcome(add_alice()), "transient 500");
  }
  EXPECT_EQ(client().breaker_state(), Breaker::State::open);
  const auto answer = add_alice();
  EXPECT_EQ(outcome(answer), "paused 0");
  EXPECT_EQ(answer.error().retry_at, clock.now() + 30s);

  clock.advance(30s);
  EXPECT_EQ(client().breaker_state(), Breaker::State::probing);
  tenant.expects("GET", "/api/groups?field=name&q=rosterd%20probe").replies(200, no_groups());
  EXPECT_EQ(outcome(run(client().probe())), "done");
  EXPECT_EQ(client().breaker_state(), Breaker::State::closed);
}

TEST_F(Pacing, AProbeThatFailsKeepsTheBreakerOpenTwiceAsLong) {
  token_is_given();
  for (int i = 0; i < 5; ++i) {
    add_is_expected().replies(500);
    add_alice();
  }
  clock.advance(30s);
  add_is_expected().replies(500);
  EXPECT_EQ(add_alice().error().retry_at, clock.now() + 60s);
}

TEST_F(Pacing, RejectedCallsAreNoFailuresOfTheTarget) {
  token_is_given();
  for (int i = 0; i < 10; ++i) {
    add_is_expected().replies(400);
    EXPECT_EQ(outcome(add_alice()), "permanent 400");
  }
  EXPECT_EQ(client().breaker_state(), Breaker::State::closed);
}

TEST_F(Pacing, CallsAreCountedByOperationAndCode) {
  token_is_given();
  add_is_expected();
  add_is_expected().replies(500);
  add_is_expected().hangs_up();
  add_alice();
  add_alice();
  add_alice();

  const auto& calls = client().statistics().calls;
  const extension::Statistics::OperationAndCode token("token", 200);
  EXPECT_EQ(calls.at(token), 1U);
  for (const int code : {204, 500, 0}) {
    const extension::Statistics::OperationAndCode add("add_members", code);
    EXPECT_EQ(calls.at(add), 1U) << code;
  }
}

}  // namespace
}  // namespace rosterd::test
