#include "operator_api.hpp"

#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace rosterd {
namespace {

/// Remembers what it was asked.
class FakeOutboxControl : public OutboxControl {
 public:
  Task<std::vector<EventId>> replay(EventSelection selection, Instant) override {
    asked = std::move(selection);
    co_return ids;
  }
  Task<std::vector<EventId>> cancel(EventSelection selection, std::string why, Instant) override {
    asked = std::move(selection);
    reason = std::move(why);
    co_return ids;
  }

  std::vector<EventId> ids = {41, 42};
  std::optional<EventSelection> asked;
  std::string reason;
};

class CollectedLog : public Log {
 public:
  void write(LogLevel, std::string_view message, const std::vector<LogField>&) override {
    lines.emplace_back(message);
  }
  std::vector<std::string> lines;
};

class TheOperatorApi : public testing::Test {
 protected:
  HttpResponse ask(const std::string& method, const std::string& target, const std::string& body) {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    return test::run(api.handle(request));
  }
  HttpResponse post(const std::string& target, const std::string& body) {
    return ask("POST", target, body);
  }

  FakeOutboxControl control;
  test::ManualClock clock;
  CollectedLog log;
  std::vector<std::string> missing;
  int notified = 0;
  std::string approved;
  OperatorApi api{
      {control,
       clock,
       log,
       [this] { return missing; },
       [this] { ++notified; },
       [this](const std::string& drop, const std::string& sha256) {
         approved = drop + " " + sha256;
         return drop == "hr files";
       }}};
};

TEST_F(TheOperatorApi, TellsWhetherTheDaemonLivesAndIsReady) {
  EXPECT_EQ(ask("GET", "/healthz", "").status, 200U);
  EXPECT_EQ(ask("GET", "/readyz", "").body, "ready\n");
  missing = {"recovery is not done"};
  const HttpResponse not_ready = ask("GET", "/readyz", "");
  EXPECT_EQ(not_ready.status, 503U);
  EXPECT_EQ(not_ready.body, "recovery is not done\n");
}

TEST_F(TheOperatorApi, TakesASelectionAsTheCommandWritesIt) {
  EventSelection selection;
  selection.ids = {1, 17};
  selection.person = PersonId("a \"quoted\" pérson");
  selection.states = {EventState::dead, EventState::applied};
  selection.error = ErrorClass::no_account;
  selection.source = "hr";
  selection.received_from = parse_rfc3339("2026-03-01T00:00:00Z");
  selection.received_to = parse_rfc3339("2026-03-02T10:20:30.123456Z");

  const HttpResponse answer = post("/api/events/cancel", selection_json(selection, "typo in HR"));

  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(nlohmann::json::parse(answer.body).at("ids"), (std::vector<EventId>{41, 42}));
  ASSERT_TRUE(control.asked);
  EXPECT_EQ(control.asked->ids, selection.ids);
  EXPECT_EQ(control.asked->person, selection.person);
  EXPECT_EQ(control.asked->states, selection.states);
  EXPECT_EQ(control.asked->error, selection.error);
  EXPECT_EQ(control.asked->source, selection.source);
  EXPECT_EQ(control.asked->received_from, selection.received_from);
  EXPECT_EQ(control.asked->received_to, selection.received_to);
  EXPECT_EQ(control.reason, "typo in HR");
  EXPECT_EQ(notified, 1);
}

TEST_F(TheOperatorApi, LogsOneLineForWhatSomebodyDid) {
  post("/api/events/replay", R"({"ids": [17]})");
  EXPECT_EQ(log.lines, (std::vector<std::string>{"events replayed by hand"}));
}

class Refused : public TheOperatorApi, public testing::WithParamInterface<const char*> {};

TEST_P(Refused, IsWhatCouldSelectMoreThanWasMeant) {
  for (const char* target : {"/api/events/replay", "/api/events/cancel"}) {
    const HttpResponse answer = post(target, GetParam());
    EXPECT_EQ(answer.status, 400U) << GetParam();
    EXPECT_FALSE(nlohmann::json::parse(answer.body).at("error").get<std::string>().empty());
  }
  EXPECT_FALSE(control.asked);
  EXPECT_EQ(notified, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Refused,
    testing::Values(
        "",
        "{",
        "[]",
        "null",
        "17",
        "{}",
        R"({"reason": "no selection"})",
        R"({"ids": []})",
        R"({"ids": 17})",
        R"({"ids": ["17"]})",
        R"({"ids": [1.5]})",
        R"({"ids": [-1]})",
        R"({"ids": [18446744073709551615]})",
        R"({"person": 4711})",
        R"({"person": null})",
        R"({"states": "dead"})",
        R"({"states": ["dead", "died"]})",
        R"({"states": [7]})",
        R"({"class": "odd"})",
        R"({"class": ["transient"]})",
        R"({"source": {}})",
        R"({"from": "yesterday", "person": "4711"})",
        R"({"to": 1770000000, "person": "4711"})",
        R"({"person": "4711", "reason": 5})",
        R"({"person": "4711", "sate": "dead"})"
    )
);

TEST_F(TheOperatorApi, ApprovesAFileOfADrop) {
  const std::string sha256(64, 'a');
  const HttpResponse answer =
      post("/api/drops/hr%20files/approve", R"({"sha256": ")" + sha256 + R"("})");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(approved, "hr files " + sha256);
  EXPECT_EQ(post("/api/drops/other/approve", R"({"sha256": ")" + sha256 + R"("})").status, 404U);
}

TEST_F(TheOperatorApi, ApprovesNothingThatNamesNoFile) {
  for (const char* body : {"", "[]", "{}", R"({"sha256": 5})", R"({"sha256": "abc"})"}) {
    EXPECT_EQ(post("/api/drops/hr%20files/approve", body).status, 400U) << body;
  }
  EXPECT_EQ(approved, "");
}

TEST_F(TheOperatorApi, HasNothingElseAndSaysWhichMethodIsRight) {
  EXPECT_EQ(ask("GET", "/", "").status, 404U);
  EXPECT_EQ(post("/api/events/delete", "{}").status, 404U);
  EXPECT_EQ(post("/api/drops//approve", "{}").status, 404U);
  EXPECT_EQ(post("/api/drops/%zz/approve", "{}").status, 404U);
  const HttpResponse answer = ask("GET", "/api/events/replay", "");
  EXPECT_EQ(answer.status, 405U);
  ASSERT_EQ(answer.headers.size(), 1U);
  EXPECT_EQ(answer.headers[0].second, "POST");
  EXPECT_EQ(ask("POST", "/healthz", "").status, 405U);
}

}  // namespace
}  // namespace rosterd
