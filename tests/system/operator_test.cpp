#include "company.hpp"

#include <gmock/gmock.h>

namespace rosterd::test {
namespace {

using testing::HasSubstr;

const std::string operator_token = "correct-horse-battery-staple";

/// A daemon on whose operator one can call over TCP and on the socket.
class TheOperator : public Company {
 protected:
  void SetUp() override {
    start_sandbox();
    write_secret("token", operator_token);
    std::string text = config_text();
    const std::string section = "[operator]\n";
    text.insert(
        text.find(section) + section.size(),
        "listen = \"127.0.0.1:0\"\ntoken = { file = \"token\" }\n"
    );
    write_config(text);
    daemon = &start_daemon();
  }

  std::uint16_t operator_port() const {
    const std::string label = "operator_port=";
    const std::string text = told();
    return static_cast<std::uint16_t>(std::stoul(text.substr(text.find(label) + label.size())));
  }
  WireAnswer over_tcp(const std::string& target, const std::string& with_token = operator_token)
      const {
    WireRequest request;
    request.target = target;
    request.headers = {{"Authorization", "Bearer " + with_token}};
    return noted(ask(operator_port(), request).value());
  }
  WireAnswer over_socket(const WireRequest& request) const {
    RawClient client = RawClient::local(path("operator.sock").string());
    const std::string answer = client.say(request.bytes()).answer();
    return noted({status_of(answer), body_of(answer)});
  }

  Program* daemon = nullptr;
};

TEST_F(TheOperator, SeesOverTcpWithTheTokenWhatHappened) {
  send(change("e1", "ada", "Engineering"));
  wait_until_settled();

  EXPECT_EQ(over_tcp("/api/status", "wrong").status, 401U);
  EXPECT_EQ(Json::parse(over_tcp("/api/status").body).at("events").at("applied"), 1);
  const Json events = Json::parse(over_tcp("/api/events?person=ada").body).at("events");
  EXPECT_EQ(events.at(0).at("external_id"), "e1");
  const Json explained = Json::parse(over_tcp("/api/people/ada/explanation").body);
  EXPECT_EQ(explained.at("access").at(0).at("standing"), "agreed");
  EXPECT_GE(Json::parse(over_tcp("/api/history").body).at("points").size(), 1U);
  const std::string metrics = over_tcp("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("rosterd_events_total{source=\"hr\",result=\"accepted\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("rosterd_outbox_events{state=\"applied\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("rosterd_event_to_applied_seconds_count{lane=\"normal\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("rosterd_store_readable 1\n"));
}

TEST_F(TheOperator, MeasuresHowLongALeaverKeptAccess) {
  send(change("e1", "ada", "Engineering"));
  wait_until_settled();
  send(leaving("e2", "ada"));
  wait_until_settled();

  const Json status = Json::parse(over_tcp("/api/status").body);
  EXPECT_GE(status.at("time_to_revoke").at("count"), 1);
  EXPECT_GT(status.at("time_to_revoke").at("p99_seconds"), 0.0);
}

TEST_F(TheOperator, NeedsNoTokenOnTheSocketAndNoPageOfOthersGetsThere) {
  WireRequest request;
  request.target = "/api/status";
  EXPECT_EQ(over_socket(request).status, 200U);
  request.headers = {{"Origin", "http://evil.example"}};
  EXPECT_EQ(over_socket(request).status, 403U);
}

TEST_F(TheOperator, IsNotReachedThroughThePortOfTheWebhooks) {
  for (const char* target :
       {"/",
        "/index.html",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/status",
        "/api/events",
        "/api/holds/decide",
        "/api/reconcile"}) {
    for (const char* method : {"GET", "POST"}) {
      WireRequest request;
      request.method = method;
      request.target = target;
      request.headers = {
          {"Authorization", "Bearer " + operator_token}, {"Content-Type", "application/json"}};
      EXPECT_EQ(ask(webhook_port(), request).value().status, 404U) << method << " " << target;
    }
  }
}

TEST_F(TheOperator, HasAnotherTokenAfterAReload) {
  write_secret("token", "another-horse-battery-staple");
  daemon->signal(SIGHUP);
  eventually("the other token", [&] {
    return over_tcp("/metrics", "another-horse-battery-staple").status == 200U;
  });
  EXPECT_EQ(over_tcp("/metrics").status, 401U);
}

TEST_F(TheOperator, LeavesNothingOfTheStoresLogBehindWhenItStops) {
  EXPECT_EQ(over_tcp("/api/people").status, 200U);
  EXPECT_EQ(stop_daemon(), 0);
  EXPECT_FALSE(std::filesystem::exists(path("rosterd.db-wal")));
}

}  // namespace
}  // namespace rosterd::test
