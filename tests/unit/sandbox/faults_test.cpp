#include "unit/sandbox/tenant_fixture.hpp"

namespace rosterd::sandbox {

class FaultyTenant : public TenantTest {
 protected:
  std::string set_faults(std::string plan) {
    return text(send({"POST", "/sandbox/faults", std::move(plan), {}}));
  }
  Json stats() { return Json::parse(send({"GET", "/sandbox/stats", "", {}}).body); }
};

TEST_F(FaultyTenant, ThrottlesEveryThirdCallWithHeaders) {
  set_faults(R"({"too_many_requests": {"every": 3}, "retry_after_s": 7, "ratelimit_reset_s": 5})");

  EXPECT_EQ(request("GET", "/groups").status, 200u);
  EXPECT_EQ(request("GET", "/groups").status, 200u);
  const auto third = request("GET", "/groups");

  EXPECT_EQ(third.status, 429u);
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  const auto has = [&](const std::string& name, const std::string& value) {
    for (const auto& header : third.headers) {
      if (header.first == name) return header.second == value;
    }
    return false;
  };
  EXPECT_TRUE(has("retry-after", "7"));
  EXPECT_TRUE(has("x-ratelimit-remaining", "0"));
  EXPECT_TRUE(has("x-ratelimit-reset", std::to_string(now.time_since_epoch().count() + 5)));
}

TEST_F(FaultyTenant, AResetBeforeHasNoEffectAndOneAfterHas) {
  const std::string id = make_group("Staff");
  const std::string path = "/groups/" + id + "/members";

  set_faults(R"({"reset_before": 1, "only_mutating": true})");
  const auto before = request("PATCH", path, list({"auth0|ada"}));
  set_faults(R"({"reset_after": 1, "only_mutating": true})");
  const auto after = request("PATCH", path, list({"auth0|bob"}));

  EXPECT_EQ(before.fault.kind, HttpFault::Kind::reset);
  EXPECT_EQ(after.fault.kind, HttpFault::Kind::reset);
  EXPECT_EQ(members_of(id), std::vector<std::string>{"auth0|bob"});
}

TEST_F(FaultyTenant, StallsTruncatesAndFails) {
  set_faults(R"({"stall": 1, "stall_ms": 60000, "times": 1})");
  const auto stalled = request("GET", "/groups");
  set_faults(R"({"truncate": 1})");
  const auto truncated = request("GET", "/groups");
  set_faults(R"({"server_error": 1, "server_error_status": 503})");
  const auto broken = request("GET", "/groups");
  set_faults(R"({"unauthorized": 1})");
  const auto flapping = request("GET", "/groups");

  EXPECT_EQ(stalled.fault.kind, HttpFault::Kind::stall);
  EXPECT_EQ(stalled.fault.delay, std::chrono::minutes(1));
  EXPECT_EQ(truncated.fault.kind, HttpFault::Kind::truncate);
  EXPECT_EQ(broken.status, 503u);
  EXPECT_EQ(flapping.status, 401u);
  EXPECT_EQ(stats()["faults"]["stall"], 1);
}

TEST_F(FaultyTenant, HappensAsOftenAsAskedAndNotToTheTokenEndpoint) {
  set_faults(R"({"server_error": 1, "times": 2})");

  EXPECT_FALSE(token_for("daemon").empty());
  EXPECT_GE(request("GET", "/groups").status, 500u);
  EXPECT_GE(request("GET", "/groups").status, 500u);
  EXPECT_EQ(request("GET", "/groups").status, 200u);
}

TEST_F(FaultyTenant, AFullStorageFailsAndKeepsWhatItHad) {
  const std::string id = make_group("Staff");
  set_faults(R"({"storage_bytes_max": 240})");

  const std::string path = "/groups/" + id + "/members";
  EXPECT_EQ(request("PATCH", path, list({"auth0|ada"})).status, 204u);
  EXPECT_EQ(request("PATCH", path, list({std::string(300, 'x')})).status, 500u);
  EXPECT_EQ(request("POST", "/groups", R"({"name": "A", "description": "B"})").status, 200u);
  EXPECT_TRUE(make_group("TooMuchForIt").empty());

  EXPECT_EQ(members_of(id), std::vector<std::string>{"auth0|ada"});
}

TEST_F(FaultyTenant, APlanWithATypingErrorIsRefused) {
  EXPECT_EQ(set_faults(R"({"to_many_requests": 1})").substr(0, 3), "400");
  EXPECT_EQ(set_faults(R"({"stall": 2})").substr(0, 3), "400");
}

TEST_F(FaultyTenant, CountsCallsByRouteAndForgetsThemOnRequest) {
  const std::string id = make_group("Staff");
  request("PATCH", "/groups/" + id + "/members", list({"auth0|ada"}));

  EXPECT_EQ(stats()["calls"]["PATCH /api/groups/{id:guid}/members"], 1);
  EXPECT_EQ(stats()["mutating_in_flight_max"], 1);

  send({"POST", "/sandbox/reset?only=stats", "", {}});

  EXPECT_FALSE(stats()["calls"].contains("POST /api/groups"));
  EXPECT_EQ(members_of(id).size(), 1u);
}

TEST_F(FaultyTenant, AResetEmptiesEverything) {
  make_group("Staff");
  set_faults(R"({"server_error": 1})");
  send({"POST", "/sandbox/users", R"([{"user_id": "auth0|ada", "email": "ada@x.com"}])", {}});
  EXPECT_EQ(stats()["users"], 1);

  send({"POST", "/sandbox/reset", "", {}});

  EXPECT_EQ(get("/groups")["total"], 0);
  EXPECT_EQ(stats()["users"], 0);
}

}  // namespace rosterd::sandbox
