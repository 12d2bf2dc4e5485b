#include "cli/table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace rosterd::cli {
namespace {

std::string printed(const Table& table) {
  std::ostringstream out;
  table.print(out);
  return out.str();
}

TEST(ATable, AlignsByWhatATerminalShows) {
  Table table({"NAME", "GROUP"});
  table.add({"Zoë Müller", "Büro"});
  table.add({"Al", "Staff"});
  EXPECT_EQ(
      printed(table),
      "NAME        GROUP\n"
      "Zoë Müller  Büro\n"
      "Al          Staff\n"
  );
}

TEST(ATable, MakesControlCharactersSafe) {
  Table table({"NAME"});
  table.add({"a\nb\x1b[2Jc"});
  EXPECT_EQ(printed(table), "NAME\na\\x0Ab\\x1B[2Jc\n");
}

/// A cell that begins like a colour is text from outside all the same.
TEST(ATable, TakesNoColourFromItsCells) {
  Table table({"NAME"});
  table.add({"\x1b[2Jgone"});
  EXPECT_EQ(printed(table).find('\x1b'), std::string::npos);
}

TEST(ATable, HasNoHeaderLineWhenNothingIsNamed) {
  Table table({"", ""});
  table.add({"state", "dead"});
  table.add({"id", "17"});
  EXPECT_EQ(printed(table), "state  dead\nid     17\n");
}

TEST(ATable, CutsWhatNoTerminalShows) {
  Table table({"NAME"});
  table.add({std::string(5000, 'x')});
  EXPECT_LT(printed(table).size(), 200U);
}

TEST(ATable, OfNamesAndValuesShowsAWholeReason) {
  Table table({"", ""});
  table.add({"reason", std::string(1000, 'x')});
  EXPECT_GT(printed(table).size(), 1000U);
}

TEST(ATable, LeavesNoBlanksAtTheEndOfAShortRow) {
  Table table({"A", "B", "C"});
  table.add({"one", "", ""});
  EXPECT_EQ(printed(table), "A    B  C\none\n");
}

TEST(Width, CountsCodePointsAndNoColours) {
  EXPECT_EQ(width("Zoë"), 3U);
  EXPECT_EQ(width("\x1b[32mok\x1b[0m"), 2U);
  EXPECT_EQ(width("\x1b[32"), 0U);
}

TEST(Numbers, AreCountedInWords) {
  EXPECT_EQ(counted(1, "event", "events"), "1 event");
  EXPECT_EQ(counted(0, "event", "events"), "0 events");
  EXPECT_EQ(counted(2, "person", "people"), "2 people");
}

TEST(Instants, AreShortInTables) {
  EXPECT_EQ(brief(*parse_rfc3339("2026-03-01T09:00:00.123456Z")), "2026-03-01T09:00:00Z");
}

}  // namespace
}  // namespace rosterd::cli
