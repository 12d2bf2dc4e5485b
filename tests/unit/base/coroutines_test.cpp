#include "rosterd/base/supervisor.hpp"
#include "rosterd/base/wakeup.hpp"
#include "rosterd/base/within.hpp"
#include "support/run.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace rosterd {
namespace {

using namespace std::chrono_literals;

constexpr auto for_ever = std::chrono::hours{1};

Task<void> wait_for_ever(int& ended) {
  try {
    co_await sleep_for(for_ever);
  } catch (...) {
    ++ended;
    throw;
  }
}

Task<void> work_until_asked(std::stop_token stop, Wakeup& wakeup, int& ended) {
  const std::stop_callback wake(stop, [&wakeup] { wakeup.notify(); });
  while (!stop.stop_requested()) co_await wakeup.wait_for(for_ever);
  ++ended;
}

Task<void> fail_soon(const char* why) {
  co_await sleep_for(1ms);
  throw std::runtime_error(why);
}

Task<void> return_at_once() {
  co_return;
}

Task<int> answer_after(std::chrono::milliseconds delay, int answer) {
  co_await sleep_for(delay);
  co_return answer;
}

Task<int> fail_with_answer() {
  co_await sleep_for(1ms);
  throw std::runtime_error("no answer");
}

TEST(Supervisor, TasksThatAreAskedLeaveByThemselves) {
  asio::io_context loop{1};
  Supervisor supervisor(loop);
  Wakeup wakeup(loop.get_executor());
  int ended = 0;
  supervisor.spawn("worker", work_until_asked(supervisor.stop_token(), wakeup, ended));
  asio::post(loop, [&] { supervisor.request_stop(for_ever); });
  loop.run();
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(supervisor.running(), 0U);
  EXPECT_FALSE(supervisor.failure());
}

TEST(Supervisor, TasksThatDoNotListenAreCancelledAfterTheGrace) {
  asio::io_context loop{1};
  Supervisor supervisor(loop);
  int ended = 0;
  for (int i = 0; i < 100; ++i) supervisor.spawn("deaf", wait_for_ever(ended));
  asio::post(loop, [&] { supervisor.request_stop(1ms); });
  loop.run();
  EXPECT_EQ(ended, 100);
  EXPECT_EQ(supervisor.running(), 0U);
  EXPECT_FALSE(supervisor.failure()) << "being cancelled is not failing";
}

TEST(Supervisor, OneTaskThatFailsStopsTheOthersAndIsNamed) {
  asio::io_context loop{1};
  Supervisor supervisor(loop);
  Wakeup wakeup(loop.get_executor());
  int ended = 0;
  supervisor.spawn("listener", fail_soon("address in use"));
  supervisor.spawn("worker", work_until_asked(supervisor.stop_token(), wakeup, ended));
  loop.run();
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(supervisor.failed_task(), "listener");
  ASSERT_TRUE(supervisor.failure());
  EXPECT_THROW(std::rethrow_exception(supervisor.failure()), std::runtime_error);
}

TEST(Supervisor, StartsAndStopsAThousandTimes) {
  for (int round = 0; round < 1000; ++round) {
    asio::io_context loop{1};
    Supervisor supervisor(loop);
    Wakeup wakeup(loop.get_executor());
    int ended = 0;
    supervisor.spawn("worker", work_until_asked(supervisor.stop_token(), wakeup, ended));
    supervisor.spawn("deaf", wait_for_ever(ended));
    supervisor.spawn("short", return_at_once());
    // Also in the middle of starting: the loop may have run none, some or all of them.
    for (int step = 0; step < round % 7; ++step) loop.poll_one();
    supervisor.request_stop(0ms);
    loop.run();
    ASSERT_EQ(supervisor.running(), 0U) << "round " << round;
    ASSERT_FALSE(supervisor.failure()) << "round " << round;
  }
}

TEST(Within, WorkThatIsInTimeGivesItsValue) {
  EXPECT_EQ(test::run(within(for_ever, answer_after(1ms, 42))), 42);
  EXPECT_TRUE(test::run(finishes_within(for_ever, return_at_once())));
}

TEST(Within, WorkThatIsLateIsCancelledAndHasUnwound) {
  int ended = 0;
  EXPECT_FALSE(test::run(finishes_within(1ms, wait_for_ever(ended))));
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(test::run(within(1ms, answer_after(for_ever, 42))), std::nullopt);
}

TEST(Within, WorkThatFailsFailsAtOnce) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(test::run(within(for_ever, fail_with_answer())), std::runtime_error);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

Task<void> wait_and_count(Wakeup& wakeup, std::chrono::milliseconds delay, int& woken) {
  co_await wakeup.wait_for(delay);
  ++woken;
}

TEST(TheWakeup, AnyNumberOfNotificationsBeforeAWaitWakeOnce) {
  asio::io_context loop{1};
  Wakeup wakeup(loop.get_executor());
  int woken = 0;
  wakeup.notify();
  wakeup.notify();
  test::run(loop, wait_and_count(wakeup, for_ever, woken));
  EXPECT_EQ(woken, 1);
  const bool again = test::run(loop, finishes_within(1ms, wait_and_count(wakeup, for_ever, woken)));
  EXPECT_FALSE(again);
}

TEST(TheWakeup, ComesByItselfAfterTheDelay) {
  asio::io_context loop{1};
  Wakeup wakeup(loop.get_executor());
  int woken = 0;
  test::run(loop, wait_and_count(wakeup, 1ms, woken));
  EXPECT_EQ(woken, 1);
}

TEST(TheWakeup, IsNotifiedWhileWaiting) {
  asio::io_context loop{1};
  Wakeup wakeup(loop.get_executor());
  int woken = 0;
  asio::steady_timer soon(loop, 1ms);
  soon.async_wait([&](boost::system::error_code) { wakeup.notify(); });
  test::run(loop, wait_and_count(wakeup, for_ever, woken));
  EXPECT_EQ(woken, 1);
}

}  // namespace
}  // namespace rosterd
