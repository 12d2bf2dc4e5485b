#include "rosterd/domain/lifecycle.hpp"

#include "fixed_zones.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using Settings = LifecycleSettings;

Settings berlin() {
  Settings settings;
  settings.time_zone = "Europe/Berlin";
  return settings;
}

Settings with(void (*change)(Settings&)) {
  Settings settings = berlin();
  change(settings);
  return settings;
}

struct Row {
  std::string name;
  Attributes attributes;
  Settings settings;
  std::string now;
  std::string expected;  ///< state, whether entitled, the next change, why
};

Attributes person(std::string status, std::string start, std::string last, std::string zone = "") {
  Attributes attributes;
  if (!status.empty()) attributes["status"] = std::move(status);
  if (!start.empty()) attributes["start_date"] = std::move(start);
  if (!last.empty()) attributes["last_day"] = std::move(last);
  if (!zone.empty()) attributes["time_zone"] = std::move(zone);
  return attributes;
}

std::string shown(const Lifecycle& life) {
  return std::string(to_string(life.state)) + (life.entitled ? " entitled" : " nothing") +
         " until " + (life.next_change_at ? to_string(*life.next_change_at) : "ever") + ": " +
         life.why;
}

class LifecycleOf : public testing::TestWithParam<Row> {};

TEST_P(LifecycleOf, IsDecidedByStatusDatesAndZone) {
  const test::FixedZones zones;
  const Row& row = GetParam();
  const Instant now = *parse_rfc3339(row.now);
  EXPECT_EQ(shown(lifecycle_of(row.attributes, row.settings, zones, now)), row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    LifecycleOf,
    testing::Values(
        Row{"nothing_known_is_active",
            person("", "", ""),
            berlin(),
            "2026-03-02T09:00:00Z",
            "active entitled until ever: status is active"},
        Row{"left_at_once_whatever_the_dates",
            person("left", "2026-01-01", "2026-12-31"),
            berlin(),
            "2026-03-02T09:00:00Z",
            "left nothing until ever: status is left"},
        Row{"last_day_is_inclusive",
            person("active", "", "2026-03-31"),
            berlin(),
            "2026-03-31T22:59:59Z",
            "active entitled until 2026-03-31T23:00:00Z: status is active"},
        Row{"last_day_has_passed",
            person("active", "", "2026-03-31"),
            berlin(),
            "2026-03-31T23:00:00Z",
            "left nothing until ever: last_day 2026-03-31 has passed in Europe/Berlin"},
        Row{"last_day_may_end_access_at_its_start",
            person("active", "", "2026-03-31"),
            with([](Settings& s) { s.last_day = Settings::LastDay::start_of_day; }),
            "2026-03-30T23:00:00Z",
            "left nothing until ever: last_day 2026-03-31 has come in Europe/Berlin"},
        Row{"the_persons_own_zone_wins",
            person("active", "", "2026-03-31", "Pacific/Auckland"),
            berlin(),
            "2026-03-31T11:00:00Z",
            "left nothing until ever: last_day 2026-03-31 has passed in Pacific/Auckland"},
        Row{"an_unknown_zone_counts_as_the_policys",
            person("active", "", "2026-03-31", "Mars"),
            berlin(),
            "2026-03-02T09:00:00Z",
            "active entitled until 2026-03-31T23:00:00Z: status is active; time_zone \"Mars\" is "
            "unknown, Europe/Berlin is used"},
        Row{"before_the_start",
            person("active", "2026-04-01", ""),
            berlin(),
            "2026-03-31T21:59:59Z",
            "prehire nothing until 2026-03-31T23:00:00Z: start_date 2026-04-01 has not come in "
            "Europe/Berlin"},
        Row{"prehire_whose_day_has_come",
            person("prehire", "2026-04-01", ""),
            berlin(),
            "2026-03-31T23:00:00Z",
            "active entitled until ever: start_date 2026-04-01 has come in Europe/Berlin"},
        Row{"prehire_without_a_date_waits",
            person("prehire", "", ""),
            berlin(),
            "2026-03-31T23:00:00Z",
            "prehire nothing until ever: status is prehire"},
        Row{"lead_gives_access_earlier",
            person("prehire", "2026-04-01", ""),
            with([](Settings& s) { s.lead = std::chrono::days{2}; }),
            "2026-03-29T22:59:59Z",
            "prehire nothing until 2026-03-29T23:00:00Z: start_date 2026-04-01 has not come in "
            "Europe/Berlin (lead 2d)"},
        Row{"a_rehire_starts_after_the_last_day",
            person("active", "2026-03-01", "2025-12-31"),
            berlin(),
            "2026-03-02T09:00:00Z",
            "active entitled until ever: status is active"},
        Row{"between_last_day_and_rehire",
            person("active", "2026-03-01", "2025-12-31"),
            berlin(),
            "2026-02-02T09:00:00Z",
            "prehire nothing until 2026-02-28T23:00:00Z: start_date 2026-03-01 has not come in "
            "Europe/Berlin"},
        Row{"a_job_of_one_day",
            person("active", "2026-03-02", "2026-03-02"),
            berlin(),
            "2026-03-02T09:00:00Z",
            "active entitled until 2026-03-02T23:00:00Z: status is active"},
        Row{"leave_keeps",
            person("on_leave", "", ""),
            berlin(),
            "2026-03-02T09:00:00Z",
            "on_leave entitled until ever: status is on_leave"},
        Row{"leave_suspends_if_the_policy_says_so",
            person("on_leave", "", ""),
            with([](Settings& s) { s.leave = Settings::Leave::suspend; }),
            "2026-03-02T09:00:00Z",
            "on_leave nothing until ever: status is on_leave"},
        Row{"suspended_leaves_on_the_last_day",
            person("suspended", "", "2026-03-31"),
            berlin(),
            "2026-03-02T09:00:00Z",
            "suspended nothing until 2026-03-31T23:00:00Z: status is suspended"},
        Row{"unreadable_dates_count_as_absent",
            person("active", "soon", "31.3.2026"),
            berlin(),
            "2026-03-02T09:00:00Z",
            "active entitled until ever: status is active; start_date \"soon\" is not a date "
            "(YYYY-MM-DD) and is left out; last_day \"31.3.2026\" is not a date (YYYY-MM-DD) and "
            "is left out"},
        Row{"a_date_written_as_an_instant_is_its_day",
            person("active", "", "2026-03-31T00:00:00.000Z"),
            berlin(),
            "2026-03-31T23:00:00Z",
            "left nothing until ever: last_day 2026-03-31 has passed in Europe/Berlin"},
        Row{"a_status_in_other_case",
            person("Left", "", ""),
            berlin(),
            "2026-03-02T09:00:00Z",
            "left nothing until ever: status is left"},
        Row{"an_unknown_status_is_said",
            person("retired", "", ""),
            berlin(),
            "2026-03-02T09:00:00Z",
            "suspended nothing until ever: status is suspended; status \"retired\" is unknown and "
            "counts as suspended"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(EffectiveInstant, ADateIsTheStartOfThatDayInThePersonsZone) {
  const test::FixedZones zones;
  const Effective day = *parse_date("2026-04-01");
  const Attributes in_new_york{{"time_zone", std::string("America/New_York")}};
  EXPECT_EQ(to_string(effective_instant(day, {}, berlin(), zones)), "2026-03-31T23:00:00Z");
  EXPECT_EQ(
      to_string(effective_instant(day, in_new_york, berlin(), zones)), "2026-04-01T05:00:00Z"
  );
}

TEST(EffectiveInstant, AnInstantIsItself) {
  const test::FixedZones zones;
  const Effective instant = *parse_rfc3339("2026-04-01T12:00:00+02:00");
  EXPECT_EQ(to_string(effective_instant(instant, {}, berlin(), zones)), "2026-04-01T10:00:00Z");
}

}  // namespace
}  // namespace rosterd
