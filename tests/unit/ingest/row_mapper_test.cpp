#include "file_intake_fixture.hpp"

namespace rosterd::ingest {
namespace {

/// One column `v` beside the key, mapped as each test says.
class Mapping : public FileIntakeTest {
 protected:
  Mapping() {
    config.columns.clear();
    column("v", "value");
  }

  ColumnConfig& value() { return config.columns[0]; }

  /// The attribute, or what is wrong.
  std::string mapped(const std::string& field) {
    store = test::MemoryIntakeStore();
    const auto report = take("id,v\n7,\"" + field + "\"\n");
    if (!report.problems.empty()) return "! " + report.problems[0].reason;
    const auto& said = store.accepted.at(0).event.attributes;
    const auto found = said.find(value().attribute);
    if (found == said.end()) return "unsaid";
    return found->second ? to_text(*found->second) : "cleared";
  }
};

TEST_F(Mapping, TrimsWhiteSpaceUnlessToldNotTo) {
  EXPECT_EQ(mapped("  Sales\t"), "Sales");
  EXPECT_EQ(mapped("   "), "cleared");

  config.trim = false;
  EXPECT_EQ(mapped(" Sales "), " Sales ");
}

TEST_F(Mapping, ReplacesValues) {
  value().values = {{"10", "Administration"}, {"20", "Marketing"}};
  EXPECT_EQ(mapped("20"), "Marketing");
  EXPECT_EQ(mapped("30"), "30");

  value().otherwise = "Other";
  EXPECT_EQ(mapped("30"), "Other");
  EXPECT_EQ(mapped(""), "cleared");

  value().otherwise = "error";
  EXPECT_EQ(mapped("30"), "! is none of the values that are configured");
}

TEST_F(Mapping, KnowsWhatMeansNothing) {
  value().empty = {"0000-00-00", "N/A"};
  value().type = "date";
  EXPECT_EQ(mapped("0000-00-00"), "cleared");
  EXPECT_EQ(mapped("2026-03-01"), "2026-03-01");

  value().default_value = "2026-01-01";
  EXPECT_EQ(mapped("N/A"), "2026-01-01");
}

TEST_F(Mapping, ReadsTypes) {
  const auto read = [&](const std::string& type, const std::string& field) {
    value().type = type;
    return mapped(field);
  };
  EXPECT_EQ(read("integer", "-42"), "-42");
  EXPECT_EQ(read("integer", "007"), "7");
  EXPECT_EQ(read("integer", "4.2"), "! is not a whole number");
  EXPECT_EQ(read("number", "0.25"), "0.25");
  EXPECT_EQ(read("number", "1e999"), "! is not a number");
  EXPECT_EQ(read("number", "nan"), "! is not a number");
  EXPECT_EQ(read("boolean", "TRUE"), "true");
  EXPECT_EQ(read("boolean", "0"), "false");
  EXPECT_EQ(read("boolean", "maybe"), "! is neither true nor false");
  EXPECT_EQ(read("date", "3/4/2026"), "! is not a date in any of the formats configured");
  EXPECT_EQ(read("list", "a; b;;c"), "a, b, c");
}

TEST_F(Mapping, AStatusIsOneOfTheFive) {
  value().attribute = "status";
  EXPECT_EQ(mapped("on_leave"), "on_leave");
  EXPECT_EQ(mapped("Active"), "active");
  EXPECT_EQ(mapped("Inactive"), "! is not a status: prehire, active, on_leave, suspended or left");
  EXPECT_EQ(mapped(""), "! there is no status");
}

TEST_F(Mapping, TheFirstOverrideWhoseTestsAllHoldWins) {
  value().attribute = "status";
  value().values = {{"A", "active"}, {"I", "left"}};
  column("leave", "leave");
  config.overrides.push_back({{{"v", "A"}, {"leave", "True"}}, "status", "on_leave"});
  config.overrides.push_back({{{"leave", "True"}}, "status", "suspended"});

  take("id,v,leave\n1,A,True\n2,I,True\n3,A,False\n");

  EXPECT_EQ(
      accepted(),
      "joined 1 {leave=True, status=on_leave}\njoined 2 {leave=True, status=suspended}\n"
      "joined 3 {leave=False, status=active}\n"
  );
}

TEST_F(Mapping, ConstantsAreSaidOfEverybody) {
  config.constants = {{"company", "ACME"}};

  take("id,v\n1,x\n");

  EXPECT_EQ(accepted(), "joined 1 {company=ACME, status=active, value=x}\n");
}

TEST_F(Mapping, AnotherMappingOfTheSameRowIsSaidAgain) {
  take("id,v\n1,x\n");
  value().attribute = "other";

  const auto report = take("id,v\n1,x\n\n");

  EXPECT_EQ(report.intake.changed, 1U);
}

const std::filesystem::path samples =
    std::filesystem::path(ROSTERD_SOURCE_DIR) / "../shared/data/csv";

class RealRosters : public FileIntakeTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(samples)) GTEST_SKIP() << samples << " is not there";
    config.columns.clear();
  }
};

TEST_F(RealRosters, EntraHas624PeopleAnd265AreContradictory) {
  config.key = "WorkerID";
  column("WorkerStatus", "status").values = {{"Active", "active"}, {"Inactive", "left"}};
  column("Department", "department");
  column("HireDate", "start_date").type = "date";
  config.overrides.push_back(
      {{{"WorkerStatus", "Active"}, {"OnLeave", "True"}}, "status", "on_leave"}
  );

  const auto report = take_file(samples / "entra/csv-with-1000-records.csv");

  EXPECT_EQ(report.intake.rows, 1000U);
  EXPECT_EQ(report.intake.people, 624U);
  EXPECT_EQ(report.intake.quarantined, 265U);
  EXPECT_EQ(report.quarantined.size(), 265U);
  EXPECT_EQ(report.intake.rows_failed, 0U);
  EXPECT_EQ(store.accepted.size(), 359U);
  EXPECT_EQ(report.intake.joined + report.intake.left, 359U);
  std::size_t lines = 0;
  for (const QuarantinedKey& key : report.quarantined) lines += key.lines.size();
  EXPECT_EQ(lines, 1000U - 359U);
}

TEST_F(RealRosters, OracleHasNoStatusAndDepartmentsByNumber) {
  config.key = "employee_id";
  column("department_id", "department").values = {{"90", "Executive"}, {"60", "IT"}};
  column("email", "email");
  column("hire_date", "start_date").type = "date";
  column("salary", "salary").type = "integer";

  const auto report = take_file(samples / "oracle-hr/employees.csv");

  EXPECT_EQ(counts(report), "done rows 107 people 107 joined 107");
  EXPECT_EQ(
      story(store.accepted.at(0).event),
      "joined 100 {department=Executive, email=SKING, salary=24000, start_date=2013-06-17, "
      "status=active}"
  );
}

}  // namespace
}  // namespace rosterd::ingest
