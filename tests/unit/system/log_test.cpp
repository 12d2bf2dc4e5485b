#include "rosterd/adapters/system/log.hpp"

#include "support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <stdlib.h>

namespace rosterd::test {

namespace {

using system::log_line;
using system::LogStyle;

const Instant nine_o_clock = *parse_rfc3339("2026-03-02T09:00:00.25Z");

}  // namespace

TEST(LogLine, CarriesFieldsThatCanBeSearchedBy) {
  const std::vector<LogField> fields = {{"event", 17}, {"person", "4711"}};

  EXPECT_EQ(
      log_line(LogStyle::lines, LogLevel::info, nine_o_clock, "event applied", fields),
      "2026-03-02T09:00:00Z info event applied event=17 person=4711"
  );
}

TEST(LogLine, LeavesTimeAndLevelToTheJournal) {
  EXPECT_EQ(log_line(LogStyle::journal, LogLevel::warning, nine_o_clock, "slow", {}), "<4>slow");
  EXPECT_EQ(log_line(LogStyle::journal, LogLevel::notice, nine_o_clock, "new", {}), "<5>new");
}

TEST(LogLine, KeepsAddressesToItselfAndTheNamesOfRoles) {
  using system::without_addresses;
  EXPECT_EQ(without_addresses("ada.lovelace@example.com has two"), "***@example.com has two");
  EXPECT_EQ(without_addresses("samlp|corp|ada@x.com, waad|b"), "samlp|corp|***@x.com, waad|b");
  EXPECT_EQ(without_addresses("granted Developer@app-id"), "granted Developer@app-id");
  EXPECT_EQ(without_addresses("j\xC3\xBCrgen@example.de"), "***@example.de");
  EXPECT_EQ(without_addresses("@a.b a@ @"), "@a.b a@ @");
  EXPECT_EQ(without_addresses(""), "");
}

TEST(LogLine, QuotesWhatIsMoreThanAWord) {
  const std::vector<LogField> fields = {
      {"group", "Sales Team"},
      {"role", "Developer@app-id"},
      {"empty", ""},
      {"said", R"(a "b" \c)"}};

  EXPECT_EQ(
      log_line(LogStyle::journal, LogLevel::info, nine_o_clock, "granted", fields),
      R"(<6>granted group="Sales Team" role=Developer@app-id empty="" said="a \"b\" \\c")"
  );
}

TEST(LogLine, CannotBeForgedByAValueOrAMessage) {
  const std::vector<LogField> fields = {{"person", "1\n<2>all is lost"}};

  EXPECT_EQ(
      log_line(LogStyle::journal, LogLevel::info, nine_o_clock, "came\nin", fields),
      R"(<6>came\x0Ain person="1\x0A<2>all is lost")"
  );
}

TEST(StderrLog, DropsWhatIsBelowItsLevel) {
  const ManualClock clock;
  system::StderrLog log(clock, LogLevel::notice, LogStyle::lines);
  ::testing::internal::CaptureStderr();

  log.info("not told");
  log.notice("told {}", {{"event", 1}});
  log.set_level(LogLevel::debug);
  log.debug("told now");

  EXPECT_EQ(
      ::testing::internal::GetCapturedStderr(),
      "2026-03-02T09:00:00Z notice told {} event=1\n2026-03-02T09:00:00Z debug told now\n"
  );
}

TEST(StderrLog, KeepsAddressesToItselfUnlessItIsToldToShowThem) {
  const ManualClock clock;
  system::StderrLog log(clock, LogLevel::notice, LogStyle::journal);
  const std::vector<LogField> fields = {{"account", "ad|a@x.com"}, {"entitlement", "All@x.com"}};
  ::testing::internal::CaptureStderr();

  log.notice("b@x.com came", fields);
  log.show_personal_data(true);
  log.notice("b@x.com came", fields);

  EXPECT_EQ(
      ::testing::internal::GetCapturedStderr(),
      "<5>***@x.com came account=ad|***@x.com entitlement=All@x.com\n"
      "<5>b@x.com came account=ad|a@x.com entitlement=All@x.com\n"
  );
}

TEST(LogStyle, IsTheJournalsOnlyWhenStderrIsItsStream) {
  setenv("JOURNAL_STREAM", "1:1", 1);
  EXPECT_EQ(system::log_style_of_environment(), LogStyle::lines);
  unsetenv("JOURNAL_STREAM");
  EXPECT_EQ(system::log_style_of_environment(), LogStyle::lines);
}

TEST(LogLevel, IsReadAsItIsWritten) {
  for (const LogLevel level : {LogLevel::debug, LogLevel::notice, LogLevel::critical}) {
    EXPECT_EQ(system::log_level(system::to_string(level)), level);
  }
  EXPECT_FALSE(system::log_level("loud"));
}

}  // namespace rosterd::test
