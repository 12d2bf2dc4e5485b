#include "adapters/sqlite/key_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

namespace rosterd::test {
namespace {

// Few different low bits, so that probes collide and wrap around.
Key128 crowded_key(std::uint64_t number) {
  return Key128{(number % 7) + ((number / 7) << 40U), number};
}

TEST(KeySet, IsExactWhateverIsInsertedAndErased) {
  sqlite::KeySet set;
  std::unordered_map<std::uint64_t, EventId> expected;
  std::mt19937 random(4711);

  for (EventId step = 1; step <= 20'000; ++step) {
    const std::uint64_t number = random() % 1'500;
    if (expected.count(number) > 0) {
      set.erase(crowded_key(number));
      expected.erase(number);
    } else {
      set.insert(crowded_key(number), step);
      expected[number] = step;
    }
  }

  ASSERT_EQ(set.size(), expected.size());
  for (std::uint64_t number = 0; number < 1'500; ++number) {
    const auto wanted = expected.find(number);
    const auto found = set.find(crowded_key(number));
    ASSERT_EQ(found.has_value(), wanted != expected.end()) << number;
    if (found) {
      ASSERT_EQ(*found, wanted->second) << number;
    }
  }
}

TEST(KeySet, HasNothingAtFirst) {
  const sqlite::KeySet set;

  EXPECT_EQ(set.find(Key128{1, 2}), std::nullopt);
}

}  // namespace
}  // namespace rosterd::test
