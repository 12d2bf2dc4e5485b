#include "rosterd/domain/drift.hpp"

#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace std::chrono_literals;
using namespace test;

std::string shown(const Drift& drift) {
  return std::string(to_string(drift.kind)) + " " +
         (drift.person.value.empty() ? "-" : drift.person.value) + " " +
         drift.account.value.substr(6) + " " + to_string(drift.name) + ": " + drift.detail + "\n";
}

std::string shown(const std::vector<Drift>& found) {
  std::string out;
  for (const Drift& drift : found) out += shown(drift);
  return out;
}

/// A policy that gives Staff to everyone and declares Admins, and a tenant with more than that.
class DriftOf : public testing::Test {
 protected:
  DriftOf() {
    policy.rules.push_back({"everyone", {}, {group_name("Staff")}, 1});
    policy.groups.push_back({"Admins", {}, {}, {}, std::nullopt, 1});
  }

  std::string found() const {
    return shown(drift_of(subjects, diff(subjects, tenant, policy), tenant, policy));
  }

  TenantState tenant;
  Policy policy;
  std::vector<Subject> subjects;
};

TEST_F(DriftOf, NothingWhereAllIsAsItShouldBe) {
  add_group(tenant, "Staff", {"ann"});
  Subject ann = subject("ann");
  want(ann, group_name("Staff"));
  in_ledger(ann, "ann", group("Staff"));
  subjects = {ann};
  EXPECT_EQ(found(), "");
}

TEST_F(DriftOf, WhatIsWantedAndNotThereIsMissing) {
  add_group(tenant, "Staff", {});
  Subject ann = subject("ann");
  want(ann, group_name("Staff"));
  Subject bob = subject("bob");
  want(bob, group_name("Staff"));
  in_ledger(bob, "bob", group("Staff"));
  subjects = {ann, bob};
  EXPECT_EQ(
      found(),
      "missing ann ann Staff: rule everyone\n"
      "missing bob bob Staff: rule everyone; was granted before\n"
  );
}

TEST_F(DriftOf, WhoHasNoAccountMissesNothingYet) {
  add_group(tenant, "Staff", {});
  Subject ann = subject("ann");
  ann.accounts.clear();
  want(ann, group_name("Staff"));
  subjects = {ann};
  EXPECT_EQ(found(), "");
}

TEST_F(DriftOf, WhatWouldBeRemovedIsUnexpectedAlsoWhereThePolicyDoesNotNameIt) {
  add_group(tenant, "Staff", {"ann"});
  add_group(tenant, "Strangers", {"bob"});
  Subject ann = subject("ann");
  in_ledger(ann, "ann", group("Staff"));
  subjects = {ann, leaver("bob")};
  EXPECT_EQ(
      found(),
      "unexpected ann ann Staff: no rule gives it any more\n"
      "unexpected bob bob Strangers: has left (status is left)\n"
  );
}

TEST_F(DriftOf, WhatAPersonHasWithoutRuleOrLedgerIsForeignIfThePolicyNamesIt) {
  add_group(tenant, "Staff", {"ann"});
  add_group(tenant, "Admins", {"ann", "a stranger"});
  add_group(tenant, "Others", {"ann"});
  Subject ann = subject("ann");
  want(ann, group_name("Staff"));
  subjects = {ann};
  EXPECT_EQ(
      found(), "foreign ann ann Admins: no rule gives it, and rosterd did not grant it: it stays\n"
  );
}

TEST_F(DriftOf, WhatTheLedgerHasIsNotForeignThoughItStays) {
  policy.groups.front().mode = Mode::additive;
  add_group(tenant, "Admins", {"ann"});
  Subject ann = subject("ann");
  in_ledger(ann, "ann", group("Admins"));
  subjects = {ann};
  EXPECT_EQ(found(), "");
}

TEST_F(DriftOf, WhatIsWantedAndThereInAReportedGroupIsNoDifference) {
  policy.groups.front().mode = Mode::report;
  add_group(tenant, "Admins", {"ann"});
  Subject ann = subject("ann");
  want(ann, group_name("admins"));
  subjects = {ann};
  EXPECT_EQ(found(), "");
}

TEST_F(DriftOf, AStrangerInAnExactGroupIsUnexpectedAndNobodys) {
  policy.groups.front().mode = Mode::exact;
  add_group(tenant, "Admins", {"x"});
  add_group(tenant, "Staff", {"x"});
  Subject strangers = subject("");
  strangers.accounts = {account("x")};
  subjects = {strangers};
  EXPECT_EQ(found(), "unexpected - x Admins: no rule gives it, and its mode is exact\n");
}

TEST_F(DriftOf, AllKindsComeInOneOrder) {
  add_group(tenant, "Staff", {"bob", "cid", "dan"});
  add_group(tenant, "Admins", {"cid", "bob"});
  Subject ann = subject("ann");
  want(ann, group_name("Staff"));
  Subject bob = subject("bob");
  in_ledger(bob, "bob", group("Staff"));
  subjects = {subject("cid"), bob, ann, leaver("dan")};
  EXPECT_EQ(
      found(),
      "missing ann ann Staff: rule everyone\n"
      "unexpected bob bob Staff: no rule gives it any more\n"
      "unexpected dan dan Staff: has left (status is left)\n"
      "foreign bob bob Admins: no rule gives it, and rosterd did not grant it: it stays\n"
      "foreign cid cid Admins: no rule gives it, and rosterd did not grant it: it stays\n"
      "foreign cid cid Staff: no rule gives it, and rosterd did not grant it: it stays\n"
  );
}

TEST_F(DriftOf, OrphansAreAccountsOfNobodyThatHaveWhatThePolicyNames) {
  policy.groups.push_back({"Owners", {}, {}, {}, Mode::exact, 2});
  policy.protected_things.accounts = {account("root")};
  policy.rules.front().entitlements.push_back(role_name("Developer"));
  add_role(tenant, "Developer", {"x", "bob"});
  add_group(tenant, "Staff", {"y", "x", "ann"});
  add_group(tenant, "Owners", {"x", "root"});
  add_group(tenant, "Others", {"x"});
  const std::unordered_map<AccountId, PersonId> owners{
      {account("ann"), PersonId{"1"}}, {account("bob"), PersonId{"2"}}};
  EXPECT_EQ(
      shown(orphans_of(tenant, policy, owners)),
      "orphan_account - root Owners: belongs to nobody: it stays, the account auth0|root is "
      "protected\n"
      "orphan_account - x Owners: belongs to nobody: it goes, the mode is exact\n"
      "orphan_account - x Staff: belongs to nobody: it stays\n"
      "orphan_account - y Staff: belongs to nobody: it stays\n"
      "orphan_account - x Developer@app: belongs to nobody: it stays\n"
  );
}

Drift drift(DriftKind kind, const std::string& who, const std::string& detail = "") {
  Drift made;
  made.kind = kind;
  made.person = PersonId{who};
  made.account = account(who);
  made.entitlement = group("Staff");
  made.name = group_name("Staff");
  made.detail = detail;
  return made;
}

constexpr Instant start{std::chrono::hours{24 * 365}};

std::string hour(Instant at) {
  return std::to_string((at - start) / 1h) + "h";
}

std::string shown(const std::vector<DriftRow>& rows) {
  std::string out;
  for (const DriftRow& row : rows) {
    out += std::string(to_string(row.drift.kind)) + " " + row.drift.account.value.substr(6) + " " +
           std::to_string(row.times) + " times, " + hour(row.first_seen) + " to " +
           hour(row.last_seen) + (row.there ? "" : ", gone") +
           (row.contended() ? ", contended" : "") + "\n";
  }
  return out;
}

TEST(DriftAfter, CountsTheReconciliationsThatFoundIt) {
  const Drift missing = drift(DriftKind::missing, "ann");
  const Drift foreign = drift(DriftKind::foreign, "bob");
  auto rows = drift_after({}, {missing, foreign}, start);
  EXPECT_EQ(shown(rows), "missing ann 1 times, 0h to 0h\nforeign bob 1 times, 0h to 0h\n");
  rows = drift_after(rows, {missing}, start + 1h);
  EXPECT_EQ(shown(rows), "missing ann 2 times, 0h to 1h\nforeign bob 1 times, 0h to 0h, gone\n");
  rows = drift_after(rows, {foreign}, start + 2h);
  EXPECT_EQ(shown(rows), "missing ann 2 times, 0h to 1h, gone\nforeign bob 2 times, 0h to 2h\n");
}

TEST(DriftAfter, WhatComesBackTheThirdTimeIsContended) {
  std::vector<DriftRow> rows;
  std::string contended;
  for (const DriftKind kind : all_drift_kinds()) {
    const Drift each = drift(kind, "ann");
    rows = drift_after(rows, {each}, start);
    rows = drift_after(rows, {}, start + 1h);
    rows = drift_after(rows, {each}, start + 2h);
    for (const DriftRow& row : rows) EXPECT_FALSE(row.contended()) << to_string(kind);
    rows = drift_after(rows, {each}, start + 3h);
    for (const DriftRow& row : rows) {
      if (row.contended()) contended += std::string(to_string(row.drift.kind)) + " ";
    }
    rows.clear();
  }
  EXPECT_EQ(contended, "missing unexpected ") << "nobody repairs the others";
}

TEST(DriftAfter, WhatAHoldHasIsNotContendedHoweverOftenItIsFound) {
  Drift held = drift(DriftKind::unexpected, "ann");
  held.held = true;
  std::vector<DriftRow> rows;
  for (int i = 0; i < 9; ++i) rows = drift_after(rows, {held}, start + i * 1h);
  EXPECT_EQ(shown(rows), "unexpected ann 1 times, 0h to 8h\n");
}

TEST(DriftAfter, WhatIsOnlyLookedAtIsNotContendedHoweverOftenItIsFound) {
  const std::vector<Drift> found{
      drift(DriftKind::missing, "ann"), drift(DriftKind::foreign, "bob")};
  std::vector<DriftRow> rows;
  for (int i = 0; i < 9; ++i) rows = drift_after(rows, found, start + i * 1h, false);
  EXPECT_EQ(shown(rows), "missing ann 1 times, 0h to 8h\nforeign bob 9 times, 0h to 8h\n");
}

TEST(NoteHolds, SaysOfEachRemovalThatAHoldHasWhatWasDecided) {
  const auto hold = [](HoldState state, const std::string& who) {
    Hold made;
    made.state = state;
    made.removals = {held_removal(revoke(who, group("Staff")))};
    return made;
  };
  std::vector<Drift> found;
  for (const char* who : {"ann", "bob", "cid", "dan", "eve"}) {
    found.push_back(drift(DriftKind::unexpected, who, "has left"));
  }
  found.push_back(drift(DriftKind::orphan_account, "ann", "it goes"));
  note_holds(
      found,
      {hold(HoldState::open, "ann"),
       hold(HoldState::rejected, "bob"),
       hold(HoldState::approved, "cid"),
       hold(HoldState::lapsed, "dan")}
  );
  std::string said;
  for (const Drift& each : found) said += each.detail + (each.held ? " (held)\n" : "\n");
  EXPECT_EQ(
      said,
      "has left; waits for approval (held)\n"
      "has left; stays, by a person's decision (held)\n"
      "has left; approved\n"
      "has left\n"
      "has left\n"
      "it goes\n"
  );
}

TEST(DriftAfter, OneOfTheSameAssignmentIsOneOfItsKind) {
  const auto rows = drift_after(
      {},
      {drift(DriftKind::unexpected, "x"),
       drift(DriftKind::unexpected, "x"),
       drift(DriftKind::orphan_account, "x")},
      start
  );
  EXPECT_EQ(shown(rows), "unexpected x 1 times, 0h to 0h\norphan_account x 1 times, 0h to 0h\n");
}

TEST(DriftAfter, SaysWhatWasFoundLast) {
  auto rows = drift_after({}, {drift(DriftKind::missing, "ann", "rule everyone")}, start);
  rows = drift_after(rows, {drift(DriftKind::missing, "ann", "rule engineers")}, start + 1h);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().drift.detail, "rule engineers");
}

TEST(DriftAfter, WhatIsRepairedIsForgottenAfterAWeek) {
  auto rows = drift_after({}, {drift(DriftKind::missing, "ann")}, start);
  rows = drift_after(rows, {}, start + 24h * 7);
  EXPECT_EQ(shown(rows), "missing ann 1 times, 0h to 0h, gone\n");
  rows = drift_after(rows, {}, start + 24h * 7 + 1us);
  EXPECT_EQ(shown(rows), "");
}

}  // namespace
}  // namespace rosterd
