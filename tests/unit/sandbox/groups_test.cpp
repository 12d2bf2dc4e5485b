#include "unit/sandbox/tenant_fixture.hpp"

namespace rosterd::sandbox {

using Groups = TenantTest;
using Members = TenantTest;
using Nesting = TenantTest;
using Mappings = TenantTest;

TEST_F(Groups, ANewGroupIsAnsweredWholeWithItsIdLast) {
  const Json group =
      Json::parse(request("POST", "/groups", R"({"name": "Staff", "description": "All"})").body);

  EXPECT_EQ(group.begin().key(), "name");
  EXPECT_EQ(std::prev(group.end()).key(), "_id");
  EXPECT_EQ(group["_id"].get<std::string>().size(), 36u);
}

TEST_F(Groups, AreListedWithMembersAndMappingsEvenWhenTheyHaveNone) {
  const std::string id = make_group("Staff");

  EXPECT_EQ(
      answer("GET", "/groups"),
      R"(200 {"groups":[{"name":"Staff","description":"About Staff","_id":")" + id +
          R"(","mappings":[],"members":[]}],"total":1})"
  );
}

TEST_F(Groups, AMemberPutsTheIdFirst) {
  const std::string id = make_group("Staff");
  request("PATCH", "/groups/" + id + "/members", list({"auth0|ada"}));

  EXPECT_EQ(
      answer("GET", "/groups"),
      R"(200 {"groups":[{"_id":")" + id + R"(","name":"Staff","description":"About Staff",)" +
          R"("members":["auth0|ada"],"mappings":[]}],"total":1})"
  );
}

TEST_F(Groups, AreFilteredBySubstringIgnoringCaseAndTotalCountsAll) {
  make_group("Staff");
  make_group("Sales");

  const Json found = get("/groups?q=STA&field=name");

  EXPECT_EQ(found["groups"].size(), 1u);
  EXPECT_EQ(found["total"], 2);
}

TEST_F(Groups, ASearchWithoutFieldStumblesOnlyWhenThereIsSomethingToFilter) {
  EXPECT_EQ(request("GET", "/groups?q=x").status, 200u);

  make_group("Staff");

  EXPECT_EQ(
      answer("GET", "/groups?q=x"),
      R"(500 {"statusCode":500,"error":"Internal Server Error",)"
      R"("message":"An internal server error occurred"})"
  );
}

TEST_F(Groups, NamesAreUniqueIgnoringCase) {
  make_group("Staff");

  EXPECT_EQ(
      answer("POST", "/groups", R"({"name": "STAFF", "description": "All"})"),
      R"(400 {"statusCode":400,"error":"ValidationError",)"
      R"("message":"Group with name \"STAFF\" already exists"})"
  );
}

TEST_F(Groups, OneIsShownWithThreeFields) {
  const std::string id = make_group("Staff");

  EXPECT_EQ(
      answer("GET", "/groups/" + id),
      R"(200 {"_id":")" + id + R"(","name":"Staff","description":"About Staff"})"
  );
}

TEST_F(Groups, AnUnknownOneIsMissingByName) {
  EXPECT_EQ(
      answer("GET", "/groups/" + nobody),
      R"(404 {"statusCode":404,"error":"NotFoundError","message":"The record )" + nobody +
          R"( in groups does not exist."})"
  );
}

TEST_F(Groups, AnIdThatIsNoGuidIsRefusedWithItsPlace) {
  EXPECT_EQ(
      answer("GET", "/groups/staff"),
      R"(400 {"statusCode":400,"error":"Bad Request","message":"\"id\" must be a valid GUID",)"
      R"("validation":{"source":"params","keys":["id"]}})"
  );
}

TEST_F(Groups, ReplacingKeepsEverythingElse) {
  const std::string id = make_group("Staff");
  request("PATCH", "/groups/" + id + "/members", list({"auth0|ada"}));

  EXPECT_EQ(
      answer("PUT", "/groups/" + id, R"({"name": "People", "description": "Us"})"),
      R"(200 {"_id":")" + id + R"(","name":"People","description":"Us","members":["auth0|ada"]})"
  );
}

TEST_F(Groups, DeletingOneThatIsNotThereIsFine) {
  EXPECT_EQ(answer("DELETE", "/groups/" + nobody), "204");
}

TEST_F(Groups, ANestedOneIsNotDeleted) {
  const std::string parent = make_group("Engineering");
  const std::string child = make_group("Interns");
  request("PATCH", "/groups/" + parent + "/nested", list({child}));

  EXPECT_EQ(
      answer("DELETE", "/groups/" + child),
      R"(400 {"statusCode":400,"error":"ValidationError",)"
      R"("message":"Unable to touch nested while used in groups: Engineering"})"
  );
}

TEST_F(Groups, ExpandedOnesShowTheRolesOfTheirParents) {
  const std::string permission = make_permission("read:wiki");
  const std::string role = make_role("Reader", "app", {permission});
  const std::string parent = make_group("Engineering");
  const std::string child = make_group("Interns");
  request("PATCH", "/groups/" + parent + "/nested", list({child}));
  request("PATCH", "/groups/" + parent + "/roles", list({role}));

  EXPECT_EQ(
      answer("GET", "/groups/" + child + "?expand=true"),
      R"(200 {"_id":")" + child + R"(","name":"Interns","description":"About Interns",)" +
          R"("roles":[{"_id":")" + role + R"(","name":"Reader","description":"About Reader",)" +
          R"("applicationId":"app","applicationType":"client","permissions":[{"_id":")" +
          permission + R"(","name":"read:wiki","description":"About read:wiki"}]}]})"
  );
}

TEST_F(Members, AreKeptOnceAndNotCheckedAgainstTheTenant) {
  const std::string id = make_group("Staff");
  request("PATCH", "/groups/" + id + "/members", list({"auth0|ada"}));

  EXPECT_EQ(
      answer("PATCH", "/groups/" + id + "/members", list({"auth0|ada", "samlp|corp|a/b@x.com"})),
      "204"
  );

  EXPECT_EQ(members_of(id), (std::vector<std::string>{"auth0|ada", "samlp|corp|a/b@x.com"}));
}

TEST_F(Members, RemovingAbsentOnesIsIgnored) {
  const std::string id = make_group("Staff");
  request("PATCH", "/groups/" + id + "/members", list({"auth0|ada"}));

  EXPECT_EQ(answer("DELETE", "/groups/" + id + "/members", list({"auth0|bob"})), "204");
  EXPECT_EQ(members_of(id), std::vector<std::string>{"auth0|ada"});
}

TEST_F(Members, RemovingFromAGroupThatNeverHadAnyIsAServerError) {
  const std::string id = make_group("Staff");

  EXPECT_EQ(request("DELETE", "/groups/" + id + "/members", list({"auth0|ada"})).status, 500u);
}

TEST_F(Members, RemovingFromAGroupThatHasBeenEmptiedIsFine) {
  const std::string id = make_group("Staff");
  request("PATCH", "/groups/" + id + "/members", list({"auth0|ada"}));
  request("DELETE", "/groups/" + id + "/members", list({"auth0|ada"}));

  EXPECT_EQ(request("DELETE", "/groups/" + id + "/members", list({"auth0|ada"})).status, 204u);
}

TEST_F(Members, ThirtyThousandFitInOneCall) {
  const std::string id = make_group("Staff");
  std::vector<std::string> ids;
  for (int i = 0; i < 30'000; ++i) ids.push_back("auth0|" + std::to_string(1'000'000 + i));

  EXPECT_EQ(request("PATCH", "/groups/" + id + "/members", list(ids)).status, 204u);
  EXPECT_EQ(members_of(id).size(), 30'000u);
}

TEST_F(Members, AreShownByThePageSortedById) {
  const std::string id = make_group("Staff");
  sandbox->seed_users({{"auth0|ada", "ada@x.com", "Ada", "", ""}});
  request("PATCH", "/groups/" + id + "/members", list({"auth0|zoe", "auth0|ada"}));

  const Json zero = get("/groups/" + id + "/members?page=0&per_page=25");
  const Json first = get("/groups/" + id + "/members?page=1");
  const Json second = get("/groups/" + id + "/members?page=2");

  EXPECT_EQ(zero, first);
  EXPECT_EQ(first["total"], 2);
  EXPECT_EQ(first["users"][0]["name"], "Ada");
  EXPECT_EQ(
      first["users"][1].dump(),
      R"({"user_id":"auth0|zoe","name":"<Error: ManagementApiError>","email":"auth0|zoe",)"
      R"("identities":[{"connection":"N/A"}]})"
  );
  EXPECT_TRUE(second["users"].empty());
}

TEST_F(Members, MoreThanTwentyFiveAPageAreRefused) {
  const std::string id = make_group("Staff");

  EXPECT_EQ(
      answer("GET", "/groups/" + id + "/members?per_page=26"),
      R"(400 {"statusCode":400,"error":"Bad Request",)"
      R"("message":"\"per_page\" must be less than or equal to 25",)"
      R"("validation":{"source":"query","keys":["per_page"]}})"
  );
}

TEST_F(Members, NestedOnesComeWithTheGroupThatHasThem) {
  const std::string parent = make_group("Engineering");
  const std::string child = make_group("Interns");
  sandbox->seed_users(
      {{"auth0|ada", "ada@x.com", "Ada", "", ""}, {"auth0|bob", "bob@x.com", "Bob", "", ""}}
  );
  request("PATCH", "/groups/" + parent + "/nested", list({child}));
  request("PATCH", "/groups/" + parent + "/members", list({"auth0|bob"}));
  request("PATCH", "/groups/" + child + "/members", list({"auth0|ada"}));

  const Json nested = get("/groups/" + parent + "/members/nested");

  EXPECT_EQ(nested["total"], 2);
  EXPECT_EQ(
      nested["nested"][0].dump(),
      R"({"user":{"user_id":"auth0|ada","name":"Ada","nickname":"ada","email":"ada@x.com"},)"
      R"("group":{"_id":")" +
          child + R"(","name":"Interns","description":"About Interns"}})"
  );
  EXPECT_EQ(nested["nested"][1]["user"]["name"], "Bob");
}

TEST_F(Nesting, LeavesItselfOutAndIsSortedByName) {
  const std::string parent = make_group("Engineering");
  const std::string zulu = make_group("Zulu");
  const std::string alpha = make_group("Alpha");
  request("PATCH", "/groups/" + parent + "/nested", list({zulu, parent, alpha}));

  const Json nested = get("/groups/" + parent + "/nested");

  ASSERT_EQ(nested.size(), 2u);
  EXPECT_EQ(nested[0]["name"], "Alpha");
  EXPECT_EQ(nested[1]["name"], "Zulu");
}

TEST_F(Nesting, RemovingFromAGroupWithoutNestedOnesIsAServerError) {
  const std::string parent = make_group("Engineering");

  EXPECT_EQ(request("DELETE", "/groups/" + parent + "/nested", list({nobody})).status, 500u);
}

TEST_F(Nesting, ACircleEnds) {
  const std::string left = make_group("Left");
  const std::string right = make_group("Right");
  request("PATCH", "/groups/" + left + "/nested", list({right}));
  request("PATCH", "/groups/" + right + "/nested", list({left}));
  request("PATCH", "/groups/" + left + "/members", list({"auth0|ada"}));

  EXPECT_EQ(get("/users/auth0%7Cada/groups/calculate").size(), 2u);
}

TEST_F(Mappings, NameTheConnectionWithItsStrategyAndLeaveUnknownOnesOut) {
  const std::string id = make_group("Staff");
  request(
      "PATCH",
      "/groups/" + id + "/mappings",
      R"([{"groupName": "Everyone", "connectionName": "corp"},
          {"groupName": "Everyone", "connectionName": "gone"}])"
  );

  const Json mappings = get("/groups/" + id + "/mappings");

  ASSERT_EQ(mappings.size(), 1u);
  EXPECT_EQ(mappings[0]["connectionName"], "corp (waad)");
  EXPECT_EQ(mappings[0].begin().key(), "_id");
  EXPECT_EQ(get("/groups")["groups"][0]["mappings"].size(), 2u);
}

TEST_F(Mappings, AreRemovedByTheirIds) {
  const std::string id = make_group("Staff");
  const std::string everyone = R"([{"groupName": "Everyone", "connectionName": "corp"}])";
  request("PATCH", "/groups/" + id + "/mappings", everyone);
  request("PATCH", "/groups/" + id + "/mappings", everyone);
  const Json mappings = get("/groups/" + id + "/mappings");

  const std::string first = mappings[0]["_id"];
  EXPECT_EQ(answer("DELETE", "/groups/" + id + "/mappings", list({first})), "204");

  EXPECT_EQ(get("/groups/" + id + "/mappings").size(), 1u);
}

}  // namespace rosterd::sandbox
