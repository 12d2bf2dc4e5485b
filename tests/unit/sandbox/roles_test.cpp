#include "unit/sandbox/tenant_fixture.hpp"

namespace rosterd::sandbox {

using Roles = TenantTest;
using Permissions = TenantTest;
using Assignments = TenantTest;
using Policy = TenantTest;

TEST_F(Roles, AreListedWithoutUsersUntilTheFirstAssignment) {
  const std::string id = make_role("Reader");

  EXPECT_EQ(
      answer("GET", "/roles"),
      R"(200 {"roles":[{"name":"Reader","description":"About Reader","applicationType":"client",)"
      R"("applicationId":"app","permissions":[],"_id":")" +
          id + R"("}],"total":1})"
  );
}

TEST_F(Roles, NamesAreUniquePerApplication) {
  make_role("Reader", "wiki");

  EXPECT_FALSE(make_role("Reader", "billing").empty());
  EXPECT_TRUE(make_role("reader", "wiki").empty());
}

TEST_F(Roles, ReplacingKeepsTheUsersAndRefusesAnotherApplication) {
  const std::string id = make_role("Reader");
  request("PATCH", "/users/auth0%7Cada/roles", list({id}));
  const std::string body =
      R"({"name": "Viewer", "description": "Views", "applicationType": "client",
          "applicationId": "APP", "permissions": []})";

  const auto same = request(
      "PUT",
      "/roles/" + id,
      R"({"name": "Viewer", "description": "Views", "applicationType": "client",
          "applicationId": "app"})"
  );

  EXPECT_EQ(Json::parse(same.body)["users"][0], "auth0|ada");
  EXPECT_EQ(request("PUT", "/roles/" + id, body).status, 500u);
}

TEST_F(Roles, APermissionOfAnotherApplicationIsAServerError) {
  const std::string permission = make_permission("read:wiki", "wiki");

  EXPECT_TRUE(make_role("Reader", "billing", {permission}).empty());
}

TEST_F(Roles, OneThatAGroupHasIsNotDeleted) {
  const std::string role = make_role("Reader");
  const std::string group = make_group("Staff");
  request("PATCH", "/groups/" + group + "/roles", list({role}));

  EXPECT_EQ(
      answer("DELETE", "/roles/" + role),
      R"(400 {"statusCode":400,"error":"ValidationError",)"
      R"("message":"Unable to touch roles while used in groups: Staff"})"
  );
}

TEST_F(Roles, OfAGroupAreWholeRecords) {
  const std::string role = make_role("Reader");
  const std::string group = make_group("Staff");
  EXPECT_EQ(request("DELETE", "/groups/" + group + "/roles", list({role})).status, 500u);

  request("PATCH", "/groups/" + group + "/roles", list({role}));

  EXPECT_EQ(get("/groups/" + group + "/roles")[0]["applicationId"], "app");
  const Json nested = get("/groups/" + group + "/roles/nested");
  EXPECT_EQ(nested[0]["role"]["_id"], role);
  EXPECT_EQ(nested[0]["group"]["_id"], group);
}

TEST_F(Permissions, OneThatARoleHasIsNotTouched) {
  const std::string permission = make_permission("read:wiki");
  make_role("Reader", "app", {permission});

  EXPECT_EQ(
      answer("DELETE", "/permissions/" + permission),
      R"(400 {"statusCode":400,"error":"ValidationError",)"
      R"("message":"Unable to touch permissions while used in roles: Reader"})"
  );
}

TEST_F(Permissions, NamesAreUniquePerApplication) {
  make_permission("read:wiki");

  EXPECT_EQ(
      answer(
          "POST",
          "/permissions",
          R"({"name": "read:wiki", "description": "x", "applicationType": "client",
              "applicationId": "app"})"
      ),
      R"(400 {"statusCode":400,"error":"ValidationError",)"
      R"("message":"Permission with name \"read:wiki\" already exists for this application"})"
  );
}

TEST_F(Assignments, RolesAreGivenByIdAndShownInShort) {
  const std::string role = make_role("Reader");

  EXPECT_EQ(answer("PATCH", "/users/auth0%7Cada/roles", list({role})), "204");

  EXPECT_EQ(
      answer("GET", "/users/auth0%7Cada/roles"),
      R"(200 [{"_id":")" + role +
          R"(","name":"Reader","applicationId":"app","description":"About Reader"}])"
  );
}

TEST_F(Assignments, TheFirstElementDecidesAndUnknownOnesAreIgnored) {
  make_role("Reader", "wiki");
  make_role("Reader", "billing");
  const std::string editor = make_role("Editor");

  EXPECT_EQ(answer("PATCH", "/users/ada/roles", list({"Reader", editor, "nothing"})), "204");

  EXPECT_EQ(get("/users/ada/roles").size(), 2u);
}

TEST_F(Assignments, RolesAreTakenByIdOnly) {
  make_role("Reader");

  EXPECT_EQ(
      answer("DELETE", "/users/ada/roles", list({"Reader"})),
      R"(400 {"statusCode":400,"error":"Bad Request","message":"\"[0]\" must be a valid GUID",)"
      R"("validation":{"source":"payload","keys":["0"]}})"
  );
}

TEST_F(Assignments, AnUnknownRoleIsReportedAfterTheOnesBeforeItWereTaken) {
  const std::string role = make_role("Reader");
  request("PATCH", "/users/ada/roles", list({role}));

  EXPECT_EQ(request("DELETE", "/users/ada/roles", list({role, nobody})).status, 404u);

  EXPECT_TRUE(get("/users/ada/roles").empty());
}

TEST_F(Assignments, GroupsAreGivenByIdsOrNames) {
  const std::string staff = make_group("Staff");
  make_group("Sales");

  EXPECT_EQ(answer("PATCH", "/users/ada/groups", list({"Staff", "Sales"})), "204");

  EXPECT_EQ(
      answer("GET", "/users/ada/groups").substr(0, 90),
      (R"(200 [{"_id":")" + staff + R"(","name":"Staff","description":"About Staff"},)")
          .substr(0, 90)
  );
  EXPECT_EQ(get("/users/ada/groups").size(), 2u);
}

TEST_F(Assignments, IdsWithBarsAndSlashesAreOneSegment) {
  const std::string group = make_group("Staff");
  request("PATCH", "/groups/" + group + "/members", list({"samlp|corp|a/b@x.com"}));

  EXPECT_EQ(get("/users/samlp%7Ccorp%7Ca%2Fb%40x.com/groups").size(), 1u);
}

TEST_F(Assignments, EffectiveRolesCountGroupsAndTheirParents) {
  const std::string role = make_role("Reader");
  const std::string direct = make_role("Editor");
  const std::string parent = make_group("Engineering");
  const std::string child = make_group("Interns");
  request("PATCH", "/groups/" + parent + "/nested", list({child}));
  request("PATCH", "/groups/" + parent + "/roles", list({role}));
  request("PATCH", "/groups/" + child + "/members", list({"ada"}));
  request("PATCH", "/users/ada/roles", list({direct}));

  const Json roles = get("/users/ada/roles/calculate");
  const Json expanded = get("/users/ada/groups?expand=true");

  EXPECT_EQ(roles.size(), 2u);
  EXPECT_EQ(roles[0]["name"], "Reader");
  EXPECT_EQ(expanded["groups"].size(), 2u);
  EXPECT_EQ(expanded["roles"][0]["name"], "Reader");
}

TEST_F(Policy, CountsNestingMappingsAndOnlyTheApplication) {
  const std::string permission = make_permission("read:wiki", "wiki");
  const std::string reader = make_role("Reader", "wiki", {permission});
  const std::string other = make_role("Payer", "billing");
  const std::string staff = make_group("Staff");
  const std::string mapped = make_group("Mapped");
  request("PATCH", "/groups/" + staff + "/members", list({"ada"}));
  request("PATCH", "/groups/" + staff + "/roles", list({reader, other}));
  request(
      "PATCH",
      "/groups/" + mapped + "/mappings",
      R"([{"groupName": "HR", "connectionName": "corp"}])"
  );

  EXPECT_EQ(
      answer("POST", "/users/ada/policy/wiki", R"({"connectionName": "corp", "groups": ["HR"]})"),
      R"(200 {"groups":["Staff","Mapped"],"roles":["Reader"],"permissions":["read:wiki"]})"
  );
}

TEST_F(Policy, NeedsAConnection) {
  EXPECT_EQ(
      answer("POST", "/users/ada/policy/wiki", R"({"groups": []})"),
      R"(400 {"statusCode":400,"error":"Bad Request","message":"\"connectionName\" is required",)"
      R"("validation":{"source":"payload","keys":["connectionName"]}})"
  );
}

}  // namespace rosterd::sandbox
