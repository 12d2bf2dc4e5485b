#include "rosterd/domain/tenant.hpp"

#include "tenant_builder.hpp"

#include <gtest/gtest.h>

namespace rosterd {
namespace {

using namespace test;

class Tenant : public testing::Test {
 protected:
  Tenant() {
    add_group(tenant, "Staff", {"ann", "bob"});
    add_group(tenant, "Admins", {"ann"});
    add_role(tenant, "Developer", {"ann"});
  }

  TenantState tenant;
};

TEST_F(Tenant, FindsAGroupIgnoringCaseWhenNoNameIsExactlyThat) {
  EXPECT_EQ(tenant.find(group_name("staff")), group("Staff"));
  add_group(tenant, "staff", {});
  EXPECT_EQ(tenant.find(group_name("staff")), group("staff"));
  EXPECT_EQ(tenant.find(group_name("STAFF")), std::nullopt) << "two are alike";
}

TEST_F(Tenant, FindsARoleOfItsApplicationOnly) {
  EXPECT_EQ(tenant.find(role_name("Developer")), role("Developer"));
  EXPECT_EQ(tenant.find({EntitlementKind::role, "Developer", "other"}), std::nullopt);
  EXPECT_EQ(tenant.find(role_name("developer")), std::nullopt);
}

TEST_F(Tenant, KnowsWhoHasWhat) {
  EXPECT_EQ(*tenant.accounts_of(group("Staff")), (AccountSet{account("ann"), account("bob")}));
  EXPECT_EQ(*tenant.accounts_of(role("Developer")), AccountSet{account("ann")});
  EXPECT_EQ(tenant.accounts_of(group("Nowhere")), nullptr);
  EXPECT_EQ(tenant.accounts_of(role("Staff")), nullptr);
  const std::vector<EntitlementRef> all_of_ann{group("Staff"), group("Admins"), role("Developer")};
  EXPECT_EQ(tenant.assignments_of(account("ann")), all_of_ann);
}

TEST_F(Tenant, NamesWhatItHas) {
  EXPECT_EQ(tenant.name_of(group("Staff")), group_name("Staff"));
  EXPECT_EQ(tenant.name_of(role("Developer")), role_name("Developer"));
  EXPECT_EQ(tenant.name_of(role("Nothing")), std::nullopt);
}

}  // namespace
}  // namespace rosterd
