#include "unit/sandbox/tenant_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace rosterd::sandbox {

class Accounts : public TenantTest {
 protected:
  HttpResponse management(std::string method, std::string target, std::string body = {}) {
    return send({std::move(method), "/api/v2" + target, std::move(body), {}});
  }
};
using Configuration = TenantTest;

TEST_F(Accounts, AreMadeShownChangedAndDeletedThroughTheManagementApi) {
  const Json made =
      Json::parse(management(
                      "POST",
                      "/users",
                      R"({"connection": "Username-Password-Authentication", "email": "ada@x.com",
              "password": "secret"})"
      )
                      .body);
  const std::string path = "/users/" + percent_encoded(made["user_id"].get<std::string>());

  EXPECT_EQ(made["name"], "ada@x.com");
  EXPECT_FALSE(made.contains("password"));
  EXPECT_EQ(made["identities"][0]["connection"], "Username-Password-Authentication");
  EXPECT_EQ(get(path)["email"], "ada@x.com");
  EXPECT_EQ(Json::parse(management("PATCH", path, R"({"name": "Ada"})").body)["name"], "Ada");
  EXPECT_EQ(management("DELETE", path).status, 204u);
  EXPECT_EQ(management("GET", path).status, 404u);
}

TEST_F(Accounts, ASecondWithTheSameEmailIsAConflict) {
  const std::string ada = R"({"connection": "corp", "email": "ada@x.com"})";
  EXPECT_EQ(management("POST", "/users", ada).status, 201u);

  EXPECT_EQ(management("POST", "/users", ada).status, 409u);
}

TEST_F(Accounts, AreSearchedByFieldInTheOriginalsWay) {
  sandbox->seed_users(
      {{"auth0|ada", "Ada@x.com", "Ada", "", ""}, {"auth0|bob", "bob@x.com", "Bob", "", ""}}
  );

  const Json found = get("/users?field=email&q=%22ada@x.com%22&per_page=100&page=1");

  EXPECT_EQ(found["total"], 1);
  EXPECT_EQ(found["start"], 0);
  EXPECT_EQ(found["users"][0]["user_id"], "auth0|ada");
  EXPECT_EQ(get("/users?q=email:*@x.com")["total"], 2);
  EXPECT_EQ(get("/users?q=email:%22ada@x.com%22+OR+email:%22bob@x.com%22")["total"], 2);
  EXPECT_EQ(get("/users?field=email&q=(%22ada@x.com%22%20OR%20%22no@x.com%22)")["total"], 1);
  EXPECT_EQ(get("/users?q=identities.connection:corp")["total"], 0);
}

TEST_F(Accounts, PagesCountFromOneAndZeroMeansOneToo) {
  std::vector<User> many;
  for (int i = 0; i < 150; ++i) {
    const std::string name = std::to_string(i);
    many.push_back({"auth0|" + name, name + "@x.com", "", "", ""});
  }
  sandbox->seed_users(many);

  EXPECT_EQ(get("/users?page=0"), get("/users?page=1"));
  EXPECT_EQ(get("/users?page=2")["length"], 50);
  EXPECT_EQ(Json::parse(management("GET", "/users?page=1&per_page=100").body).size(), 50u);
  EXPECT_EQ(request("GET", "/users?per_page=101").status, 400u);
}

TEST_F(Accounts, AnUnknownOneDoesNotExist) {
  const Json body = get("/users/auth0%7Cnobody");

  EXPECT_EQ(body["statusCode"], 404);
  EXPECT_EQ(body["message"], "The user does not exist.");
}

TEST_F(Configuration, IsNoContentWhenThereIsNone) {
  EXPECT_EQ(answer("GET", "/configuration"), "204");
  EXPECT_EQ(
      answer("PATCH", "/configuration", R"({"groupsInToken": true})"),
      R"(200 {"_id":"v1","groupsInToken":true})"
  );
}

TEST_F(Configuration, TheExportHasOnlyTheCollectionsThatThereAre) {
  make_group("Staff");
  make_role("Reader");

  const Json exported = get("/configuration/export");

  EXPECT_EQ(exported.size(), 2u);
  EXPECT_EQ(exported.begin().key(), "groups");
}

TEST_F(Configuration, AnImportReplacesTheWholeStorage) {
  make_group("Staff");

  EXPECT_EQ(
      answer("POST", "/configuration/import", R"({"roles": [{"_id": "x", "name": "Reader"}]})"),
      "204"
  );

  EXPECT_EQ(
      answer("GET", "/configuration/export"), R"(200 {"roles":[{"_id":"x","name":"Reader"}]})"
  );
}

TEST_F(Configuration, TheStatusCountsBytes) {
  EXPECT_EQ(
      answer("GET", "/configuration/status"),
      R"(200 {"rule":{"exists":false,"enabled":false},"database":{"size":2,"type":"default"}})"
  );
}

TEST_F(Configuration, TheStatusIsAsLargeAsTheExport) {
  const std::string id = make_group("Vertriebsgebiet Österreich");
  const auto size = [&] { return get("/configuration/status")["database"]["size"]; };
  EXPECT_EQ(size(), request("GET", "/configuration/export").body.size());
  const std::string members = "/groups/" + id + "/members";
  request("PATCH", members, list({"auth0|5f7c8ec7c33c6c004bbafe82"}));
  const std::size_t before = size();

  request("PATCH", members, list({"auth0|5f7c8ec7c33c6c004bbafe83"}));

  EXPECT_EQ(size(), before + 33);
  EXPECT_EQ(size(), request("GET", "/configuration/export").body.size());
}

TEST_F(Configuration, TheStatusNeedsItsOwnScope) {
  token = token_for("daemon", "read:groups update:groups");

  EXPECT_EQ(
      answer("GET", "/configuration/status"),
      R"(403 {"statusCode":403,"error":"Forbidden","message":"Insufficient scope"})"
  );
}

TEST_F(Configuration, ConnectionsAreSortedByName) {
  const Json connections = get("/connections");

  EXPECT_EQ(connections[0]["name"], "Username-Password-Authentication");
  EXPECT_EQ(connections.size(), 3u);
}

class StateFile : public TenantTest {
 protected:
  StateFile() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::path(testing::TempDir()) /
             ("sandbox_" + std::to_string(::getpid()) + "_" + info->name());
    std::filesystem::create_directories(folder);
  }
  ~StateFile() override { std::filesystem::remove_all(folder); }

  void start_on_file() {
    sandbox.reset();
    Options options = usual();
    options.state_file = folder / "tenant.json";
    start(std::move(options));
  }

  std::filesystem::path folder;
};

TEST_F(StateFile, KeepsGroupsAndUsersOverARestart) {
  start_on_file();
  const std::string id = make_group("Staff");
  request("PATCH", "/groups/" + id + "/members", list({"auth0|ada"}));
  sandbox->seed_users({{"auth0|ada", "ada@x.com", "Ada", "", ""}});

  start_on_file();

  EXPECT_EQ(members_of(id), std::vector<std::string>{"auth0|ada"});
  EXPECT_EQ(get("/users/auth0%7Cada")["name"], "Ada");
  EXPECT_FALSE(get("/configuration/export").contains("users"));
}

TEST_F(StateFile, TheDemoIsOne) {
  std::ofstream(folder / "tenant.json") << demo_state_json();

  start_on_file();

  EXPECT_EQ(get("/groups")["total"], 5);
  EXPECT_EQ(get("/users")["total"], 12);
}

TEST_F(StateFile, ThatIsNoJsonIsAnError) {
  std::ofstream(folder / "tenant.json") << "{";
  Options options = usual();
  options.state_file = folder / "tenant.json";

  EXPECT_THROW(Sandbox(options, clock), std::runtime_error);
}

}  // namespace rosterd::sandbox
