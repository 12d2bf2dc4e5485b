#include "rosterd/domain/plan.hpp"
#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace test;

std::string shown(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::grant:
      return "grant ";
    case Change::Kind::revoke:
      return "revoke ";
    case Change::Kind::adopt:
      return "adopt ";
    case Change::Kind::forget:
      return "forget ";
  }
  std::abort();
}

std::string shown(const Change& change) {
  return shown(change.kind) + change.account.value.substr(6) + " " + to_string(change.name) +
         (change.leaver ? " (leaver)" : "") + ": " + change.reason + "\n";
}

std::string shown(const Unmet& unmet) {
  constexpr const char* reasons[] = {
      "no account", "unknown entitlement", "report mode", "additive mode", "protected"};
  return "unmet " + unmet.person.value + " " + to_string(unmet.name) +
         (unmet.removal ? " removal: " : ": ") + reasons[static_cast<int>(unmet.why)] + "\n";
}

/// Groups Staff and Admins and the role Developer, and people about them.
class Diff : public testing::Test {
 protected:
  std::string plan() const {
    std::string out;
    const Plan plan = diff(subjects, tenant, policy);
    for (const Change& change : plan.changes) out += shown(change);
    for (const Unmet& unmet : plan.unmet) out += shown(unmet);
    return out;
  }

  void mode(const std::string& group, Mode mode) {
    policy.groups.push_back({group, {}, {}, {}, mode, 1});
  }

  TenantState tenant;
  Policy policy;
  std::vector<Subject> subjects;
};

TEST_F(Diff, AJoinerIsGrantedWhatIsMissingAndKeepsWhatIsThere) {
  add_group(tenant, "Staff", {"ann"});
  add_role(tenant, "Developer", {});
  Subject ann = subject("ann");
  ann.desired.push_back({group_name("Staff"), {"everyone"}});
  ann.desired.push_back({role_name("Developer"), {"engineers", "leads"}});
  subjects = {ann};
  EXPECT_EQ(
      plan(),
      "grant ann Developer@app: rules engineers, leads\n"
      "adopt ann Staff: rule everyone\n"
  );
}

TEST_F(Diff, WhatIsWantedAndOursAndThereIsLeftAlone) {
  add_group(tenant, "Staff", {"ann"});
  Subject ann = subject("ann");
  want(ann, group_name("Staff"));
  in_ledger(ann, "ann", group("Staff"));
  subjects = {ann};
  EXPECT_EQ(plan(), "");
}

TEST_F(Diff, AMoverLosesOnlyWhatIsOurs) {
  add_group(tenant, "Staff", {"ann"});
  add_group(tenant, "Admins", {"ann"});
  Subject ann = subject("ann");
  in_ledger(ann, "ann", group("Staff"));
  subjects = {ann};
  EXPECT_EQ(plan(), "revoke ann Staff: no rule gives it any more\n");
}

TEST_F(Diff, ALeaverLosesEverythingDirect) {
  add_group(tenant, "Staff", {"ann", "bob"});
  add_group(tenant, "Admins", {"ann"});
  add_role(tenant, "Developer", {"ann"});
  Subject ann = leaver("ann");
  in_ledger(ann, "ann", group("Staff"));
  subjects = {ann};
  EXPECT_EQ(
      plan(),
      "revoke ann Admins (leaver): has left (status is left)\n"
      "revoke ann Staff (leaver): has left (status is left)\n"
      "revoke ann Developer@app (leaver): has left (status is left)\n"
  );
}

TEST_F(Diff, ALeaverLosesOnlyWhatIsOursIfThePolicySaysSo) {
  policy.lifecycle.leaver = LifecycleSettings::Leaver::revoke_granted;
  add_group(tenant, "Staff", {"ann"});
  add_group(tenant, "Admins", {"ann"});
  Subject ann = leaver("ann");
  in_ledger(ann, "ann", group("Staff"));
  subjects = {ann};
  EXPECT_EQ(plan(), "revoke ann Staff (leaver): has left (status is left)\n");
}

TEST_F(Diff, WhoIsSuspendedLosesWhatIsOursWithTheReason) {
  add_group(tenant, "Staff", {"ann"});
  add_group(tenant, "Admins", {"ann"});
  Subject ann = subject("ann");
  ann.lifecycle = {LifecycleState::suspended, false, std::nullopt, "status is suspended"};
  in_ledger(ann, "ann", group("Staff"));
  subjects = {ann};
  EXPECT_EQ(plan(), "revoke ann Staff: is suspended (status is suspended)\n");
}

TEST_F(Diff, AllAccountsOfAPersonAreKeptInStep) {
  add_group(tenant, "Staff", {"ann"});
  Subject ann = subject("ann");
  ann.accounts.push_back(account("ann-admin"));
  want(ann, group_name("Staff"));
  in_ledger(ann, "ann", group("Staff"));
  subjects = {ann};
  EXPECT_EQ(plan(), "grant ann-admin Staff: rule everyone\n");
}

TEST_F(Diff, WithoutAnAccountEachThingWantedIsUnmet) {
  add_group(tenant, "Staff", {});
  Subject ann = subject("ann");
  ann.accounts.clear();
  want(ann, group_name("Staff"));
  want(ann, group_name("Nowhere"));
  subjects = {ann};
  EXPECT_EQ(plan(), "unmet ann Staff: no account\nunmet ann Nowhere: unknown entitlement\n");
}

TEST_F(Diff, AnUnknownNameIsUnmetOncePerPersonAndTheRestGoesOn) {
  add_group(tenant, "Staff", {});
  Subject ann = subject("ann");
  ann.accounts.push_back(account("ann-admin"));
  want(ann, group_name("Nowhere"));
  want(ann, group_name("staff"));
  subjects = {ann};
  EXPECT_EQ(
      plan(),
      "grant ann Staff: rule everyone\n"
      "grant ann-admin Staff: rule everyone\n"
      "unmet ann Nowhere: unknown entitlement\n"
  );
}

TEST_F(Diff, AnExactGroupLosesWhoIsNotEntitledAlsoStrangers) {
  mode("Admins", Mode::exact);
  add_group(tenant, "Admins", {"ann", "stranger", "unnamed"});
  Subject stranger = subject("");
  stranger.accounts = {account("stranger")};
  subjects = {subject("ann"), stranger};
  EXPECT_EQ(
      plan(),
      "revoke ann Admins: no rule gives it, and its mode is exact\n"
      "revoke stranger Admins: no rule gives it, and its mode is exact\n"
  );
}

TEST_F(Diff, OfAStrangerOnlyWhatIsExactIsTouched) {
  mode("Admins", Mode::exact);
  mode("Staff", Mode::additive);
  mode("Guests", Mode::report);
  for (const char* each : {"Admins", "Staff", "Guests", "Others"}) {
    add_group(tenant, each, {"stranger"});
  }
  add_role(tenant, "Developer", {"stranger"});
  Subject stranger = subject("");
  stranger.accounts = {account("stranger")};
  subjects = {stranger};
  EXPECT_EQ(plan(), "revoke stranger Admins: no rule gives it, and its mode is exact\n");
}

TEST_F(Diff, WhatSomebodyLeftOnAnAccountOfNobodyGoesOnce) {
  mode("Admins", Mode::exact);
  add_group(tenant, "Admins", {"old"});
  Subject ann = subject("ann");
  in_ledger(ann, "old", group("Admins"));
  Subject stranger = subject("");
  stranger.accounts = {account("old")};
  subjects = {stranger, ann};
  EXPECT_EQ(plan(), "revoke old Admins: the account is no longer this person's\n");
}

TEST_F(Diff, AProtectedPersonKeepsEverythingEvenWhenTheyLeave) {
  policy.protected_things.people = {PersonId{"ann"}};
  add_group(tenant, "Staff", {"ann", "bob"});
  add_role(tenant, "Developer", {"ann"});
  subjects = {leaver("ann"), leaver("bob")};
  EXPECT_EQ(
      plan(),
      "revoke bob Staff (leaver): has left (status is left)\n"
      "unmet ann Staff removal: protected\n"
      "unmet ann Developer@app removal: protected\n"
  );
}

TEST_F(Diff, AProtectedAccountKeepsEverythingAlsoWhenItIsNobodys) {
  mode("Admins", Mode::exact);
  policy.protected_things.accounts = {account("root")};
  add_group(tenant, "Admins", {"root", "stranger"});
  Subject strangers = subject("");
  strangers.accounts = {account("root"), account("stranger")};
  subjects = {strangers};
  EXPECT_EQ(
      plan(),
      "revoke stranger Admins: no rule gives it, and its mode is exact\n"
      "unmet  Admins removal: protected\n"
  );
}

TEST_F(Diff, AProtectedGroupOrRoleLosesNobodyAndIsGrantedLikeAnyOther) {
  policy.protected_things.entitlements = {group_name("STAFF"), role_name("developer")};
  add_group(tenant, "Staff", {"ann", "bob"});
  add_group(tenant, "Admins", {"ann"});
  add_role(tenant, "Developer", {"ann"});
  Subject ann = subject("ann");
  for (const auto& each : {group("Staff"), group("Admins"), role("Developer")}) {
    in_ledger(ann, "ann", each);
  }
  Subject cid = subject("cid");
  want(cid, group_name("Staff"));
  subjects = {ann, leaver("bob"), cid};
  EXPECT_EQ(
      plan(),
      "revoke ann Admins: no rule gives it any more\n"
      "grant cid Staff: rule everyone\n"
      "unmet ann Staff removal: protected\n"
      "unmet ann Developer@app removal: protected\n"
      "unmet bob Staff removal: protected\n"
  );
}

TEST_F(Diff, AnAdditiveGroupKeepsMoversAndLosesLeavers) {
  mode("Staff", Mode::additive);
  add_group(tenant, "Staff", {"ann", "bob"});
  Subject ann = subject("ann");
  in_ledger(ann, "ann", group("Staff"));
  subjects = {ann, leaver("bob")};
  EXPECT_EQ(
      plan(),
      "revoke bob Staff (leaver): has left (status is left)\n"
      "unmet ann Staff removal: additive mode\n"
  );
}

TEST_F(Diff, AReportedGroupIsNeverWritten) {
  mode("Staff", Mode::report);
  add_group(tenant, "Staff", {"bob", "cid"});
  Subject ann = subject("ann");
  want(ann, group_name("Staff"));
  Subject cid = subject("cid");
  want(cid, group_name("Staff"));
  subjects = {ann, leaver("bob"), cid};
  EXPECT_EQ(plan(), "unmet ann Staff: report mode\nunmet bob Staff removal: report mode\n");
}

TEST_F(Diff, WhatIsOursButNeitherWantedNorThereIsForgotten) {
  add_group(tenant, "Staff", {});
  Subject ann = subject("ann");
  in_ledger(ann, "ann", group("Staff"));
  in_ledger(ann, "ann", group("Deleted"));
  subjects = {ann};
  EXPECT_EQ(
      plan(),
      "forget ann Staff: neither wanted nor there any more\n"
      "forget ann Deleted: neither wanted nor there any more\n"
  );
}

TEST_F(Diff, AnAccountThatIsNoLongerThePersonsLosesWhatIsOurs) {
  add_group(tenant, "Staff", {"old"});
  Subject ann = subject("ann");
  want(ann, group_name("Staff"));
  in_ledger(ann, "old", group("Staff"));
  subjects = {ann};
  EXPECT_EQ(
      plan(),
      "revoke old Staff: the account is no longer this person's\n"
      "grant ann Staff: rule everyone\n"
  );
}

TEST_F(Diff, AnAccountThatChangesHandsKeepsWhatItsNewPersonShouldHave) {
  add_group(tenant, "Staff", {"shared"});
  add_group(tenant, "Admins", {"shared"});
  Subject ann = subject("ann");
  in_ledger(ann, "shared", group("Staff"));
  in_ledger(ann, "shared", group("Admins"));
  Subject bob = subject("bob");
  bob.accounts = {account("shared")};
  want(bob, group_name("Staff"));
  subjects = {ann, bob};
  EXPECT_EQ(
      plan(),
      "revoke shared Admins: the account is no longer this person's\n"
      "adopt shared Staff: rule everyone\n"
  );
}

TEST_F(Diff, LeaversComeFirstThenRemovalsThenGrantsThenTheLedger) {
  add_group(tenant, "Staff", {"bob", "cid", "dan"});
  Subject ann = subject("ann");
  want(ann, group_name("Staff"));
  Subject bob = subject("bob");
  in_ledger(bob, "bob", group("Staff"));
  Subject cid = leaver("cid");
  Subject dan = subject("dan");
  want(dan, group_name("Staff"));
  in_ledger(dan, "dan", group("Gone"));
  subjects = {ann, bob, cid, dan};
  EXPECT_EQ(
      plan(),
      "revoke cid Staff (leaver): has left (status is left)\n"
      "revoke bob Staff: no rule gives it any more\n"
      "grant ann Staff: rule everyone\n"
      "adopt dan Staff: rule everyone\n"
      "forget dan Gone: neither wanted nor there any more\n"
  );
}

TEST_F(Diff, AppliedOnceThereIsNothingLeftToDo) {
  add_group(tenant, "Staff", {"bob"});
  Subject ann = subject("ann");
  want(ann, group_name("Staff"));
  subjects = {ann, leaver("bob")};
  for (const Change& change : diff(subjects, tenant, policy).changes) {
    AccountSet& members = tenant.groups.front().members;
    if (change.kind == Change::Kind::grant) members.insert(change.account);
    if (change.kind == Change::Kind::revoke) members.erase(change.account);
  }
  EXPECT_FALSE(diff(subjects, tenant, policy).touches_tenant());
}

}  // namespace
}  // namespace rosterd
