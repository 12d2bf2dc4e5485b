#include "ingest/people_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace rosterd::ingest {
namespace {

constexpr std::uint32_t people_added = 10'000;

std::string key_of(std::uint32_t number) {
  return std::string(number % 40, 'k') + std::to_string(number);
}

PeopleTable table_of_people() {
  PeopleTable table;
  for (std::uint32_t number = 0; number < people_added; ++number) table.add(key_of(number));
  return table;
}

TEST(PeopleTable, FindsEverybodyWhateverTheOrder) {
  std::vector<std::uint32_t> order(people_added);
  for (std::uint32_t number = 0; number < people_added; ++number) order[number] = number;
  const auto expect_all_found = [&](const char* story) {
    PeopleTable table = table_of_people();
    std::uint32_t found = 0;
    for (const std::uint32_t number : order) found += table.find(key_of(number)) == number ? 1 : 0;
    EXPECT_EQ(found, people_added) << story;
  };

  expect_all_found("in the order of the store");
  std::reverse(order.begin(), order.end());
  expect_all_found("backwards");
  std::shuffle(order.begin(), order.end(), std::mt19937(5));
  expect_all_found("in no order");
}

TEST(PeopleTable, KeepsThePlacesOfNewcomersAmongThoseItHad) {
  PeopleTable table = table_of_people();
  std::map<std::string, std::uint32_t> expected;
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = key_of(static_cast<std::uint32_t>(random() % (3 * people_added)));
    const std::uint32_t place = table.find_or_add(key);
    const auto [before, is_new] = expected.emplace(key, place);
    ASSERT_EQ(before->second, place) << key;
    ASSERT_EQ(table.id_of(table[place]), key);
  }
  EXPECT_EQ(table.find("nobody"), std::nullopt);
}

TEST(PeopleTable, FindsWhoIsInOrderAmongNewcomersAndGapsOfAnySize) {
  const auto key = [](std::uint32_t number) { return std::to_string(1'000'000 + number); };
  for (const std::uint32_t gap : {1U, 2U, 3U, 100U, 5'000U, 9'999U}) {
    PeopleTable table;
    for (std::uint32_t number = 0; number < people_added; ++number) table.add(key(2 * number));
    std::uint32_t newcomers = 0;
    for (int round = 0; round < 2; ++round) {
      std::uint32_t seen = 0;
      for (std::uint32_t number = 0; number < people_added; number += gap, ++seen) {
        ASSERT_EQ(table.find_or_add(key(2 * number)), number) << gap;
        ASSERT_EQ(table.find(key(2 * number)), number) << gap << ", again";
        ASSERT_EQ(table.find_or_add(key(2 * number + 1)), people_added + seen) << gap;
        ASSERT_EQ(table.find(key(2 * number) + "x"), std::nullopt) << gap;
      }
      newcomers = seen;
    }
    EXPECT_EQ(table.size(), people_added + newcomers);
  }
}

TEST(PeopleTable, FindsWhoIsInOrderAfterNewcomersOfWhateverKey) {
  PeopleTable table;
  for (const char* person : {"b", "d", "f"}) table.add(person);
  EXPECT_EQ(table.find_or_add("f"), 2u);
  EXPECT_EQ(table.find_or_add("a"), 3u);
  EXPECT_EQ(table.find_or_add("g"), 4u);

  for (const char* person : {"f", "a", "b", "g", "d", "f", "a", "g", "b"}) {
    const auto place = table.find(person);
    ASSERT_TRUE(place) << person;
    EXPECT_EQ(table.id_of(table[*place]), person);
  }
}

TEST(PeopleTable, SaysNothingOfThoseItNeverHeardOf) {
  PeopleTable table;
  EXPECT_EQ(table.find(""), std::nullopt);
  EXPECT_EQ(table.find_or_add(""), 0u);
  EXPECT_EQ(table.find(""), 0u);
  EXPECT_EQ(table.find("a"), std::nullopt);
}

TEST(PeopleTableDeathTest, DoesNotTakeTwoPeopleForOne) {
  PeopleTable table;
  for (const char* person : {"bob", "ada", "ada"}) table.add(person);
  EXPECT_DEATH(table.find("bea"), "nobody is added twice");
}

}  // namespace
}  // namespace rosterd::ingest
