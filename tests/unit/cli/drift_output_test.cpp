#include "cli/drift_output.hpp"

#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace rosterd::cli {
namespace {

const Instant nine = *parse_rfc3339("2026-03-02T09:00:00Z");

ReconcileReport report() {
  ReconcileReport one;
  one.started_at = nine;
  one.finished_at = nine + std::chrono::seconds{3};
  one.repairs = true;
  one.people = 40;
  for (const DriftKind kind : all_drift_kinds()) one.found[kind] = 0;
  return one;
}

DriftRow missing(const std::string& person, const std::string& group) {
  DriftRow row;
  row.drift.person = PersonId(person);
  row.drift.account = AccountId("auth0|" + person);
  row.drift.name.name = group;
  row.drift.detail = "rule sales";
  row.first_seen = row.last_seen = nine;
  return row;
}

std::string printed(const ReconcileReport& report, const std::vector<DriftRow>& rows) {
  std::ostringstream out;
  print_reconciliation(report, rows, out);
  return out.str();
}

TEST(AReconciliation, ShowsWhatDiffersAndWhatBecomesOfIt) {
  ReconcileReport one = report();
  one.found[DriftKind::missing] = 1;
  one.people_to_repair = 1;
  DriftRow repaired = missing("4712", "Staff");
  repaired.there = false;
  EXPECT_EQ(
      printed(one, {missing("4711", "Sales"), repaired}),
      "Compared 40 people with the tenant in 3s.\n"
      "\n"
      "DRIFT           COUNT  MEANING\n"
      "missing         1      wanted and not there\n"
      "unexpected      0      there, not wanted, and rosterd's to remove\n"
      "foreign         0      there, not wanted, and not given by rosterd\n"
      "orphan_account  0      of an account that belongs to nobody\n"
      "\n"
      "DRIFT    ENTITLEMENT  KIND   ACCOUNT     PERSON  SINCE                 TIMES  WHY\n"
      "missing  Sales        group  auth0|4711  4711    2026-03-02T09:00:00Z  1      rule sales\n"
      "\n"
      "1 person was put before the worker, which repairs what their modes and the guard allow; "
      "rosterd status and rosterd holds list tell what became of it.\n"
  );
}

TEST(AReconciliation, SaysWhenNothingDiffersAndWhenItOnlyLooked) {
  EXPECT_NE(printed(report(), {}).find("Nothing differs.\n"), std::string::npos);
  ReconcileReport looked = report();
  looked.repairs = false;
  looked.found[DriftKind::foreign] = 1;
  EXPECT_NE(printed(looked, {}).find("Nothing is repaired: this only looked."), std::string::npos);
}

TEST(AReconciliation, NamesWhatIsContendedAlsoWhenItIsRepairedJustNow) {
  DriftRow contended = missing("4711", "Sales");
  contended.times = 3;
  contended.there = false;
  EXPECT_NE(
      printed(report(), {contended, missing("4712", "Sales")})
          .find("! contended: group Sales for auth0|4711 (person 4711) was missing 3 times"),
      std::string::npos
  );
}

TEST(AReconciliation, OfATenantInDisorderFitsOnAScreenOrTwo) {
  ReconcileReport one = report();
  one.found[DriftKind::missing] = 1'000;
  std::vector<DriftRow> rows;
  for (int i = 0; i < 1'000; ++i) {
    rows.push_back(missing(std::to_string(i), "Sales"));
    rows.back().times = 5;
  }
  const std::string text = printed(one, rows);
  EXPECT_NE(text.find("… and 800 more; --json has all.\n"), std::string::npos);
  EXPECT_NE(text.find("! and 980 more are contended\n"), std::string::npos);
}

TEST(AReconciliation, EndsWithTheCodeOfChangesWhenSomethingDiffers) {
  EXPECT_EQ(exit_code_of(report()), exit_code::done);
  ReconcileReport one = report();
  one.found[DriftKind::orphan_account] = 1;
  EXPECT_EQ(exit_code_of(one), exit_code::changes);
}

}  // namespace
}  // namespace rosterd::cli
