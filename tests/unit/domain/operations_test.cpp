#include "rosterd/domain/plan.hpp"
#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rosterd {
namespace {

using namespace test;

constexpr std::size_t roomy = 1'048'576;

std::string shown(const Plan& plan, std::size_t body_bytes_max = roomy) {
  std::string out;
  for (const Operation& call : operations(plan, body_bytes_max)) {
    const bool members = call.account.value.empty();
    out += std::string(to_string(call.kind)) + " " +
           (members ? call.group.id.value : call.account.value.substr(6)) + ":";
    for (const std::size_t i : call.changes) {
      const Change& each = plan.changes[i];
      out += " " + (members ? each.account.value.substr(6) : each.entitlement.id.value);
    }
    out += call.leaver ? " (leaver)\n" : "\n";
  }
  return out;
}

TEST(Operations, RemovalsComeBeforeGrantsAndLeaversFirst) {
  Plan plan;
  plan.changes = {
      revoke_leaver("lea", role("R")),
      revoke_leaver("lea", group("A")),
      revoke("mo", group("B")),
      revoke("mo", group("A")),
      revoke("mo", role("R")),
      grant("jo", group("B")),
      grant("jo", role("R")),
      grant("jo", role("S")),
      grant("ja", group("B")),
  };
  EXPECT_EQ(
      shown(plan),
      "remove_members g-A: lea mo (leaver)\n"
      "remove_roles lea: r-R (leaver)\n"
      "remove_members g-B: mo\n"
      "remove_roles mo: r-R\n"
      "add_members g-B: jo ja\n"
      "add_roles jo: r-R r-S\n"
  );
}

TEST(Operations, OnlyGrantsAndRemovalsAreCalls) {
  Plan plan;
  plan.changes = {
      change(Change::Kind::adopt, "ann", group("A")),
      change(Change::Kind::forget, "ann", group("B")),
  };
  EXPECT_EQ(shown(plan), "");
  EXPECT_FALSE(plan.touches_tenant());
}

TEST(Operations, ABodyIsCutBeforeItIsTooLong) {
  Plan plan;
  for (const char* who : {"a", "b", "c"}) plan.changes.push_back(grant(who, group("A")));
  // Each id is `auth0|x`: seven bytes, two quotes and a comma; and two brackets.
  EXPECT_EQ(shown(plan, 22), "add_members g-A: a b\nadd_members g-A: c\n");
  EXPECT_EQ(shown(plan, 21), "add_members g-A: a\nadd_members g-A: b\nadd_members g-A: c\n");
  EXPECT_EQ(shown(plan, 1), "add_members g-A: a\nadd_members g-A: b\nadd_members g-A: c\n");
}

TEST(Operations, CharactersThatJsonEscapesCostMore) {
  Plan plan;
  plan.changes = {grant("\"", group("A")), grant("\n", group("A"))};
  EXPECT_EQ(operations(plan, 31).size(), 2U);
  EXPECT_EQ(operations(plan, 32).size(), 1U);
}

TEST(Operations, OfACutGroupTheLeaversGoFirstOfAll) {
  Plan plan;
  plan.changes = {
      revoke_leaver("x", group("A")), revoke_leaver("x", group("B")), revoke("y", group("A"))};
  EXPECT_EQ(
      shown(plan, 12),
      "remove_members g-A: x (leaver)\n"
      "remove_members g-B: x (leaver)\n"
      "remove_members g-A: y\n"
  );
}

TEST(Operations, TenThousandJoinersInTwentyGroupsCostTwentyCalls) {
  TenantState tenant;
  for (int i = 0; i < 20; ++i) add_group(tenant, "G" + std::to_string(i), {});
  std::vector<Subject> subjects;
  for (int i = 0; i < 10'000; ++i) {
    Subject joiner = subject("p" + std::to_string(i));
    want(joiner, group_name("G" + std::to_string(i % 20)));
    want(joiner, group_name("G" + std::to_string((i + 1) % 20)));
    subjects.push_back(std::move(joiner));
  }
  const Plan plan = diff(subjects, tenant, Policy{});
  const std::vector<Operation> calls = operations(plan, roomy);
  ASSERT_EQ(calls.size(), 20U);
  std::set<std::size_t> done;
  for (const Operation& call : calls) {
    EXPECT_EQ(call.kind, Operation::Kind::add_members);
    done.insert(call.changes.begin(), call.changes.end());
  }
  EXPECT_EQ(done.size(), 20'000U);
}

}  // namespace
}  // namespace rosterd
