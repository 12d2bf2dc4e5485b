#include "rosterd/adapters/system/time_zones.hpp"

#include <gtest/gtest.h>

namespace rosterd::test {

namespace {

class TimeZoneDays : public ::testing::Test {
 protected:
  std::string start(std::string_view zone, std::string_view day) {
    const auto instant = zones.start_of_day(zone, *parse_date(day));
    return instant ? to_string(*instant) : "unknown zone";
  }
  std::string day(std::string_view zone, std::string_view instant) {
    const auto date = zones.day_at(zone, *parse_rfc3339(instant));
    return date ? to_string(*date) : "unknown zone";
  }

  system::SystemTimeZones zones;
};

}  // namespace

TEST_F(TimeZoneDays, BeginAtLocalMidnight) {
  EXPECT_EQ(start("Europe/Berlin", "2026-01-15"), "2026-01-14T23:00:00Z");
  EXPECT_EQ(start("Europe/Berlin", "2026-07-15"), "2026-07-14T22:00:00Z");
  EXPECT_EQ(start("UTC", "2026-07-15"), "2026-07-15T00:00:00Z");
  EXPECT_EQ(start("Asia/Kathmandu", "2026-07-15"), "2026-07-14T18:15:00Z");
}

TEST_F(TimeZoneDays, AreTwentyThreeOrTwentyFiveHoursLongWhenTheClockChanges) {
  EXPECT_EQ(start("Europe/Berlin", "2026-03-29"), "2026-03-28T23:00:00Z");
  EXPECT_EQ(start("Europe/Berlin", "2026-03-30"), "2026-03-29T22:00:00Z");
  EXPECT_EQ(start("Europe/Berlin", "2026-10-25"), "2026-10-24T22:00:00Z");
  EXPECT_EQ(start("Europe/Berlin", "2026-10-26"), "2026-10-25T23:00:00Z");
}

TEST_F(TimeZoneDays, BeginAfterTheJumpWhereMidnightIsSkipped) {
  EXPECT_EQ(start("America/Sao_Paulo", "2018-11-04"), "2018-11-04T03:00:00Z");
  EXPECT_EQ(start("America/Sao_Paulo", "2018-11-05"), "2018-11-05T02:00:00Z");
}

TEST_F(TimeZoneDays, BeginAtTheFirstOfTwoMidnights) {
  EXPECT_EQ(start("America/Havana", "2025-11-02"), "2025-11-02T04:00:00Z");
  EXPECT_EQ(start("America/Havana", "2025-11-03"), "2025-11-03T05:00:00Z");
}

TEST_F(TimeZoneDays, BeginWithTheNextDayWhereOneWasLeftOut) {
  EXPECT_EQ(start("Pacific/Apia", "2011-12-30"), start("Pacific/Apia", "2011-12-31"));
}

TEST_F(TimeZoneDays, AreToldFromInstants) {
  EXPECT_EQ(day("Europe/Berlin", "2026-03-28T22:59:59Z"), "2026-03-28");
  EXPECT_EQ(day("Europe/Berlin", "2026-03-28T23:00:00Z"), "2026-03-29");
  EXPECT_EQ(day("America/Sao_Paulo", "2018-11-04T02:59:59Z"), "2018-11-03");
  EXPECT_EQ(day("Pacific/Kiritimati", "2026-01-01T10:00:00Z"), "2026-01-02");
  EXPECT_EQ(day("UTC", "1969-12-31T23:59:59Z"), "1969-12-31");
}

TEST_F(TimeZoneDays, HaveNoUnknownZones) {
  EXPECT_TRUE(zones.known("Europe/Berlin"));
  EXPECT_TRUE(zones.known("UTC"));
  EXPECT_FALSE(zones.known(""));
  EXPECT_FALSE(zones.known("Europe/Berln"));
  EXPECT_FALSE(zones.known("../../etc/passwd"));
  EXPECT_EQ(start("Mars/Olympus", "2026-01-15"), "unknown zone");
  EXPECT_EQ(day("Mars/Olympus", "2026-01-01T10:00:00Z"), "unknown zone");
}

}  // namespace rosterd::test
