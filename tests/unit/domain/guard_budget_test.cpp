#include "rosterd/domain/guard.hpp"
#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;
using namespace test;

constexpr Instant noon{std::chrono::hours{24 * 365 + 12}};

struct BudgetRow {
  std::string name;
  struct Company {
    std::size_t people = 0;  ///< who have not left
    std::size_t ledger = 0;
  } company;
  struct Removals {
    std::size_t leavers = 0;
    std::size_t others = 0;
    Duration ago{0};
  } before;       ///< what was begun already, and when
  Removals plan;  ///< what is to be done now
  std::string expected;
  GuardSettings settings = {};
};

class GuardBudget : public testing::TestWithParam<BudgetRow> {};

/// Removals from a group that is never emptied by them.
std::vector<Change> removals(const std::string& name, const BudgetRow::Removals& counts) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < counts.leavers; ++i) {
    changes.push_back(revoke_leaver(numbered(name + "-leaver", i), group("Staff")));
  }
  for (std::size_t i = 0; i < counts.others; ++i) {
    changes.push_back(revoke(numbered(name + "-mover", i), group("Staff")));
  }
  return changes;
}

TEST_P(GuardBudget, Verdict) {
  const BudgetRow& row = GetParam();
  TenantState tenant;
  add_group(tenant, "Staff", {"somebody who stays"});
  GuardState state;
  state.people = row.company.people;
  state.ledger = row.company.ledger;
  for (const Change& change : removals("earlier", row.before)) {
    state.removals.push_back(begun(change, noon - row.before.ago));
  }
  Plan plan;
  plan.changes = removals("now", row.plan);
  const GuardVerdict verdict = guard(plan, tenant, state, row.settings, noon);
  BudgetRow::Removals go;
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    if (verdict.allows(i)) ++(plan.changes[i].leaver ? go.leavers : go.others);
  }
  std::string out =
      std::to_string(go.leavers) + " leavers and " + std::to_string(go.others) + " others go";
  for (const auto& [cause, why] : verdict.over) out += "; " + why;
  EXPECT_EQ(out, row.expected);
}

GuardSettings with(double leavers, double removals) {
  GuardSettings settings;
  settings.leavers = {0, leavers, 24h};
  settings.removals = {0, removals, 1h};
  return settings;
}

GuardSettings disabled() {
  GuardSettings settings;
  settings.enabled = false;
  return settings;
}

constexpr BudgetRow::Company small{25, 100};
constexpr BudgetRow::Company big{9800, 20'000};

INSTANTIATE_TEST_SUITE_P(
    Leavers,
    GuardBudget,
    testing::Values(
        BudgetRow{"none", small, {}, {}, "0 leavers and 0 others go"},
        BudgetRow{"four_of_30", {26, 100}, {}, {4, 0}, "4 leavers and 0 others go"},
        BudgetRow{"five_of_30", {25, 100}, {}, {5, 0}, "5 leavers and 0 others go"},
        BudgetRow{
            "six_of_30",
            {24, 100},
            {},
            {6, 0},
            "0 leavers and 0 others go; 6 people would lose access as leavers within 24 h; 5 may "
            "without approval"},
        BudgetRow{
            "all_but_one_of_10_000", {9801, 20'000}, {}, {199, 0}, "199 leavers and 0 others go"},
        BudgetRow{
            "two_percent_of_10_000", {9800, 20'000}, {}, {200, 0}, "200 leavers and 0 others go"},
        BudgetRow{
            "more_than_two_percent_of_10_000",
            {9799, 20'000},
            {},
            {201, 0},
            "0 leavers and 0 others go; 201 people would lose access as leavers within 24 h; 200 "
            "may without approval"},
        BudgetRow{
            "those_of_the_window_count",
            small,
            {5, 0, 24h - 1us},
            {1, 0},
            "0 leavers and 0 others go; 6 people would lose access as leavers within 24 h; 5 may "
            "without approval"},
        BudgetRow{"the_window_rolls", small, {5, 0, 24h}, {5, 0}, "5 leavers and 0 others go"},
        BudgetRow{
            "the_clock_was_set_back",
            small,
            {5, 0, -72h},
            {1, 0},
            "0 leavers and 0 others go; 6 people would lose access as leavers within 24 h; 5 may "
            "without approval"},
        BudgetRow{
            "movers_are_not_leavers", small, {0, 9, 1min}, {5, 0}, "5 leavers and 0 others go"},
        BudgetRow{
            "nobody_may",
            small,
            {},
            {1, 0},
            "0 leavers and 0 others go; 1 person would lose access as a leaver within 24 h; 0 may "
            "without approval",
            with(0.0, 1.0)}
    ),
    [](const auto& row) { return row.param.name; }
);

INSTANTIATE_TEST_SUITE_P(
    Removals,
    GuardBudget,
    testing::Values(
        BudgetRow{"ten_of_100", small, {}, {0, 10}, "0 leavers and 10 others go"},
        BudgetRow{
            "eleven_of_100",
            small,
            {},
            {0, 11},
            "0 leavers and 0 others go; 11 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{"nearly_five_percent", big, {}, {0, 999}, "0 leavers and 999 others go"},
        BudgetRow{"five_percent", big, {}, {0, 1000}, "0 leavers and 1000 others go"},
        BudgetRow{
            "more_than_five_percent",
            big,
            {},
            {0, 1001},
            "0 leavers and 0 others go; 1001 assignments would be removed within 1 h; 1000 may "
            "without approval"},
        BudgetRow{
            "a_part_is_rounded_down",
            {25, 239},
            {},
            {0, 12},
            "0 leavers and 0 others go; 12 assignments would be removed within 1 h; 11 may without "
            "approval"},
        BudgetRow{
            "a_part_that_is_whole_is_not",
            small,
            {},
            {0, 29},
            "0 leavers and 29 others go",
            with(1.0, 0.29)},
        BudgetRow{
            "those_of_the_window_count",
            small,
            {0, 10, 1h - 1us},
            {0, 1},
            "0 leavers and 0 others go; 11 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{"the_window_rolls", small, {0, 10, 1h}, {0, 10}, "0 leavers and 10 others go"},
        BudgetRow{
            "the_clock_was_set_back",
            small,
            {0, 10, -1h},
            {0, 1},
            "0 leavers and 0 others go; 11 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{
            "leavers_are_not_movers", small, {5, 0, 1min}, {0, 10}, "0 leavers and 10 others go"},
        BudgetRow{
            "one_class_over_does_not_hold_the_other",
            small,
            {},
            {3, 20},
            "3 leavers and 0 others go; 20 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{
            "both_over",
            small,
            {},
            {9, 20},
            "0 leavers and 0 others go; 9 people would lose access as leavers within 24 h; 5 may "
            "without approval; 20 assignments would be removed within 1 h; 10 may without "
            "approval"},
        BudgetRow{"disabled", small, {9, 20}, {9, 20}, "9 leavers and 20 others go", disabled()}
    ),
    [](const auto& row) { return row.param.name; }
);

}  // namespace
}  // namespace rosterd
