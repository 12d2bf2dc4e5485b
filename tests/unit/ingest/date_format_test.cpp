#include "rosterd/ingest/date_format.hpp"

#include <gtest/gtest.h>

namespace rosterd::ingest {
namespace {

std::string read(const std::vector<std::string>& formats, std::string_view text) {
  const auto civil = DateFormats(formats).parse(text);
  if (!civil) return "no date";
  std::string told = to_string(civil->date);
  if (civil->time.count() > 0) told += " +" + std::to_string(civil->time.count()) + "s";
  return told;
}

TEST(DateFormat, IsTheOneConfiguredAndNoOther) {
  EXPECT_EQ(read({"%Y-%m-%d"}, "2026-03-01"), "2026-03-01");
  EXPECT_EQ(read({"%m/%d/%Y"}, "3/1/2026"), "2026-03-01");
  EXPECT_EQ(read({"%d/%m/%Y"}, "3/1/2026"), "2026-01-03");
  EXPECT_EQ(read({"%d/%m/%Y"}, "1/13/2026"), "no date");
  EXPECT_EQ(read({"%d.%m.%y"}, "01.03.26"), "2026-03-01");
  EXPECT_EQ(read({"%d.%m.%y"}, "01.03.69"), "1969-03-01");
  EXPECT_EQ(read({"%d-%b-%Y"}, "01-MAR-2026"), "2026-03-01");
  EXPECT_EQ(read({"%B %e, %Y"}, "May 9, 2026"), "2026-05-09");
  EXPECT_EQ(read({"%B %e, %Y"}, "September 9, 2026"), "2026-09-09");
  EXPECT_EQ(read({"%Y%m%d"}, "20260301"), "2026-03-01");
  EXPECT_EQ(read({"%Y-%m-%d %H:%M:%S"}, "2026-03-01 01:00:05"), "2026-03-01 +3605s");
  EXPECT_EQ(read({"%%%Y-%m-%d"}, "%2026-03-01"), "2026-03-01");
}

TEST(DateFormat, ThoseConfiguredAreTriedInOrder) {
  EXPECT_EQ(read({"%d/%m/%Y", "%m/%d/%Y"}, "01/02/2026"), "2026-02-01");
  EXPECT_EQ(read({"%d/%m/%Y", "%m/%d/%Y"}, "01/13/2026"), "2026-01-13");
}

TEST(DateFormat, OnlyDaysThatExistCount) {
  EXPECT_EQ(read({"%Y-%m-%d"}, "0000-00-00"), "no date");
  EXPECT_EQ(read({"%Y-%m-%d"}, "2026-02-29"), "no date");
  EXPECT_EQ(read({"%Y-%m-%d"}, "2028-02-29"), "2028-02-29");
  EXPECT_EQ(read({"%Y-%m-%d"}, "2026-03-01x"), "no date");
  EXPECT_EQ(read({"%Y-%m-%d"}, "26-03-01"), "no date");
  EXPECT_EQ(read({"%Y-%m-%d"}, ""), "no date");
  EXPECT_EQ(read({"%Y%m%d"}, "2026301"), "no date");
  EXPECT_EQ(read({"%Y-%m-%d %H"}, "2026-03-01 24"), "no date");
}

TEST(DateFormat, SaysWhatIsWrongWithAFormat) {
  EXPECT_EQ(DateFormats::problem_of("%Y-%m-%d"), std::nullopt);
  EXPECT_EQ(DateFormats::problem_of("%Y-%m-"), "does not name year, month and day");
  EXPECT_EQ(DateFormats::problem_of("%Y-%m-%d%"), "ends in a single %");
  EXPECT_TRUE(DateFormats::problem_of("%Y-%m-%Q"));
}

}  // namespace
}  // namespace rosterd::ingest
