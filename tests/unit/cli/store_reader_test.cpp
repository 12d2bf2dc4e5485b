#include "store_reader.hpp"

#include "fake_views.hpp"
#include "support/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace rosterd {
namespace {

using namespace std::chrono_literals;

class AStoreReader : public testing::Test {
 protected:
  StoreReader::Open open = [this] {
    ++opened;
    return std::make_unique<test::FakeViews>();
  };

  /// What came of a read, in words.
  template <class Work>
  void ask(StoreReader& reader, Work work) {
    asio::co_spawn(
        loop,
        reader.read(std::move(work)),
        [this](std::exception_ptr error, auto value) {
          try {
            if (error) std::rethrow_exception(error);
            answers.push_back(value);
          } catch (const StoreBusy&) {
            answers.emplace_back("busy");
          } catch (const std::exception& other) {
            answers.emplace_back(other.what());
          }
        }
    );
  }

  asio::io_context loop{1};
  int opened = 0;
  std::vector<std::string> answers;
};

TEST_F(AStoreReader, ReadsOnAThreadOfItsOwnAndAnswersOnTheLoop) {
  StoreReader reader(loop.get_executor(), open);
  const auto here = std::this_thread::get_id();
  ask(reader, [here](Views&) {
    return std::string(std::this_thread::get_id() == here ? "on the loop" : "elsewhere");
  });
  loop.run();
  EXPECT_EQ(answers, std::vector<std::string>{"elsewhere"});
}

TEST_F(AStoreReader, OpensTheStoreOnceAndAgainAfterAFailure) {
  StoreReader reader(loop.get_executor(), open);
  const auto fine = [](Views&) { return std::string("fine"); };
  ask(reader, fine);
  ask(reader, fine);
  ask(reader, [](Views&) -> std::string { throw std::runtime_error("disk I/O error"); });
  ask(reader, fine);
  loop.run();
  EXPECT_EQ(answers, (std::vector<std::string>{"fine", "fine", "disk I/O error", "fine"}));
  EXPECT_EQ(opened, 2);
}

TEST_F(AStoreReader, GivesUpAReadThatTakesTooLongAndAnswersTheNextOne) {
  StoreReader::Limits limits;
  limits.time_max = 20ms;
  StoreReader reader(loop.get_executor(), open, limits);
  const auto gate = std::make_shared<std::promise<void>>();
  ask(reader, [gate](Views&) {
    gate->get_future().wait();
    return std::string("too late");
  });
  loop.run();
  ASSERT_EQ(answers, std::vector<std::string>{"busy"});

  gate->set_value();
  loop.restart();
  ask(reader, [](Views&) { return std::string("fine"); });
  loop.run();
  EXPECT_EQ(answers.back(), "fine");
}

TEST_F(AStoreReader, NeverBeginsAReadThatNobodyWaitsForAnyMore) {
  StoreReader::Limits limits;
  limits.time_max = 20ms;
  StoreReader reader(loop.get_executor(), open, limits);
  const auto gate = std::make_shared<std::promise<void>>();
  bool begun = false;
  ask(reader, [gate](Views&) {
    gate->get_future().wait();
    return std::string("too late");
  });
  ask(reader, [&begun](Views&) {
    begun = true;
    return std::string("too late");
  });
  loop.run();
  EXPECT_EQ(answers, (std::vector<std::string>{"busy", "busy"}));

  gate->set_value();
  reader.close();
  EXPECT_FALSE(begun);
}

TEST_F(AStoreReader, LetsOnlySoManyWait) {
  StoreReader::Limits limits;
  limits.waiting_max = 2;
  StoreReader reader(loop.get_executor(), open, limits);
  for (int i = 0; i < 3; ++i) {
    ask(reader, [](Views&) { return std::string("fine"); });
  }
  loop.run();
  EXPECT_EQ(answers, (std::vector<std::string>{"busy", "fine", "fine"}));
}

}  // namespace
}  // namespace rosterd
