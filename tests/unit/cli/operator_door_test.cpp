#include "operator_door.hpp"

#include "rosterd/adapters/openssl/crypto.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace rosterd {
namespace {

using namespace std::chrono_literals;

/// Says its name and the path it was asked for.
class Room : public HttpHandler {
 public:
  explicit Room(std::string name) : name_(std::move(name)) {}
  Task<HttpResponse> handle(const HttpRequest& request) override {
    co_return HttpResponse(status, "text/plain", name_ + " " + std::string(request.path()));
  }
  std::size_t body_bytes_max(std::string_view) const override { return 17; }

  unsigned status = 200;

 private:
  std::string name_;
};

class CountedLog : public Log {
 public:
  void write(LogLevel, std::string_view, const std::vector<LogField>&) override { ++lines; }
  int lines = 0;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class TheDoor : public testing::Test {
 protected:
  static OperatorDoor::Parts parts(TheDoor& test) {
    return {
        test.actions,
        test.reads,
        test.metrics,
        {{"app.js", "1"}, {"icon.svg", "<svg/>"}, {"index.html", "<html>"}, {"style.css", "a{}"}},
        *test.crypto,
        test.clock,
        test.log};
  }

  HttpResponse ask(
      OperatorDoor& door, const std::string& method, const std::string& target, Headers headers = {}
  ) {
    const bool has_host = !headers.empty() && headers.front().first == "Host";
    if (!has_host) headers.insert(headers.begin(), {"Host", "localhost:8086"});
    HttpRequest request;
    request.method = method;
    request.target = target;
    for (const auto& [name, value] : headers) request.headers.emplace_back(name, value);
    return test::run(door.handle(request));
  }
  HttpResponse over_tcp(
      const std::string& method, const std::string& target, const Headers& headers = {}
  ) {
    return ask(tcp, method, target, headers);
  }
  HttpResponse over_socket(
      const std::string& method, const std::string& target, const Headers& headers = {}
  ) {
    return ask(socket, method, target, headers);
  }
  static std::string header(const HttpResponse& response, const std::string& name) {
    std::string value;
    for (const auto& one : response.headers) {
      if (one.first == name) value += (value.empty() ? "" : " | ") + one.second;
    }
    return value;
  }

  const std::pair<std::string, std::string> good{"Authorization", "Bearer correct-horse"};
  const std::pair<std::string, std::string> json{"Content-Type", "application/json"};

  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  test::ManualClock clock;
  CountedLog log;
  Room actions{"actions"};
  Room reads{"reads"};
  Room metrics{"metrics"};
  OperatorDoor tcp{parts(*this), Secret("correct-horse")};
  OperatorDoor socket{parts(*this), std::nullopt};
};

TEST_F(TheDoor, LeadsToTheRightRoom) {
  EXPECT_EQ(over_tcp("GET", "/healthz").body, "actions /healthz");
  EXPECT_EQ(over_tcp("GET", "/readyz").body, "actions /readyz");
  EXPECT_EQ(over_tcp("GET", "/metrics", {good}).body, "metrics /metrics");
  EXPECT_EQ(over_tcp("HEAD", "/metrics", {good}).body, "metrics /metrics");
  EXPECT_EQ(over_tcp("GET", "/api/events?state=dead", {good}).body, "reads /api/events");
  EXPECT_EQ(over_tcp("POST", "/api/reconcile", {good, json}).body, "actions /api/reconcile");
}

TEST_F(TheDoor, AsksForNoTokenOnTheSocketWhoseModeIsThePermission) {
  EXPECT_EQ(over_socket("GET", "/metrics").status, 200U);
  EXPECT_EQ(over_socket("GET", "/api/status").status, 200U);
  EXPECT_EQ(over_socket("POST", "/api/reconcile", {json}).status, 200U);
}

TEST_F(TheDoor, TellsEverybodyThatAndOnlySomeWhyItIsNotReady) {
  actions.status = 503;
  const HttpResponse open = over_tcp("GET", "/readyz");
  EXPECT_EQ(open.status, 503U);
  EXPECT_EQ(open.body, "not ready; the token shows why\n");
  EXPECT_EQ(over_tcp("GET", "/readyz", {good}).body, "actions /readyz");
  EXPECT_EQ(over_socket("GET", "/readyz").body, "actions /readyz");
}

TEST_F(TheDoor, HasThePageForEverybodyBecauseItHoldsNothing) {
  const HttpResponse page = over_tcp("GET", "/");
  EXPECT_EQ(page.body, "<html>");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(over_tcp("GET", "/app.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(over_tcp("GET", "/style.css").content_type, "text/css; charset=utf-8");
  EXPECT_EQ(over_tcp("GET", "/icon.svg").content_type, "image/svg+xml");
}

TEST_F(TheDoor, HasNothingElse) {
  for (const char* target :
       {"/index",
        "/page/app.js",
        "/../etc/passwd",
        "//app.js",
        "",
        "*",
        "/metrics/",
        "/v1/events/hr",
        "/api%2fstatus",
        "http://localhost/api/status"}) {
    EXPECT_EQ(over_tcp("GET", target, {good}).status, 404U) << target;
  }
}

class WithoutTheToken : public TheDoor, public testing::WithParamInterface<const char*> {};

TEST_P(WithoutTheToken, NobodyComesIn) {
  for (const char* target : {"/metrics", "/api/status", "/api", "/api/nothing/here"}) {
    const HttpResponse answer = over_tcp("GET", target, {{"Authorization", GetParam()}});
    EXPECT_EQ(answer.status, 401U) << target;
    EXPECT_EQ(
        header(answer, "WWW-Authenticate"), R"(Bearer realm="rosterd", error="invalid_token")"
    );
    EXPECT_EQ(answer.body.find("correct"), std::string::npos);
  }
  EXPECT_EQ(over_tcp("POST", "/api/reconcile", {json, {"Authorization", GetParam()}}).status, 401U);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    WithoutTheToken,
    testing::Values(
        "Bearer wrong-horse",
        "Bearer correct-hors",
        "Bearer correct-horse1",
        "Bearer CORRECT-HORSE",
        "Bearer",
        "Bearer ",
        "correct-horse",
        "Basic correct-horse",
        "Bearer correct-horse, Bearer wrong",
        ""
    )
);

TEST_F(TheDoor, SaysHowToAskWhereNoTokenWasGiven) {
  const HttpResponse answer = over_tcp("GET", "/metrics");
  EXPECT_EQ(answer.status, 401U);
  EXPECT_EQ(header(answer, "WWW-Authenticate"), R"(Bearer realm="rosterd")");
}

TEST_F(TheDoor, TakesTheTokenOnceAndInAnyCaseOfTheScheme) {
  EXPECT_EQ(over_tcp("GET", "/metrics", {{"authorization", "bearer correct-horse"}}).status, 200U);
  EXPECT_EQ(over_tcp("GET", "/metrics", {good, {"Authorization", "Bearer x"}}).status, 401U);
  EXPECT_EQ(over_tcp("GET", "/metrics", {good, good}).status, 401U);
}

TEST_F(TheDoor, TakesAnotherTokenAfterAReload) {
  tcp.replace_token(Secret("battery-staple"));
  EXPECT_EQ(over_tcp("GET", "/metrics", {good}).status, 401U);
  EXPECT_EQ(over_tcp("GET", "/metrics", {{"Authorization", "Bearer battery-staple"}}).status, 200U);
  socket.replace_token(Secret("battery-staple"));
  EXPECT_EQ(over_socket("GET", "/metrics").status, 200U);
}

TEST_F(TheDoor, TellsOfWrongTokensOnceAMinute) {
  const Headers wrong = {{"Authorization", "Bearer wrong"}};
  for (int i = 0; i < 5; ++i) over_tcp("GET", "/metrics", wrong);
  EXPECT_EQ(log.lines, 1);
  clock.advance(1min);
  over_tcp("GET", "/metrics", wrong);
  over_tcp("GET", "/metrics");
  EXPECT_EQ(log.lines, 2);
}

class ForeignOrigin : public TheDoor, public testing::WithParamInterface<const char*> {};

TEST_P(ForeignOrigin, IsRefusedWhateverElseIsRight) {
  const std::pair<std::string, std::string> origin{"Origin", GetParam()};
  EXPECT_EQ(over_tcp("POST", "/api/reconcile", {good, json, origin}).status, 403U);
  EXPECT_EQ(over_tcp("GET", "/api/status", {good, origin}).status, 403U);
  EXPECT_EQ(over_socket("POST", "/api/reconcile", {json, origin}).status, 403U);
  EXPECT_EQ(over_socket("OPTIONS", "/api/reconcile", {origin}).status, 403U);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    ForeignOrigin,
    testing::Values(
        "http://evil.example",
        "http://evil.example:8086",
        "http://localhost",
        "http://localhost:8087",
        "http://localhost:8086.evil.example",
        "http://127.0.0.1:8086",
        "localhost:8086",
        "null",
        ""
    )
);

TEST_F(TheDoor, LetsThePageItselfAct) {
  for (const char* origin : {"http://localhost:8086", "https://LOCALHOST:8086"}) {
    EXPECT_EQ(over_tcp("POST", "/api/reconcile", {good, json, {"Origin", origin}}).status, 200U);
  }
}

TEST_F(TheDoor, RefusesAPageThatFoundAWayToTheSocketUnderAnotherName) {
  for (const char* host : {"evil.example:8086", "evil.example", "127.0.0.1.evil.example", ""}) {
    const Headers headers = {{"Host", host}, json};
    EXPECT_EQ(over_socket("GET", "/api/status", headers).status, 403U) << host;
    EXPECT_EQ(over_socket("POST", "/api/reconcile", headers).status, 403U) << host;
    EXPECT_EQ(over_socket("GET", "/healthz", headers).status, 200U) << host;
  }
  for (const char* host : {"localhost", "rosterd", "127.0.0.1:9000", "[::1]:8086", "LocalHost:1"}) {
    EXPECT_EQ(over_socket("GET", "/api/status", {{"Host", host}}).status, 200U) << host;
  }
  EXPECT_EQ(over_tcp("GET", "/api/status", {{"Host", "ops.example"}, good}).status, 200U);
}

TEST_F(TheDoor, TakesJsonOnlyWhichAStrangersFormCannotSend) {
  const auto posted_as = [&](const std::string& type) {
    return over_tcp("POST", "/api/reconcile", {good, {"Content-Type", type}}).status;
  };
  EXPECT_EQ(posted_as("application/json"), 200U);
  EXPECT_EQ(posted_as("Application/JSON; charset=utf-8"), 200U);
  EXPECT_EQ(posted_as("text/plain"), 415U);
  EXPECT_EQ(posted_as("application/x-www-form-urlencoded"), 415U);
  EXPECT_EQ(posted_as("application/jsonp"), 415U);
  EXPECT_EQ(over_tcp("POST", "/api/reconcile", {good}).status, 415U);
}

TEST_F(TheDoor, SaysWhichMethodIsRight) {
  EXPECT_EQ(header(over_tcp("POST", "/", {json}), "Allow"), "GET");
  EXPECT_EQ(header(over_tcp("DELETE", "/metrics", {good}), "Allow"), "GET");
  EXPECT_EQ(header(over_tcp("PUT", "/api/status", {good}), "Allow"), "GET, POST");
  EXPECT_EQ(over_tcp("OPTIONS", "/api/status", {good}).status, 405U);
}

TEST_F(TheDoor, RefusesBeforeTheBodyIsRead) {
  HttpRequest request;
  request.method = "POST";
  request.target = "/api/reconcile";
  request.headers = {{"Host", "localhost"}, {"Content-Type", "application/json"}};
  ASSERT_TRUE(tcp.refuse_early(request));
  EXPECT_EQ(tcp.refuse_early(request)->status, 401U);
  EXPECT_FALSE(socket.refuse_early(request));
}

TEST_F(TheDoor, TellsBrowsersWhatNotToDo) {
  const std::string policy =
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
      "object-src 'none'";
  const std::vector<HttpResponse> answers = {
      over_tcp("GET", "/"),
      over_tcp("GET", "/api/status", {good}),
      over_tcp("GET", "/metrics"),
      over_tcp("GET", "/nothing"),
      over_tcp("GET", "/api/status", {good, {"Origin", "http://evil.example"}}),
      tcp.protocol_error(400)};
  for (const HttpResponse& answer : answers) {
    EXPECT_EQ(header(answer, "Content-Security-Policy"), policy);
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(answer, "X-Frame-Options"), "DENY");
    EXPECT_EQ(header(answer, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(answer, "Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "");
  }
  EXPECT_EQ(header(over_tcp("GET", "/api/status", {good}), "Cache-Control"), "no-store");
  EXPECT_EQ(header(over_tcp("GET", "/app.js"), "Cache-Control"), "no-cache");
}

}  // namespace
}  // namespace rosterd
