#pragma once

#include "rosterd/sandbox/sandbox.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::sandbox {

using Json = nlohmann::ordered_json;

/// A request that owns its text, for a sandbox that is called without a network.
struct Request {
  std::string method;
  std::string target;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;

  HttpRequest view() const {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    for (const auto& [name, value] : headers) request.headers.emplace_back(name, value);
    return request;
  }
};

/// A tenant of its own for each test; calls carry a token with all scopes.
class TenantTest : public testing::Test {
 protected:
  TenantTest() { start(usual()); }

  static Options usual() {
    Options options;
    options.issuer = "http://tenant.test/";
    options.lossy = false;
    options.seed = 7;
    return options;
  }

  void start(Options options) {
    sandbox = std::make_unique<Sandbox>(std::move(options), clock);
    token = token_for("daemon");
  }

  HttpResponse send(const Request& request) {
    const HttpRequest view = request.view();
    return test::run(sandbox->handle(view));
  }

  Request to_api(std::string method, std::string target, std::string body = {}) const {
    Request request{std::move(method), "/api" + target, std::move(body), {}};
    request.headers.emplace_back("authorization", "Bearer " + token);
    if (!request.body.empty()) request.headers.emplace_back("content-type", "application/json");
    return request;
  }

  HttpResponse request(std::string method, std::string target, std::string body = {}) {
    return send(to_api(std::move(method), std::move(target), std::move(body)));
  }

  /// Status and body in one line, for whole-answer assertions.
  std::string answer(std::string method, std::string target, std::string body = {}) {
    return text(request(std::move(method), std::move(target), std::move(body)));
  }

  static std::string text(const HttpResponse& response) {
    const std::string status = std::to_string(response.status);
    return response.body.empty() ? status : status + " " + response.body;
  }

  Json get(std::string target) { return Json::parse(request("GET", std::move(target)).body); }

  std::string token_for(const std::string& client, const std::string& scope = {}) {
    Json body = Json::object();
    body["grant_type"] = "client_credentials";
    body["client_id"] = client;
    body["client_secret"] = "secret";
    body["audience"] = "urn:auth0-authz-api";
    if (!scope.empty()) body["scope"] = scope;
    const auto response = send({"POST", "/oauth/token", body.dump(), {}});
    return Json::parse(response.body).value("access_token", "");
  }

  std::string make_group(const std::string& name) {
    Json body = Json::object();
    body["name"] = name;
    body["description"] = "About " + name;
    return Json::parse(request("POST", "/groups", body.dump()).body).value("_id", "");
  }

  std::string make_role(
      const std::string& name,
      const std::string& application = "app",
      const std::vector<std::string>& permissions = {}
  ) {
    Json body = Json::object();
    body["name"] = name;
    body["description"] = "About " + name;
    body["applicationType"] = "client";
    body["applicationId"] = application;
    body["permissions"] = permissions;
    return Json::parse(request("POST", "/roles", body.dump()).body).value("_id", "");
  }

  std::string make_permission(const std::string& name, const std::string& application = "app") {
    Json body = Json::object();
    body["name"] = name;
    body["description"] = "About " + name;
    body["applicationType"] = "client";
    body["applicationId"] = application;
    return Json::parse(request("POST", "/permissions", body.dump()).body).value("_id", "");
  }

  static std::string list(const std::vector<std::string>& entries) { return Json(entries).dump(); }

  std::vector<std::string> members_of(const std::string& group) {
    const Json groups = get("/groups");
    for (const Json& record : groups["groups"]) {
      if (record["_id"] == group) return record["members"];
    }
    return {};
  }

  test::ManualClock clock;
  std::unique_ptr<Sandbox> sandbox;
  std::string token;
};

inline const std::string nobody = "00000000-0000-4000-8000-000000000000";

}  // namespace rosterd::sandbox
