#include "rosterd/base/both.hpp"

#include "rosterd/base/yield.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace rosterd {
namespace {

Task<int> value_after(int turns, bool fails, std::string& story) {
  for (int turn = 0; turn < turns; ++turn) co_await yield_now();
  story += "first ";
  if (fails) throw std::runtime_error("the first fails");
  co_return 7;
}

Task<void> done_after(int turns, bool fails, std::string& story) {
  for (int turn = 0; turn < turns; ++turn) co_await yield_now();
  story += "second ";
  if (fails) throw std::runtime_error("the second fails");
}

struct Outcome {
  std::string story, error;
  int value = 0;
};

Outcome both_of(int first_turns, bool first_fails, int second_turns, bool second_fails) {
  Outcome outcome;
  try {
    outcome.value = test::run(both(
        value_after(first_turns, first_fails, outcome.story),
        done_after(second_turns, second_fails, outcome.story)
    ));
  } catch (const std::runtime_error& error) {
    outcome.error = error.what();
  }
  return outcome;
}

TEST(Both, AreOverWhenTheSlowerOneIs) {
  const Outcome second_is_slower = both_of(1, false, 5, false);
  EXPECT_EQ(second_is_slower.story, "first second ");
  EXPECT_EQ(second_is_slower.value, 7);

  const Outcome first_is_slower = both_of(5, false, 1, false);
  EXPECT_EQ(first_is_slower.story, "second first ");
  EXPECT_EQ(first_is_slower.value, 7);
}

TEST(Both, AreAwaitedAlsoWhenOneHasFailed) {
  const Outcome first_failed = both_of(1, true, 5, false);
  EXPECT_EQ(first_failed.story, "first second ");
  EXPECT_EQ(first_failed.error, "the first fails");

  const Outcome second_failed = both_of(5, false, 1, true);
  EXPECT_EQ(second_failed.story, "second first ");
  EXPECT_EQ(second_failed.error, "the second fails");
}

TEST(Both, ThrowWhatTheFirstThrewWhenBothFail) {
  EXPECT_EQ(both_of(5, true, 1, true).error, "the first fails");
}

}  // namespace
}  // namespace rosterd
