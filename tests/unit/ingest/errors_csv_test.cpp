#include "file_intake_fixture.hpp"

namespace rosterd::ingest {
namespace {

TEST(ErrorsCsv, IsQuotedAndSafeToOpen) {
  IntakeReport report;
  report.intake.state = IntakeState::done;
  report.problems.push_back({.line = 3, .column = "a,b", .value = "=1+1", .reason = "is \"odd\""});
  report.problems_total = 5;
  report.quarantined.push_back({.person = PersonId("+7"), .lines = {2, 4}, .reason = "twice"});

  EXPECT_EQ(
      errors_csv(report),
      "line,column,value,reason\r\n"
      "2,,'+7,twice\r\n"
      "3,\"a,b\",'=1+1,\"is \"\"odd\"\"\"\r\n"
      "4,,'+7,twice\r\n"
      ",,,and 4 more errors\r\n"
  );
}

TEST(ErrorsCsv, OfAGoodFileIsEmpty) {
  IntakeReport report;
  report.intake.state = IntakeState::done;
  EXPECT_EQ(errors_csv(report), "");

  report.intake.state = IntakeState::rejected;
  report.intake.reason = "is empty";
  EXPECT_EQ(errors_csv(report), "line,column,value,reason\r\n,,,is empty\r\n");
}

}  // namespace
}  // namespace rosterd::ingest
