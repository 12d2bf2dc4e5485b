#include "rosterd/sync/structure.hpp"

#include "unit/sync/syncing.hpp"

namespace rosterd::test {
namespace {

class TenantStructure : public Syncing {
 protected:
  TenantStructure() {
    PermissionSpec permission;
    permission.name = "read:repo";
    permission.application = "app";
    policy.permissions.push_back(permission);
    RoleSpec role;
    role.role = named("Developer@app");
    role.permissions = {"read:repo"};
    policy.roles.push_back(role);
    group("Interns");
    GroupSpec& engineering = group("Engineering");
    engineering.description = "Everyone in engineering";
    engineering.roles = {named("Developer@app")};
    engineering.nested = {"Interns"};
  }

  GroupSpec& group(const std::string& name) {
    GroupSpec& added = policy.groups.emplace_back();
    added.name = name;
    return added;
  }

  std::vector<std::string> planned() {
    sync::StructureSync structure(tenant, tenant);
    const StructurePlan plan = *run(loop, structure.plan(policy));
    std::vector<std::string> texts;
    for (const StructureStep& step : plan.steps) texts.push_back(step.text);
    return texts;
  }

  sync::StructureSync::Report apply() {
    sync::StructureSync structure(tenant, tenant);
    return run(loop, structure.apply(policy));
  }
};

TEST_F(TenantStructure, IsPlannedWithoutWriting) {
  const std::vector<std::string> expected{
      "make permission read:repo@app",
      "make role Developer@app",
      "make group Interns",
      "make group Engineering"};

  EXPECT_EQ(planned(), expected);
  EXPECT_EQ(tenant.writes(), 0u);
}

TEST_F(TenantStructure, IsMadeInOneGoThoughThingsNeedEachOther) {
  const auto report = apply();

  EXPECT_FALSE(report.error);
  EXPECT_TRUE(report.problems.empty());
  EXPECT_TRUE(planned().empty());
  const TenantGroup& engineering = tenant.state().groups.at(1);
  EXPECT_EQ(engineering.description, "Everyone in engineering");
  EXPECT_EQ(engineering.roles, std::vector<EntitlementId>{tenant.state().roles.at(0).id});
  EXPECT_EQ(engineering.nested, std::vector<EntitlementId>{tenant.state().groups.at(0).id});
  EXPECT_EQ(
      tenant.state().roles.at(0).permissions,
      std::vector<std::string>{tenant.known_permissions().at(0).id}
  );
}

TEST_F(TenantStructure, IsCompletedAndNothingElseIsTouched) {
  tenant.has_group("Engineering", {"ada"});
  tenant.has_group("Old", {"bob"});

  apply();

  EXPECT_EQ(tenant_now(), "Engineering: ada; Old: bob");
  EXPECT_EQ(tenant.state().groups.at(0).description, "Everyone in engineering");
}

TEST_F(TenantStructure, StopsAtAnErrorAndGoesOnFromThere) {
  tenant.fails(Call::create_role, ErrorClass::configuration);

  const auto stopped = apply();
  EXPECT_EQ(stopped.failed_step, "make role Developer@app, with permission read:repo");
  EXPECT_EQ(stopped.error->error, ErrorClass::configuration);
  EXPECT_EQ(stopped.done, std::vector<std::string>{"make permission read:repo@app"});

  EXPECT_FALSE(apply().error);
  EXPECT_TRUE(planned().empty());
}

TEST_F(TenantStructure, SaysWhenItCannotReadTheTenant) {
  tenant.fails(Call::groups, ErrorClass::authentication);

  EXPECT_EQ(apply().failed_step, "reading the tenant");
}

TEST_F(TenantStructure, SaysWhenSomebodyElseKeepsUndoingIt) {
  tenant.has_role("Developer");
  tenant.loses(Call::update_role, FakeTenant::always);

  const auto report = apply();

  ASSERT_FALSE(report.problems.empty());
  EXPECT_NE(report.problems.back().find("still differs"), std::string::npos);
}

}  // namespace
}  // namespace rosterd::test
