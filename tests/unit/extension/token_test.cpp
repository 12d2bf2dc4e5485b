#include "tenant_fixture.hpp"

namespace rosterd::test {
namespace {

using namespace std::chrono_literals;
using Token = TenantTest;

TEST_F(Token, IsAskedForWithTheClientsCredentials) {
  token_is_given("token-1");
  groups_are_expected().replies(200, no_groups());
  run(client().groups());
  EXPECT_EQ(
      tokens.seen().at(0).body,
      R"({"audience":"urn:auth0-authz-api","client_id":"rosterd-client",)"
      R"("client_secret":"s3cr3t-of-the-application","grant_type":"client_credentials"})"
  );
  EXPECT_EQ(tenant.seen().at(0).authorization, "Bearer token-1");
  EXPECT_EQ(client().token_scopes(), (std::vector<std::string>{"read:groups", "update:groups"}));
}

TEST_F(Token, IsRenewedAtEightyPercentOfItsLife) {
  token_is_given("token-1", 1000);
  token_is_given("token-2", 1000);
  for (int i = 0; i < 3; ++i) groups_are_expected().replies(200, no_groups());

  run(client().groups());
  clock.advance(799s);
  run(client().groups());
  clock.advance(2s);
  run(client().groups());

  EXPECT_EQ(tenant.seen().at(1).authorization, "Bearer token-1");
  EXPECT_EQ(tenant.seen().at(2).authorization, "Bearer token-2");
}

TEST_F(Token, LivesADayWhenNobodySays) {
  tokens.expects("POST", "/oauth/token").replies(200, R"({"access_token":"token-1"})");
  groups_are_expected().replies(200, no_groups());
  groups_are_expected().replies(200, no_groups());
  run(client().groups());
  clock.advance(19h);
  run(client().groups());
  EXPECT_EQ(tokens.seen().size(), 1U);
  EXPECT_EQ(client().token_scopes(), std::nullopt);
}

TEST_F(Token, IsRenewedOnceAfterARejectionAndTheCallRepeated) {
  token_is_given("token-1");
  token_is_given("token-2");
  add_is_expected().replies(401, R"({"message":"Invalid credentials"})");
  add_is_expected();
  EXPECT_EQ(outcome(add_alice()), "done");
  EXPECT_EQ(tenant.seen().at(1).authorization, "Bearer token-2");
}

TEST_F(Token, RejectedTwicePausesTheTargetAndIsProbedWithLongerPauses) {
  token_is_given("token-1");
  token_is_given("token-2");
  add_is_expected().replies(401);
  add_is_expected().replies(401);
  const auto answer = add_alice();
  EXPECT_EQ(outcome(answer), "authentication 401");
  EXPECT_EQ(answer.error().retry_at, clock.now() + 30s);
  EXPECT_EQ(outcome(add_alice()), "paused 0");

  clock.advance(30s);
  add_is_expected().replies(401);
  const auto again = add_alice();
  EXPECT_EQ(outcome(again), "authentication 401");
  EXPECT_EQ(again.error().retry_at, clock.now() + 60s);

  clock.advance(60s);
  add_is_expected();
  EXPECT_EQ(outcome(add_alice()), "done");
}

TEST_F(Token, IsForgottenWhenTheCredentialsChangeAndThePauseEnds) {
  tokens.expects("POST", "/oauth/token").replies(401, R"({"error":"access_denied"})");
  EXPECT_EQ(outcome(add_alice()), "authentication 401");

  client().reload_credentials("another-client", Secret("another secret"));
  token_is_given("token-2");
  add_is_expected();
  EXPECT_EQ(outcome(add_alice()), "done");
  EXPECT_NE(tokens.seen().at(1).body.find("another-client"), std::string::npos);
}

struct TokenRow {
  const char* name;
  unsigned status;
  const char* body;
  const char* outcome;
};

class TokenEndpoint : public TenantTest, public testing::WithParamInterface<TokenRow> {};

TEST_P(TokenEndpoint, RefusesWith) {
  tokens.expects("POST", "/oauth/token").replies(GetParam().status, GetParam().body);
  const auto answer = add_alice();
  EXPECT_EQ(outcome(answer), GetParam().outcome);
  EXPECT_TRUE(answer.error().text.find("access token") != std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Rows,
    TokenEndpoint,
    testing::Values(
        TokenRow{"wrong_secret", 401, R"({"error":"access_denied"})", "authentication 401"},
        TokenRow{"not_authorised", 403, R"({"error":"access_denied"})", "configuration 403"},
        TokenRow{"wrong_grant", 400, R"({"error":"invalid_request"})", "configuration 400"},
        TokenRow{"wrong_domain", 404, "", "configuration 404"},
        TokenRow{"redirect", 301, "", "configuration 301"},
        TokenRow{"limit", 429, "", "throttled 429"},
        TokenRow{"limit_as_500", 500, R"({"error":"access_denied"})", "throttled 500"},
        TokenRow{"broken", 500, "", "transient 500"},
        TokenRow{"unavailable", 503, "", "transient 503"},
        TokenRow{"a_web_page", 200, "<html>", "configuration 200"},
        TokenRow{"no_token", 200, R"({"access_token":17})", "configuration 200"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(Token, EndpointThatIsAwayIsTransient) {
  tokens.stop();
  EXPECT_EQ(outcome(add_alice()), "transient 0");
}

TEST_F(Token, AndSecretAreInNoErrorAndNoLogLine) {
  tokens.expects("POST", "/oauth/token")
      .replies(400, "you sent s3cr3t-of-the-application, which is wrong");
  const std::string refused = add_alice().error().text;
  EXPECT_EQ(refused.find("s3cr3t"), std::string::npos) << refused;
  EXPECT_NE(refused.find("you sent ***"), std::string::npos) << refused;

  clock.advance(60s);
  token_is_given("token-17");
  add_is_expected().replies(400, "bad: Bearer token-17");
  const std::string echoed = add_alice().error().text;
  EXPECT_EQ(echoed.find("token-17"), std::string::npos) << echoed;

  EXPECT_EQ(log.text.find("s3cr3t"), std::string::npos) << log.text;
  EXPECT_EQ(log.text.find("token-17"), std::string::npos) << log.text;
}

}  // namespace
}  // namespace rosterd::test
