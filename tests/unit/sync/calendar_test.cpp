#include "rosterd/adapters/system/time_zones.hpp"
#include "unit/sync/syncing.hpp"

namespace rosterd::test {
namespace {

/// The last moment at which somebody has access, and the first at which not, or the other way
/// round.
struct Midnight {
  const char* name;
  const char* zone;
  const char* day;
  const char* starts;  ///< UTC
  const char* ends;    ///< UTC
};

void PrintTo(const Midnight& midnight, std::ostream* out) {
  *out << midnight.name;
}

/// Dates in people's own zones, with the real rules of their clocks.
class Calendar : public Syncing, public testing::WithParamInterface<Midnight> {
 protected:
  Calendar() {
    calendar = &real_zones_;
    a_company();
    users({"ada"});
    clock.set(at(GetParam().starts) - 24h * 30);
  }

  std::string access_at(Instant instant) {
    later(instant - clock.now());
    return tenant.access_of("ada");
  }

 private:
  system::SystemTimeZones real_zones_;
};

TEST_P(Calendar, SomebodyHasAccessUntilTheLastDayEndsAndNotASecondLonger) {
  hr_says("joined", "ada", {{"time_zone", GetParam().zone}, {"last_day", GetParam().day}});
  work();

  EXPECT_EQ(access_at(at(GetParam().ends) - 1s), "Staff");
  EXPECT_EQ(access_at(at(GetParam().ends)), "");
}

TEST_P(Calendar, AJoinerHasAccessWhenTheFirstDayStartsAndNotASecondEarlier) {
  hr_says("joined", "ada", {{"time_zone", GetParam().zone}, {"start_date", GetParam().day}});
  work();

  EXPECT_EQ(access_at(at(GetParam().starts) - 1s), "");
  EXPECT_EQ(access_at(at(GetParam().starts)), "Staff");
}

TEST_P(Calendar, AChangeForADayTakesEffectWhenThatDayStartsThere) {
  Saying then;
  then.effective_at = Effective(*parse_date(GetParam().day));
  hr_says("joined", "ada", {{"time_zone", GetParam().zone}, {"department", "Sales"}});
  hr_says("changed", "ada", {{"department", "Engineering"}}, then);
  work();

  EXPECT_EQ(access_at(at(GetParam().starts) - 1s), "Staff, Sales");
  EXPECT_EQ(access_at(at(GetParam().starts)), "Staff, Engineering, Developer@app");
}

INSTANTIATE_TEST_SUITE_P(
    Days,
    Calendar,
    testing::Values(
        Midnight{
            "clocks_go_forward",
            "Europe/Berlin",
            "2026-03-29",
            "2026-03-28T23:00:00Z",
            "2026-03-29T22:00:00Z"},
        Midnight{
            "clocks_go_back",
            "Europe/Berlin",
            "2026-10-25",
            "2026-10-24T22:00:00Z",
            "2026-10-25T23:00:00Z"},
        Midnight{
            "year_ends_in_new_york",
            "America/New_York",
            "2026-12-31",
            "2026-12-31T05:00:00Z",
            "2027-01-01T05:00:00Z"},
        Midnight{
            "year_ends_in_auckland",
            "Pacific/Auckland",
            "2026-12-31",
            "2026-12-30T11:00:00Z",
            "2026-12-31T11:00:00Z"},
        Midnight{
            "midnight_that_does_not_exist",
            "Africa/Cairo",
            "2026-04-24",
            "2026-04-23T22:00:00Z",
            "2026-04-24T21:00:00Z"},
        Midnight{"leap_day", "UTC", "2028-02-29", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"}
    ),
    [](const auto& row) { return std::string(row.param.name); }
);

}  // namespace
}  // namespace rosterd::test
