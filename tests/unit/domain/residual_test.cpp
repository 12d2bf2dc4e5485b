#include "rosterd/domain/residual.hpp"

#include "tenant_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

using namespace test;

/// Interns is nested in Staff, which is nested in All; the role Reader is attached to Staff.
class Residual : public testing::Test {
 protected:
  Residual() {
    for (const char* name : {"All", "Staff", "Interns", "Guests"}) add_group(tenant, name, {});
    add_role(tenant, "Reader", {});
    nest("Interns", "Staff");
    nest("Staff", "All");
    find("Staff").roles = {role("Reader").id};
  }

  TenantGroup& find(const std::string& name) {
    for (TenantGroup& each : tenant.groups) {
      if (each.name == name) return each;
    }
    std::abort();
  }
  void nest(const std::string& child, const std::string& parent) {
    find(parent).nested.push_back(group(child).id);
  }
  void put(const std::string& into) { find(into).members.insert(account("ann")); }

  std::string remains() const {
    std::string out;
    for (const ResidualAccess& each : residual_of(account("ann"), effective, tenant)) {
      out += to_string(each.name) + ": " + each.way + "\n";
    }
    return out;
  }

  TenantState tenant;
  EffectiveAccess effective;
};

TEST_F(Residual, NothingRemainsOfNothing) {
  put("Guests");
  EXPECT_EQ(remains(), "") << "what the extension computes decides";
}

TEST_F(Residual, AMembershipIsDirect) {
  put("Guests");
  effective.groups = {"Guests"};
  EXPECT_EQ(remains(), "Guests: directly\n");
}

TEST_F(Residual, AMembershipThatOnlyTheExtensionKnowsIsDirectToo) {
  effective.groups = {"Guests", "Brand new"};
  effective.direct_groups = {"Guests", "Brand new"};
  EXPECT_EQ(remains(), "Brand new: directly\nGuests: directly\n");
}

TEST_F(Residual, AGroupIsReachedThroughThoseNestedInIt) {
  put("Interns");
  effective.groups = {"All", "Interns", "Staff"};
  effective.roles = {role_name("Reader")};
  EXPECT_EQ(
      remains(),
      "All: member of Interns, which is nested in Staff, which is nested in All\n"
      "Interns: directly\n"
      "Staff: member of Interns, which is nested in Staff\n"
      "Reader@app: member of Interns, which is nested in Staff, which has the role\n"
  );
}

TEST_F(Residual, EveryWayIsTold) {
  put("Interns");
  put("Staff");
  find("Guests").roles = {role("Reader").id};
  put("Guests");
  tenant.roles.front().users.insert(account("ann"));
  effective.groups = {"Staff", "Guests", "Interns"};
  effective.roles = {role_name("Reader")};
  EXPECT_EQ(
      remains(),
      "Guests: directly\n"
      "Interns: directly\n"
      "Staff: directly\n"
      "Staff: member of Interns, which is nested in Staff\n"
      "Reader@app: directly\n"
      "Reader@app: member of Guests, which has the role\n"
      "Reader@app: member of Interns, which is nested in Staff, which has the role\n"
      "Reader@app: member of Staff, which has the role\n"
  );
}

TEST_F(Residual, OfTwoWaysThroughTheSameGroupTheShorterIsTold) {
  nest("Interns", "All");
  put("Interns");
  effective.groups = {"All"};
  EXPECT_EQ(remains(), "All: member of Interns, which is nested in All\n");
}

TEST_F(Residual, WhatNothingExplainsComesByAMapping) {
  effective.groups = {"Interns", "Staff", "Guests"};
  effective.roles = {role_name("Reader")};
  EXPECT_EQ(
      remains(),
      "Guests: by a mapping of a connection's group\n"
      "Interns: by a mapping of a connection's group\n"
      "Staff: by a mapping of a connection's group to Interns, which is nested in Staff\n"
      "Reader@app: by a mapping of a connection's group to Interns, which is nested in Staff, "
      "which has the role\n"
  );
}

TEST_F(Residual, GroupsThatAreNestedInEachOtherEndSomewhere) {
  nest("All", "Interns");
  effective.groups = {"All", "Interns", "Staff"};
  EXPECT_EQ(
      remains(),
      "All: by a mapping of a connection's group\n"
      "Interns: by a mapping of a connection's group\n"
      "Staff: by a mapping of a connection's group\n"
  );
  put("All");
  EXPECT_EQ(
      remains(),
      "All: directly\n"
      "Interns: member of All, which is nested in Interns\n"
      "Staff: member of All, which is nested in Interns, which is nested in Staff\n"
  );
}

TEST_F(Residual, WhatTheTenantWasNotReadWithIsTakenAsMapped) {
  effective.groups = {"Brand new"};
  effective.roles = {role_name("Brand new"), role_name("Reader")};
  effective.direct_roles = {role_name("Reader")};
  EXPECT_EQ(
      remains(),
      "Brand new: by a mapping of a connection's group\n"
      "Brand new@app: by a mapping of a connection's group\n"
      "Reader@app: directly\n"
  );
}

}  // namespace
}  // namespace rosterd
