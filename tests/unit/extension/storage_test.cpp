// The storage gauge: the one call whose missing scope is nobody else's business.
#include "tenant_fixture.hpp"

namespace rosterd::test {
namespace {

using namespace std::chrono_literals;

class StorageGauge : public TenantTest {
 protected:
  Expectation& status_is_expected() { return tenant.expects("GET", "/api/configuration/status"); }
  void scope_is_missing() {
    status_is_expected().replies(403, R"({"statusCode":403,"message":"Insufficient scope"})");
  }
  Answer<StorageUse> asked() { return run(client().storage()); }
};

TEST_F(StorageGauge, SaysHowManyBytesOfWhichStorageAreInUse) {
  token_is_given();
  status_is_expected().replies(
      200, R"({"rule":{"exists":true,"enabled":true},"database":{"size":409601,"type":"default"}})"
  );

  const auto use = asked();

  ASSERT_EQ(outcome(use), "done");
  EXPECT_EQ(use->bytes, 409'601U);
  EXPECT_EQ(use->type, "default");
}

struct Unusable {
  const char* name;
  const char* body;
  const char* outcome;
  const char* says;
};

class UnusableStatus : public StorageGauge, public testing::WithParamInterface<Unusable> {};

TEST_P(UnusableStatus, IsAnErrorThatHoldsNothingUp) {
  token_is_given();
  status_is_expected().replies(200, GetParam().body);

  const auto use = asked();

  EXPECT_EQ(outcome(use), GetParam().outcome);
  EXPECT_NE(use.error().text.find(GetParam().says), std::string::npos) << use.error().text;
  EXPECT_FALSE(client().pause());
}

INSTANTIATE_TEST_SUITE_P(
    Bodies,
    UnusableStatus,
    testing::Values(
        Unusable{
            "s3",
            R"({"rule":{},"database":{"size":null,"type":"s3"}})",
            "configuration 200",
            R"((type "s3"): set target.storage_bytes_max = 0)"},
        Unusable{
            "no_size",
            R"({"rule":{},"database":{}})",
            "configuration 200",
            "how large its storage is: set target.storage_bytes_max = 0"},
        Unusable{
            "could_not_be_read",
            R"({"rule":{},"database":{"size":0,"type":"unknown"}})",
            "transient 200",
            "could not read its storage"},
        Unusable{
            "size_is_a_text",
            R"({"rule":{},"database":{"size":"409601","type":"default"}})",
            "transient 200",
            "\"size\" of the storage is not a number"},
        Unusable{
            "negative_size",
            R"({"rule":{},"database":{"size":-1,"type":"default"}})",
            "transient 200",
            "\"size\" of the storage is not a number"},
        Unusable{
            "type_is_a_number",
            R"({"rule":{},"database":{"size":5,"type":5}})",
            "transient 200",
            "\"type\" is not a text"},
        Unusable{"no_database", R"({"rule":{}})", "transient 200", "no \"database\""},
        Unusable{
            "database_is_a_number",
            R"({"rule":{},"database":5})",
            "transient 200",
            "is not an object"},
        Unusable{"a_list", "[]", "transient 200", "is not an object"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(StorageGauge, NamesTheScopeThatItLacks) {
  token_is_given();
  scope_is_missing();

  const auto use = asked();

  EXPECT_EQ(outcome(use), "configuration 403");
  EXPECT_NE(use.error().text.find("it needs the scope read:configuration"), std::string::npos)
      << use.error().text;
  EXPECT_NE(use.error().text.find("carries: read:groups update:groups"), std::string::npos);
}

TEST_F(StorageGauge, ThatMayNotBeReadPausesNothing) {
  token_is_given();
  scope_is_missing();
  asked();

  EXPECT_FALSE(client().pause());
  add_is_expected();
  EXPECT_EQ(outcome(add_alice()), "done");
  EXPECT_EQ(log.text.find("paused"), std::string::npos) << log.text;
}

TEST_F(StorageGauge, ThatMayNotBeReadIsStillASignOfLife) {
  token_is_given();
  for (int i = 0; i < 5; ++i) {
    add_is_expected().replies(500);
    add_alice();
  }
  clock.advance(30s);
  ASSERT_EQ(client().breaker_state(), Breaker::State::probing);

  scope_is_missing();
  asked();

  EXPECT_EQ(client().breaker_state(), Breaker::State::closed);
}

TEST_F(StorageGauge, ThatDoesNotExistPausesNothing) {
  token_is_given();
  status_is_expected().replies(404, R"({"statusCode":404,"message":"Not Found"})");

  EXPECT_EQ(outcome(asked()), "permanent 404");
  EXPECT_FALSE(client().pause());
}

TEST_F(StorageGauge, RenewsARejectedTokenOnce) {
  token_is_given("token-1");
  token_is_given("token-2");
  status_is_expected().replies(401, R"({"message":"Invalid credentials"})");
  status_is_expected().replies(200, R"({"rule":{},"database":{"size":2,"type":"default"}})");

  EXPECT_EQ(outcome(asked()), "done");
  EXPECT_EQ(tenant.seen().at(1).authorization, "Bearer token-2");
}

TEST_F(StorageGauge, PausesTheTargetWhenThereIsNoTokenForAnybody) {
  tokens.expects("POST", "/oauth/token").replies(403, R"({"error":"access_denied"})");

  EXPECT_EQ(outcome(asked()), "configuration 403");
  EXPECT_TRUE(client().pause());
}

TEST_F(StorageGauge, ThatFailsSpeaksAgainstTheTargetAsEveryReadDoes) {
  token_is_given();
  for (int i = 0; i < 5; ++i) {
    status_is_expected().replies(500);
    EXPECT_EQ(outcome(asked()), "transient 500");
  }

  EXPECT_EQ(client().breaker_state(), Breaker::State::open);
}

}  // namespace
}  // namespace rosterd::test
