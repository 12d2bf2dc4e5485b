#include "unit/sandbox/tenant_fixture.hpp"

namespace rosterd::sandbox {

struct Refused {
  const char* name;
  const char* method;
  const char* target;
  std::string body;
  const char* message;
  const char* key;
};

class Validation : public TenantTest, public testing::WithParamInterface<Refused> {};

TEST_P(Validation, NamesWhatIsWrongAndWhere) {
  const Refused& row = GetParam();

  const Json body = Json::parse(request(row.method, row.target, row.body).body);

  EXPECT_EQ(body["statusCode"], 400);
  EXPECT_EQ(body["message"], row.message);
  EXPECT_EQ(body["validation"]["source"], "payload");
  EXPECT_EQ(body["validation"]["keys"], Json::parse("[\"" + std::string(row.key) + "\"]"));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Validation,
    testing::Values(
        Refused{
            "no_name",
            "POST",
            "/groups",
            R"({"description": "x"})",
            R"("name" is required)",
            "name"},
        Refused{
            "empty_name",
            "POST",
            "/groups",
            R"({"name": "", "description": "x"})",
            R"("name" is not allowed to be empty)",
            "name"},
        Refused{
            "number",
            "POST",
            "/groups",
            R"({"name": 7, "description": "x"})",
            R"("name" must be a string)",
            "name"},
        Refused{
            "no_description",
            "POST",
            "/groups",
            R"({"name": "x"})",
            R"("description" is required)",
            "description"},
        Refused{
            "unknown_field",
            "POST",
            "/groups",
            R"({"name": "x", "description": "x", "members": []})",
            R"("members" is not allowed)",
            "members"},
        Refused{
            "long_name",
            "POST",
            "/groups",
            R"({"name": ")" + std::string(51, 'x') + R"(", "description": "x"})",
            R"("name" length must be less than or equal to 50 characters long)",
            "name"},
        Refused{"no_object", "POST", "/groups", "[]", R"("value" must be of type object)", ""},
        Refused{
            "type",
            "POST",
            "/roles",
            R"({"name": "x", "description": "x", "applicationType": "y", "applicationId": "z"})",
            R"("applicationType" must be one of [client, resource_server])",
            "applicationType"},
        Refused{
            "permission",
            "POST",
            "/roles",
            R"({"name": "x", "description": "x", "applicationType": "client",
                    "applicationId": "z", "permissions": ["p"]})",
            R"("permissions[0]" must be a valid GUID)",
            "permissions.0"},
        Refused{
            "no_list",
            "PATCH",
            "/groups/00000000-0000-4000-8000-000000000000/members",
            R"({"a": 1})",
            R"("value" must be an array)",
            ""},
        Refused{
            "empty_list",
            "PATCH",
            "/groups/00000000-0000-4000-8000-000000000000/members",
            "[]",
            R"("value" must contain at least 1 items)",
            ""},
        Refused{
            "number_in_list",
            "PATCH",
            "/groups/00000000-0000-4000-8000-000000000000/members",
            R"(["a", 7])",
            R"("[1]" must be a string)",
            "1"},
        Refused{
            "mapping",
            "PATCH",
            "/groups/00000000-0000-4000-8000-000000000000/mappings",
            R"([{"connectionName": "corp"}])",
            R"("[0].groupName" is required)",
            "0.groupName"},
        Refused{
            "import", "POST", "/configuration/import", R"({"x": []})", R"("x" is not allowed)", "x"}
    ),
    [](const auto& row) { return row.param.name; }
);

using Bodies = TenantTest;

TEST_F(Bodies, WithAnotherContentTypeAreNoList) {
  Request patch = to_api("PATCH", "/groups/" + nobody + "/members", R"(["ada"])");
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded"}) {
    patch.headers.back().second = type;

    EXPECT_EQ(Json::parse(send(patch).body)["message"], "\"value\" must be an array") << type;
  }
}

TEST_F(Bodies, OfAnUnknownTypeAreNotSupported) {
  Request patch = to_api("PATCH", "/groups/" + nobody + "/members", "<a/>");
  patch.headers.back().second = "application/xml";

  EXPECT_EQ(send(patch).status, 415u);
}

TEST_F(Bodies, ThatAreBrokenJsonAreRefused) {
  EXPECT_EQ(
      answer("POST", "/groups", "{\"name\": "),
      R"(400 {"statusCode":400,"error":"Bad Request",)"
      R"("message":"Invalid request payload JSON format"})"
  );
  EXPECT_EQ(request("POST", "/groups", std::string(100'000, '[')).status, 400u);
}

TEST_F(Bodies, AsFormsMakeRecords) {
  Request post = to_api("POST", "/groups", "name=Staff+people&description=All%20of%20us");
  post.headers.back().second = "application/x-www-form-urlencoded";

  EXPECT_EQ(Json::parse(send(post).body)["name"], "Staff people");
}

TEST_F(Bodies, AnEmptyFormIsAnEmptyImport) {
  make_group("Staff");
  Request post = to_api("POST", "/configuration/import");
  post.headers.emplace_back("content-type", "application/x-www-form-urlencoded");

  EXPECT_EQ(text(send(post)), "204");
  EXPECT_EQ(answer("GET", "/configuration/export"), "200 {}");
}

using Addresses = TenantTest;

TEST_F(Addresses, ThatAreUnknownAreNotFoundWithOrWithoutAToken) {
  const char* const not_found =
      R"(404 {"statusCode":404,"error":"Not Found","message":"Not Found"})";

  EXPECT_EQ(answer("GET", "/nothing"), not_found);
  EXPECT_EQ(answer("PUT", "/groups"), not_found);
  EXPECT_EQ(text(send({"GET", "/elsewhere", "", {}})), not_found);
}

}  // namespace rosterd::sandbox
