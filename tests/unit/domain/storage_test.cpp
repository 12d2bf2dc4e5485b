#include "rosterd/domain/storage.hpp"

#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace rosterd {
namespace {

using namespace test;

Change of_account(Change::Kind kind, const std::string& id) {
  Change made = change(kind, "somebody", group("Staff"));
  made.account = AccountId{id};
  return made;
}

const std::string auth0 = "auth0|" + std::string(24, '5');
const std::string azure = "waad|" + std::string(43, 'x');

TEST(StorageGrowth, IsWhatEachAssignmentTakes) {
  Plan plan;
  plan.changes = {of_account(Change::Kind::grant, auth0)};
  EXPECT_EQ(growth_of(plan), 33);
  plan.changes = {of_account(Change::Kind::grant, azure)};
  EXPECT_EQ(growth_of(plan), 51);
}

TEST(StorageGrowth, IsLessForWhatIsRemovedAndNothingForTheLedger) {
  Plan plan;
  plan.changes = {
      of_account(Change::Kind::revoke, azure),
      of_account(Change::Kind::grant, auth0),
      of_account(Change::Kind::adopt, auth0),
      of_account(Change::Kind::forget, auth0),
  };
  EXPECT_EQ(growth_of(plan), 33 - 51);
  EXPECT_EQ(growth_of(Plan{}), 0);
}

struct Row {
  std::string name;
  std::uint64_t used;
  std::int64_t growth;
  std::uint64_t limit;
  StorageVerdict expected;
};

class Storage : public testing::TestWithParam<Row> {};

TEST_P(Storage, Verdict) {
  const Row& row = GetParam();
  EXPECT_EQ(storage_verdict(row.used, row.growth, row.limit), row.expected);
}

constexpr auto most = std::numeric_limits<std::uint64_t>::max();
constexpr auto least_growth = std::numeric_limits<std::int64_t>::min();
constexpr auto most_growth = std::numeric_limits<std::int64_t>::max();

INSTANTIATE_TEST_SUITE_P(
    Table,
    Storage,
    testing::Values(
        Row{"empty", 0, 0, 512'000, StorageVerdict::fits},
        Row{"at_the_banner", 409'567, 33, 512'000, StorageVerdict::fits},
        Row{"past_the_banner", 409'568, 33, 512'000, StorageVerdict::nearly_full},
        Row{"past_it_already", 409'601, 0, 512'000, StorageVerdict::nearly_full},
        Row{"back_under_it", 409'601, -33, 512'000, StorageVerdict::fits},
        Row{"to_the_brim", 511'967, 33, 512'000, StorageVerdict::nearly_full},
        Row{"a_byte_too_much", 511'968, 33, 512'000, StorageVerdict::full},
        Row{"over_and_not_growing", 600'000, 0, 512'000, StorageVerdict::nearly_full},
        Row{"over_and_shrinking", 600'000, -33, 512'000, StorageVerdict::nearly_full},
        Row{"less_than_nothing", 10, -33, 512'000, StorageVerdict::fits},
        Row{"no_limit", 10'000'000, 33, 0, StorageVerdict::fits},
        Row{"more_than_can_be_counted", most, most_growth, most - 1, StorageVerdict::full},
        Row{"all_taken_away", most, least_growth, most, StorageVerdict::fits}
    ),
    [](const auto& row) { return row.param.name; }
);

}  // namespace
}  // namespace rosterd
