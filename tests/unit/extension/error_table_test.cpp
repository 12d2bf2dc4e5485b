// The table "Errors and what becomes of the event", row by row.
#include "adapters/extension/status_table.hpp"
#include "tenant_fixture.hpp"

namespace rosterd::test {
namespace {

using namespace std::chrono_literals;

struct Row {
  const char* name;
  unsigned status;
  const char* outcome;
};

class ErrorTable : public TenantTest, public testing::WithParamInterface<Row> {};

TEST_P(ErrorTable, AddingMembersEndsAs) {
  token_is_given();
  add_is_expected().replies(GetParam().status, R"({"message":"because"})");

  const auto answer = add_alice();

  EXPECT_EQ(outcome(answer), GetParam().outcome);
  const std::string told = answer ? "because" : answer.error().text;
  EXPECT_NE(told.find("because"), std::string::npos) << told;
}

INSTANTIATE_TEST_SUITE_P(
    Rows,
    ErrorTable,
    testing::Values(
        Row{"ok", 200, "done"},
        Row{"accepted", 202, "done"},
        Row{"moved", 301, "permanent 301"},
        Row{"found", 302, "permanent 302"},
        Row{"bad_request", 400, "permanent 400"},
        Row{"forbidden", 403, "configuration 403"},
        Row{"group_is_gone", 404, "stale_catalogue 404"},
        Row{"method_not_allowed", 405, "permanent 405"},
        Row{"request_timeout", 408, "transient 408"},
        Row{"conflict", 409, "transient 409"},
        Row{"gone", 410, "permanent 410"},
        Row{"too_large", 413, "permanent 413"},
        Row{"media_type", 415, "permanent 415"},
        Row{"teapot", 418, "permanent 418"},
        Row{"unprocessable", 422, "permanent 422"},
        Row{"too_early", 425, "transient 425"},
        Row{"too_many", 429, "throttled 429"},
        Row{"internal", 500, "transient 500"},
        Row{"not_implemented", 501, "transient 501"},
        Row{"bad_gateway", 502, "transient 502"},
        Row{"unavailable", 503, "transient 503"},
        Row{"gateway_timeout", 504, "transient 504"},
        Row{"cloudflare_520", 520, "transient 520"},
        Row{"cloudflare_527", 527, "transient 527"}
    ),
    [](const auto& row) { return row.param.name; }
);

using Errors = TenantTest;

TEST_F(Errors, NoContentIsAcknowledged) {
  token_is_given();
  add_is_expected();
  EXPECT_EQ(outcome(add_alice()), "done");
}

TEST_F(Errors, ASuccessWithAnyBodyIsAcknowledged) {
  token_is_given();
  add_is_expected().replies(200, "<html>fine</html>");
  EXPECT_EQ(outcome(add_alice()), "done");
}

TEST_F(Errors, AReadThatIsNotJsonIsTransient) {
  token_is_given();
  groups_are_expected().replies(200, "<html>maintenance</html>");
  EXPECT_EQ(outcome(run(client().groups())), "transient 200");
}

TEST_F(Errors, ATruncatedReadIsTransient) {
  token_is_given();
  groups_are_expected().truncates();
  const auto answer = run(client().groups());
  EXPECT_EQ(outcome(answer), "transient 0");
  EXPECT_NE(answer.error().text.find("broke off"), std::string::npos) << answer.error().text;
}

TEST_F(Errors, ATruncatedAnswerToAMutatingCallIsUnknown) {
  token_is_given();
  add_is_expected().truncates();
  EXPECT_EQ(outcome(add_alice()), "unknown 0");
}

TEST_F(Errors, AResetAfterAMutatingCallWasWrittenIsUnknown) {
  token_is_given();
  add_is_expected().hangs_up();
  EXPECT_EQ(outcome(add_alice()), "unknown 0");
}

TEST_F(Errors, AConnectionThatIsRefusedIsTransient) {
  token_is_given();
  tenant.stop();
  EXPECT_EQ(outcome(add_alice()), "transient 0");
}

TEST_F(Errors, ATimeOutOfAMutatingCallIsUnknownAndSlowsDown) {
  config.write_time_max = 30ms;
  token_is_given();
  add_is_expected().after(60ms);
  EXPECT_EQ(outcome(add_alice()), "unknown 0");
  EXPECT_LT(client().calls_per_second(), config.calls_per_second);
}

TEST_F(Errors, ATimeOutOfAReadIsTransient) {
  config.read_time_max = 30ms;
  token_is_given();
  groups_are_expected().after(60ms);
  const auto answer = run(client().groups());
  EXPECT_EQ(outcome(answer), "transient 0");
  EXPECT_NE(answer.error().text.find("in time"), std::string::npos) << answer.error().text;
}

TEST_F(Errors, ARedirectSaysThatTheAddressIsProbablyWrong) {
  token_is_given();
  groups_are_expected().replies(302, "", {{"Location", "https://elsewhere.example/login"}});
  const auto answer = run(client().groups());
  EXPECT_EQ(outcome(answer), "configuration 302");
  EXPECT_NE(answer.error().text.find("base_url is probably wrong"), std::string::npos);
}

TEST_F(Errors, AMissingScopeIsNamedFromTheAnswer) {
  token_is_given();
  add_is_expected().replies(
      403, R"({"message":"Insufficient scope, expected any of: update:everything"})"
  );
  const auto answer = add_alice();
  EXPECT_NE(answer.error().text.find("needs the scope update:everything"), std::string::npos)
      << answer.error().text;
  EXPECT_NE(answer.error().text.find("carries: read:groups update:groups"), std::string::npos);
}

TEST_F(Errors, AMissingScopeIsNamedWhenTheAnswerDoesNotSay) {
  token_is_given();
  add_is_expected().replies(403, R"({"error":"Forbidden"})");
  EXPECT_NE(add_alice().error().text.find("needs the scope update:groups"), std::string::npos);
}

TEST_F(Errors, AConfigurationErrorPausesTheTargetForAMinute) {
  token_is_given();
  add_is_expected().replies(403);
  EXPECT_EQ(add_alice().error().retry_at, clock.now() + 60s);
  ASSERT_TRUE(client().pause());

  clock.advance(59s);
  EXPECT_EQ(outcome(add_alice()), "paused 0");

  clock.advance(2s);
  add_is_expected();
  EXPECT_EQ(outcome(add_alice()), "done");
  EXPECT_FALSE(client().pause());
}

TEST_F(Errors, LongBodiesAreCut) {
  token_is_given();
  add_is_expected().replies(400, std::string(100'000, 'x'));
  EXPECT_LE(add_alice().error().text.size(), 4096U);
}

TEST_F(Errors, AnswersOverTheLimitAreNotRead) {
  config.answer_bytes_max = 1000;
  token_is_given();
  groups_are_expected().replies(200, std::string(2000, ' '));
  EXPECT_EQ(outcome(run(client().groups())), "transient 0");
}

TEST_F(Errors, ACompressedAnswerIsNotUnpacked) {
  token_is_given();
  groups_are_expected().replies(
      200, std::string("\x1f\x8b\x08", 3), {{"Content-Encoding", "gzip"}}
  );
  const auto answer = run(client().groups());
  EXPECT_EQ(outcome(answer), "transient 200");
  EXPECT_NE(answer.error().text.find("compressed (gzip)"), std::string::npos)
      << answer.error().text;
  EXPECT_EQ(tenant.seen().at(0).accept_encoding, "identity");
}

TEST_F(Errors, AnIdThatIsNotUtf8IsNotSent) {
  const auto answer = run(client().add_members(staff, {AccountId("auth0|\xff")}));
  EXPECT_EQ(outcome(answer), "permanent 0");
}

TEST(WaitingTime, IsTheLaterOfBothHeaders) {
  const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
  extension::WireAnswer answer;
  answer.status = 429;
  answer.retry_after = "7";
  answer.rate_limit_reset = std::to_string(to_micros(now) / 1'000'000 + 20);
  EXPECT_EQ(extension::asked_to_wait_until(answer, now), now + 20s);

  answer.retry_after = "Mon, 02 Mar 2026 09:01:00 GMT";
  EXPECT_EQ(extension::asked_to_wait_until(answer, now), now + 60s);
}

TEST(WaitingTime, IsNothingWhenTheHeadersAreInThePastOrNonsense) {
  const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
  extension::WireAnswer answer;
  answer.status = 429;
  answer.retry_after = "soon";
  answer.rate_limit_reset = "1";
  EXPECT_EQ(extension::asked_to_wait_until(answer, now), std::nullopt);
}

TEST(WaitingTime, IsAtMostADay) {
  const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
  extension::WireAnswer answer;
  answer.status = 503;
  answer.retry_after = "99999999999";
  EXPECT_EQ(extension::asked_to_wait_until(answer, now), now + 24h);
}

TEST(HttpDate, ComesInThreeForms) {
  const auto expected = parse_rfc3339("1994-11-06T08:49:37Z");
  EXPECT_EQ(extension::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
  EXPECT_EQ(extension::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
  EXPECT_EQ(extension::parse_http_date("Sun Nov  6 08:49:37 1994"), expected);
  EXPECT_EQ(extension::parse_http_date("yesterday"), std::nullopt);
}

}  // namespace
}  // namespace rosterd::test
