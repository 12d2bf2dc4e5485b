#include "unit/sandbox/tenant_fixture.hpp"

namespace rosterd::sandbox {

using Tokens = TenantTest;
using Scopes = TenantTest;

TEST_F(Tokens, AreGrantedForClientCredentials) {
  const auto response = send(
      {"POST",
       "/oauth/token",
       R"({"grant_type": "client_credentials", "client_id": "daemon", "client_secret": "s",
           "audience": "urn:auth0-authz-api"})",
       {{"content-type", "application/json"}}}
  );

  const Json body = Json::parse(response.body);
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(body["expires_in"], 86400);
  EXPECT_EQ(body["token_type"], "Bearer");
  EXPECT_NE(body["scope"].get<std::string>().find("update:groups"), std::string::npos);
}

TEST_F(Tokens, AreGrantedToForms) {
  const auto response = send(
      {"POST",
       "/oauth/token",
       "grant_type=client_credentials&client_id=c&client_secret=s&audience=urn%3Aauth0-authz-api",
       {{"content-type", "application/x-www-form-urlencoded"}}}
  );

  EXPECT_EQ(response.status, 200u);
}

TEST_F(Tokens, AWrongSecretOfAKnownClientIsRefused) {
  Options options = usual();
  options.clients = {{"daemon", Secret("right"), {}}};
  start(std::move(options));

  EXPECT_TRUE(token_for("daemon").empty());
  EXPECT_TRUE(token_for("stranger").empty());
}

TEST_F(Tokens, TheKeySetIsPublic) {
  const auto response = send({"GET", "/.well-known/jwks.json", "", {}});

  const Json key = Json::parse(response.body)["keys"][0];
  EXPECT_EQ(key["alg"], "RS256");
  EXPECT_EQ(key["e"], "AQAB");
  EXPECT_EQ(key["n"].get<std::string>().size(), 342u);
}

TEST_F(Tokens, WithoutOneAuthenticationIsMissing) {
  token.clear();

  EXPECT_EQ(
      answer("GET", "/groups"),
      R"(401 {"statusCode":401,"error":"Unauthorized","message":"Missing authentication"})"
  );
}

TEST_F(Tokens, AForgedOneIsInvalid) {
  token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';

  EXPECT_EQ(
      answer("GET", "/groups"),
      R"(401 {"statusCode":401,"error":"Unauthorized","message":"Invalid credentials"})"
  );
}

TEST_F(Tokens, AnUnsignedOneIsInvalid) {
  token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4QGNsaWVudHMifQ.";

  EXPECT_EQ(request("GET", "/groups").status, 401u);
}

TEST_F(Tokens, EndAfterTheirLifetime) {
  clock.advance(std::chrono::hours(24) - std::chrono::seconds(1));
  EXPECT_EQ(request("GET", "/groups").status, 200u);

  clock.advance(std::chrono::seconds(2));

  EXPECT_EQ(request("GET", "/groups").status, 401u);
}

TEST_F(Tokens, OfAnotherIssuerAreInvalid) {
  sandbox->set_issuer("http://elsewhere.test/");

  EXPECT_EQ(request("GET", "/groups").status, 401u);
}

TEST_F(Tokens, AnOverlongBodyWithABadTokenIsRefusedBeforeItIsRead) {
  Request upload = to_api("PATCH", "/groups/" + nobody + "/members");
  upload.headers.emplace_back("content-length", "2000000");
  EXPECT_FALSE(sandbox->refuse_early(upload.view()));

  upload.headers.front().second = "Bearer nothing";

  EXPECT_EQ(sandbox->refuse_early(upload.view())->status, 401u);
  EXPECT_EQ(sandbox->body_bytes_max("/api/groups"), 1'048'576u);
}

TEST_F(Scopes, AMissingOneIsForbidden) {
  token = token_for("daemon", "read:groups");

  EXPECT_EQ(request("GET", "/groups").status, 200u);
  EXPECT_EQ(
      answer("POST", "/groups", R"({"name": "Staff", "description": "All"})"),
      R"(403 {"statusCode":403,"error":"Forbidden","message":"Insufficient scope"})"
  );
}

TEST_F(Scopes, AClientCanBeLimited) {
  Options options = usual();
  options.clients = {{"reader", Secret("secret"), {"read:roles"}}};
  start(std::move(options));
  token = token_for("reader");

  EXPECT_EQ(request("GET", "/roles").status, 200u);
  EXPECT_EQ(request("GET", "/groups").status, 403u);
}

}  // namespace rosterd::sandbox
