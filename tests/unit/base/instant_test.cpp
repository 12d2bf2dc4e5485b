#include "rosterd/base/instant.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;

struct Row {
  std::string name;
  std::string written;
  std::string read;  ///< empty: refused
};

class Rfc3339 : public testing::TestWithParam<Row> {};

TEST_P(Rfc3339, IsReadAsAnInstant) {
  const auto instant = parse_rfc3339(GetParam().written);
  EXPECT_EQ(instant ? to_string(*instant) : "", GetParam().read);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Rfc3339,
    testing::Values(
        Row{"utc", "2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z"},
        Row{"small_letters", "2026-03-01t09:00:00z", "2026-03-01T09:00:00Z"},
        Row{"a_space", "2026-03-01 09:00:00Z", "2026-03-01T09:00:00Z"},
        Row{"east", "2026-03-01T09:00:00+05:30", "2026-03-01T03:30:00Z"},
        Row{"west_over_midnight", "2026-02-28T20:00:00-05:00", "2026-03-01T01:00:00Z"},
        Row{"a_fraction", "2026-03-01T09:00:00.25Z", "2026-03-01T09:00:00.25Z"},
        Row{"nanoseconds_are_cut", "2026-03-01T09:00:00.123456789Z", "2026-03-01T09:00:00.123456Z"},
        Row{"a_leap_second", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
        Row{"a_leap_day", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        Row{"before_1970", "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
        Row{"no_leap_day", "2026-02-29T00:00:00Z", ""},
        Row{"no_offset", "2026-03-01T09:00:00", ""},
        Row{"no_seconds", "2026-03-01T09:00Z", ""},
        Row{"offset_without_colon", "2026-03-01T09:00:00+0530", ""},
        Row{"hour_24", "2026-03-01T24:00:00Z", ""},
        Row{"ten_digits_of_a_fraction", "2026-03-01T09:00:00.1234567890Z", ""},
        Row{"an_empty_fraction", "2026-03-01T09:00:00.Z", ""},
        Row{"the_first_of_all", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
        Row{"the_last_of_all", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
        Row{"before_the_year_0_in_utc", "0000-01-01T00:00:00+00:01", ""},
        Row{"after_the_year_9999_in_utc", "9999-12-31T23:59:59-00:01", ""},
        Row{"a_leap_second_at_the_very_end", "9999-12-31T23:59:60Z", ""},
        Row{"something_behind", "2026-03-01T09:00:00Z ", ""},
        Row{"a_sign_among_digits", "2026-03-+1T09:00:00Z", ""},
        Row{"nothing", "", ""}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(Date, IsADayThatExists) {
  EXPECT_EQ(to_string(*parse_date("2024-02-29")), "2024-02-29");
  for (const char* wrong :
       {"2026-02-29", "2026-2-09", "2026-13-01", "0000-00-00", "2026-01-01T", ""}) {
    EXPECT_FALSE(parse_date(wrong)) << wrong;
  }
}

TEST(DurationText, IsReadWithItsUnits) {
  EXPECT_EQ(parse_duration("250ms"), Duration{250ms});
  EXPECT_EQ(parse_duration("30s"), Duration{30s});
  EXPECT_EQ(parse_duration("1h30m"), Duration{90min});
  EXPECT_EQ(parse_duration("7d"), Duration{168h});
  EXPECT_EQ(parse_duration("0d"), Duration{0});
  for (const char* wrong :
       {"", "30", "s", "-1s", "1.5h", "1 h", "1y", "9999999999999s", "999999999999d"}) {
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
  }
}

TEST(DurationText, IsShownInTwoParts) {
  EXPECT_EQ(to_string(Duration{850ms}), "850ms");
  EXPECT_EQ(to_string(Duration{200s}), "3m 20s");
  EXPECT_EQ(to_string(Duration{52h + 5s}), "2d 4h");
  EXPECT_EQ(to_string(Duration{24h}), "1d");
  EXPECT_EQ(to_string(Duration{-90s}), "-1m 30s");
}

}  // namespace
}  // namespace rosterd
