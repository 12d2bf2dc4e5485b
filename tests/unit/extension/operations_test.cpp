// What each operation sends, and what it makes of the answer.
#include "tenant_fixture.hpp"

namespace rosterd::test {
namespace {

class Operations : public TenantTest {
 protected:
  Operations() { token_is_given(); }
  const SeenRequest& sent() { return tenant.seen().back(); }
};

const AccountId samlp_user("samlp|corp|a/b@x.com");
const std::string samlp_path = "/api/users/samlp%7Ccorp%7Ca%2Fb%40x.com";

TEST_F(Operations, GroupsComeWithTheirMembers) {
  groups_are_expected().replies(200, R"({"total":1,"groups":[{"_id":"g1","name":"Staff",
      "description":"All","members":["auth0|alice","auth0|bob"],"mappings":[],"nested":["g2"],
      "roles":["r1"],"new_field":{"a":[1]}}]})");
  const auto groups = run(client().groups());
  ASSERT_EQ(outcome(groups), "done");
  const TenantGroup& group = groups->at(0);
  EXPECT_EQ(group.id.value, "g1");
  EXPECT_EQ(group.name, "Staff");
  EXPECT_EQ(group.members, (AccountSet{alice, AccountId("auth0|bob")}));
  EXPECT_EQ(group.nested.at(0).value, "g2");
  EXPECT_EQ(group.roles.at(0).value, "r1");
}

TEST_F(Operations, ThirtyThousandMembersAreFine) {
  std::string members;
  for (int i = 0; i < 30'000; ++i) {
    members += std::string(i == 0 ? "" : ",") + "\"auth0|" + std::to_string(i) + "\"";
  }
  groups_are_expected().replies(
      200, R"({"groups":[{"_id":"g","name":"Staff","members":[)" + members + R"(]}],"total":1})"
  );
  const auto groups = run(client().groups());
  ASSERT_EQ(outcome(groups), "done");
  EXPECT_EQ(groups->at(0).members.size(), 30'000U);
}

TEST_F(Operations, RolesMayHaveNoUsersYet) {
  tenant.expects("GET", "/api/roles").replies(200, R"({"roles":[{"_id":"r1","name":"Developer",
      "description":"d","applicationType":"client","applicationId":"app","permissions":["p1"]}],
      "total":1})");
  const auto roles = run(client().roles());
  ASSERT_EQ(outcome(roles), "done");
  EXPECT_EQ(roles->at(0).application, "app");
  EXPECT_EQ(roles->at(0).permissions.at(0), "p1");
  EXPECT_TRUE(roles->at(0).users.empty());
}

struct Malformed {
  const char* name;
  const char* body;
  const char* complaint;
};

class MalformedAnswers : public Operations, public testing::WithParamInterface<Malformed> {};

TEST_P(MalformedAnswers, AreErrorsThatNameTheRecord) {
  groups_are_expected().replies(200, GetParam().body);
  const auto groups = run(client().groups());
  ASSERT_EQ(outcome(groups), "transient 200");
  EXPECT_NE(groups.error().text.find(GetParam().complaint), std::string::npos)
      << groups.error().text;
}

INSTANTIATE_TEST_SUITE_P(
    Bodies,
    MalformedAnswers,
    testing::Values(
        Malformed{"no_list", R"({"total":0})", "no list \"groups\""},
        Malformed{"a_text", R"("groups")", "no list \"groups\""},
        Malformed{"list_is_a_number", R"({"groups":5})", "no list \"groups\""},
        Malformed{"no_record", R"({"groups":[null]})", "group 1 is not an object"},
        Malformed{"no_id", R"({"groups":[{"name":"Staff"}]})", "group 1 (\"Staff\"): \"_id\""},
        Malformed{
            "id_is_a_number",
            R"({"groups":[{"_id":5,"name":"Staff"}]})",
            "group 1 (\"Staff\"): \"_id\" is not a text"},
        Malformed{
            "members_are_a_text",
            R"({"groups":[{"_id":"g","name":"Staff","members":"alice"}]})",
            "\"members\" is not a list"},
        Malformed{
            "a_member_is_an_object",
            R"({"groups":[{"_id":"g","name":"Staff","members":["a",{}]}]})",
            "\"members\" holds something"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(Operations, MembersAreAddedAndRemovedAsAList) {
  add_is_expected();
  run(client().add_members(staff, {alice, samlp_user}));
  EXPECT_EQ(sent().body, R"(["auth0|alice","samlp|corp|a/b@x.com"])");
  EXPECT_EQ(sent().content_type, "application/json");

  tenant.expects("DELETE", staff_path + "/members");
  run(client().remove_members(staff, {alice}));
  EXPECT_EQ(sent().body, R"(["auth0|alice"])");
  EXPECT_EQ(sent().content_type, "application/json");
}

TEST_F(Operations, RolesGoToOneUserWhoseIdIsOnePathSegment) {
  tenant.expects("PATCH", samlp_path + "/roles");
  run(client().add_roles(samlp_user, {developer}));
  EXPECT_EQ(sent().body, "[\"" + developer.value + "\"]");

  tenant.expects("DELETE", samlp_path + "/roles");
  EXPECT_EQ(outcome(run(client().remove_roles(samlp_user, {developer}))), "done");
}

TEST_F(Operations, AUserIsThereOrNot) {
  tenant.expects("GET", samlp_path)
      .replies(200, R"({"user_id":"samlp|corp|a/b@x.com","email":"a@x.com","name":"A",
          "identities":[{"connection":"corp","provider":"samlp"}]})");
  auto user = run(client().user(samlp_user));
  ASSERT_EQ(outcome(user), "done");
  ASSERT_TRUE(user->has_value());
  EXPECT_EQ((*user)->id, samlp_user);
  EXPECT_EQ((*user)->identities.at(0).connection, "corp");

  tenant.expects("GET", samlp_path).replies(404, R"({"message":"The user does not exist."})");
  user = run(client().user(samlp_user));
  ASSERT_EQ(outcome(user), "done");
  EXPECT_FALSE(user->has_value());
}

TEST_F(Operations, UsersWithAnEmailAreThoseWithExactlyThatOneIgnoringCase) {
  tenant.expects("GET", "/api/users?field=email&q=%22Anna%40x.com%22&per_page=100&page=1")
      .replies(200, R"({"start":0,"limit":100,"length":3,"total":3,"users":[
          {"user_id":"auth0|1","email":"anna@X.com"},
          {"user_id":"auth0|2","email":"joanna@x.com"},
          {"user_id":"auth0|3"}]})");
  const auto users = run(client().users_with_email("Anna@x.com"));
  ASSERT_EQ(outcome(users), "done");
  ASSERT_EQ(users->size(), 1U);
  EXPECT_EQ(users->at(0).id.value, "auth0|1");
}

TEST_F(Operations, UsersWithAnEmailAreReadToTheLastPage) {
  const std::string path = "/api/users?field=email&q=%22a%40x.com%22&per_page=100&page=";
  for (const char* page : {"1", "2"}) {
    tenant.expects("GET", path + page)
        .replies(
            200,
            R"({"total":2,"users":[{"user_id":"auth0|)" + std::string(page) +
                R"(","email":"a@x.com"}]})"
        );
  }
  const auto users = run(client().users_with_email("a@x.com"));
  ASSERT_EQ(outcome(users), "done");
  EXPECT_EQ(users->size(), 2U);
}

TEST_F(Operations, EverybodyComesInPages) {
  tenant.expects("GET", "/api/users?per_page=100&page=3")
      .replies(200, R"({"total":201,"users":[{"user_id":"auth0|last","email":null}]})");
  const auto page = run(client().users_page(3));
  ASSERT_EQ(outcome(page), "done");
  EXPECT_EQ(page->total, 201U);
  EXPECT_EQ(page->users.at(0).id.value, "auth0|last");
}

TEST_F(Operations, StructureIsMadeAndCompleted) {
  tenant.expects("POST", "/api/groups").replies(200, R"({"_id":"g9","name":"New"})");
  EXPECT_EQ(run(client().create_group("New", "A group"))->value, "g9");
  EXPECT_EQ(sent().body, R"({"description":"A group","name":"New"})");

  TenantGroup group;
  group.id = staff;
  group.name = "Staff";
  group.description = "All";
  tenant.expects("PUT", staff_path).replies(200, "{}");
  EXPECT_EQ(outcome(run(client().update_group(group))), "done");

  TenantRole role;
  role.id = developer;
  role.name = "Developer";
  role.description = "Codes";
  role.application = "app";
  role.application_type = "client";
  role.permissions = {"p1"};
  tenant.expects("POST", "/api/roles").replies(200, R"({"_id":"r9"})");
  EXPECT_EQ(run(client().create_role(role))->value, "r9");
  const std::string role_body =
      R"({"applicationId":"app","applicationType":"client","description":"Codes",)"
      R"("name":"Developer","permissions":["p1"]})";
  EXPECT_EQ(sent().body, role_body);
  tenant.expects("PUT", "/api/roles/" + developer.value).replies(200, "{}");
  EXPECT_EQ(outcome(run(client().update_role(role))), "done");
  EXPECT_EQ(sent().body, role_body);

  TenantPermission permission;
  permission.id = "p9";
  permission.name = "read:repo";
  permission.application = "app";
  tenant.expects("POST", "/api/permissions").replies(200, R"({"_id":"p9"})");
  EXPECT_EQ(*run(client().create_permission(permission)), "p9");
  tenant.expects("PUT", "/api/permissions/p9").replies(200, "{}");
  EXPECT_EQ(outcome(run(client().update_permission(permission))), "done");
  tenant.expects("GET", "/api/permissions")
      .replies(200, R"({"permissions":[{"_id":"p9","name":"read:repo"}],"total":1})");
  EXPECT_EQ(run(client().permissions())->at(0).id, "p9");

  tenant.expects("PATCH", staff_path + "/roles");
  EXPECT_EQ(outcome(run(client().attach_roles(staff, {developer}))), "done");
  tenant.expects("PATCH", staff_path + "/nested");
  EXPECT_EQ(outcome(run(client().nest_groups(staff, {EntitlementId("g9")}))), "done");
  EXPECT_EQ(sent().body, R"(["g9"])");
}

TEST_F(Operations, SomethingMadeWithoutAnIdHasAnUnknownOutcome) {
  tenant.expects("POST", "/api/groups").replies(200, "{}");
  EXPECT_EQ(outcome(run(client().create_group("New", "A group"))), "unknown 200");
}

TEST_F(Operations, EffectiveAccessIsWhatTheExtensionComputes) {
  const std::string user = "/api/users/auth0%7Calice";
  tenant.expects("GET", user + "/groups").replies(200, R"([{"_id":"g1","name":"Interns"}])");
  tenant.expects("GET", user + "/groups/calculate")
      .replies(200, R"([{"_id":"g1","name":"Interns"},{"_id":"g2","name":"Engineering"}])");
  tenant.expects("GET", user + "/roles").replies(200, "[]");
  tenant.expects("GET", user + "/roles/calculate")
      .replies(200, R"([{"_id":"r1","name":"Developer","applicationId":"app"}])");
  tenant.expects("POST", user + "/policy/app")
      .replies(200, R"({"groups":[],"roles":["Developer"],"permissions":["read:repo"]})");

  const auto access = run(client().effective(alice, "app", "Username-Password-Authentication"));

  ASSERT_EQ(outcome(access), "done");
  EXPECT_EQ(access->direct_groups, (std::vector<std::string>{"Interns"}));
  EXPECT_EQ(access->groups, (std::vector<std::string>{"Interns", "Engineering"}));
  EXPECT_TRUE(access->direct_roles.empty());
  EXPECT_EQ(to_string(access->roles.at(0)), "Developer@app");
  EXPECT_EQ(access->permissions, (std::vector<std::string>{"read:repo"}));
  EXPECT_EQ(sent().body, R"({"connectionName":"Username-Password-Authentication","groups":[]})");
}

}  // namespace
}  // namespace rosterd::test
