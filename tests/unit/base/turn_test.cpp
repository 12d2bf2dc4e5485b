#include "rosterd/base/turn.hpp"

#include "rosterd/base/within.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <string>

namespace rosterd::test {
namespace {

class Turns : public testing::Test {
 protected:
  Task<void> work(std::string name) {
    const auto holder = co_await turn.take();
    told += name + " begins, ";
    co_await asio::post(loop, asio::use_awaitable);
    told += name + " ends; ";
  }

  void spawn(const std::string& name, asio::cancellation_slot slot = {}) {
    auto done = [this, name](std::exception_ptr error) {
      if (error) told += name + " gave up; ";
    };
    asio::co_spawn(loop, work(name), asio::bind_cancellation_slot(slot, std::move(done)));
  }

  asio::io_context loop{1};
  Turn turn{loop.get_executor()};
  std::string told;
};

TEST_F(Turns, AreTakenOneAfterTheOtherInTheOrderOfAsking) {
  for (const char* name : {"ada", "bob", "cleo"}) spawn(name);

  loop.run();

  EXPECT_EQ(told, "ada begins, ada ends; bob begins, bob ends; cleo begins, cleo ends; ");
  EXPECT_FALSE(turn.is_taken());
}

TEST_F(Turns, AreWantedWhileSomebodyWaits) {
  spawn("ada");
  spawn("bob");
  loop.poll_one();
  loop.poll_one();

  EXPECT_TRUE(turn.is_taken());
  EXPECT_TRUE(turn.is_wanted());
  loop.run();
  EXPECT_FALSE(turn.is_wanted());
}

TEST_F(Turns, WhoGivesUpWhileWaitingLeavesTheLine) {
  asio::cancellation_signal cancel;
  spawn("ada");
  spawn("bob", cancel.slot());
  spawn("cleo");
  loop.poll_one();
  loop.poll_one();
  loop.poll_one();

  cancel.emit(asio::cancellation_type::terminal);
  loop.run();

  EXPECT_NE(told.find("bob gave up"), std::string::npos);
  EXPECT_NE(told.find("cleo begins, cleo ends"), std::string::npos);
  EXPECT_FALSE(turn.is_taken());
}

}  // namespace
}  // namespace rosterd::test
