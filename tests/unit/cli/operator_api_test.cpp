#include "operator_api.hpp"

#include "cli/json.hpp"
#include "operator_request.hpp"
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
  Task<std::vector<EventId>> replay(EventSelection selection, std::string who, Instant) override {
    asked = std::move(selection);
    by = std::move(who);
    co_return ids;
  }
  Task<std::vector<EventId>> cancel(
      EventSelection selection, std::string why, std::string who, Instant
  ) override {
    asked = std::move(selection);
    reason = std::move(why);
    by = std::move(who);
    co_return ids;
  }

  std::vector<EventId> ids = {41, 42};
  std::optional<EventSelection> asked;
  std::string reason;
  std::string by;
};

/// What the engine does about holds and reconciliations: says what it was told to, and remembers
/// what it was asked.
class FakeWorker {
 public:
  Task<sync::DecisionOutcome> decide(sync::HoldDecision decision) {
    asked = std::move(decision);
    co_return outcome;
  }
  Task<Answer<ReconcileReport>> reconcile(bool repair) {
    repairs = repair;
    co_return report;
  }

  sync::DecisionOutcome outcome;
  Answer<ReconcileReport> report = ReconcileReport();
  std::optional<sync::HoldDecision> asked;
  std::optional<bool> repairs;
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
  FakeWorker worker;
  OperatorApi api{
      {control,
       clock,
       log,
       [this] { return missing; },
       [this] { ++notified; },
       [this](const std::string& drop, const std::string& sha256) {
         approved = drop + " " + sha256;
         return drop == "hr files";
       },
       [this](sync::HoldDecision decision) { return worker.decide(std::move(decision)); },
       [this](bool repair) { return worker.reconcile(repair); }}};
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
  EventsRequest request;
  request.by = "anna";
  request.reason = "typo in HR";
  EventSelection& selection = request.selection;
  selection.ids = {1, 17};
  selection.person = PersonId("a \"quoted\" pérson");
  selection.states = {EventState::dead, EventState::applied};
  selection.error = ErrorClass::no_account;
  selection.source = "hr";
  selection.received_from = parse_rfc3339("2026-03-01T00:00:00Z");
  selection.received_to = parse_rfc3339("2026-03-02T10:20:30.123456Z");

  const HttpResponse answer = post("/api/events/cancel", json_of_request(request));

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
  EXPECT_EQ(control.by, "anna");
  EXPECT_EQ(notified, 1);
}

TEST_F(TheOperatorApi, LogsOneLineForWhatSomebodyDid) {
  post("/api/events/replay", R"({"ids": [17], "by": "anna"})");
  EXPECT_EQ(control.by, "anna");
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
        R"({"reason": "no selection", "by": "anna"})",
        R"({"ids": [], "by": "anna"})",
        R"({"ids": 17, "by": "anna"})",
        R"({"ids": ["17"], "by": "anna"})",
        R"({"ids": [1.5], "by": "anna"})",
        R"({"ids": [-1], "by": "anna"})",
        R"({"ids": [18446744073709551615], "by": "anna"})",
        R"({"person": 4711, "by": "anna"})",
        R"({"person": null, "by": "anna"})",
        R"({"states": "dead", "by": "anna"})",
        R"({"states": ["dead", "died"], "by": "anna"})",
        R"({"states": [7], "by": "anna"})",
        R"({"class": "odd", "by": "anna"})",
        R"({"class": ["transient"], "by": "anna"})",
        R"({"source": {}, "by": "anna"})",
        R"({"from": "yesterday", "person": "4711", "by": "anna"})",
        R"({"to": 1770000000, "person": "4711", "by": "anna"})",
        R"({"person": "4711", "reason": 5, "by": "anna"})",
        R"({"person": "4711", "sate": "dead", "by": "anna"})",
        R"({"by": "anna"})",
        R"({"ids": [17]})",
        R"({"ids": [17], "by": ""})",
        R"({"ids": [17], "by": " "})",
        R"({"ids": [17], "by": null})",
        R"({"ids": [17], "by": 0})"
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
  const std::string also = R"({"sha256": ")" + std::string(64, 'a') + R"(", "also": 1})";
  for (const std::string& body :
       std::vector<std::string>{"", "[]", "{}", R"({"sha256": 5})", R"({"sha256": "abc"})", also}) {
    EXPECT_EQ(post("/api/drops/hr%20files/approve", body).status, 400U) << body;
  }
  EXPECT_EQ(approved, "");
}

Hold hold_of_a_leaver() {
  Hold hold;
  hold.id = 3;
  hold.hash = std::string(64, 'b');
  hold.cause = HoldCause::leavers;
  hold.why = "7 people have left within 24 h; 5 may without approval";
  HeldRemoval& removal = hold.removals.emplace_back();
  removal.person = PersonId("4711");
  removal.account = AccountId("auth0|1");
  removal.entitlement.id = EntitlementId("g-1");
  removal.name.name = "Sales";
  removal.leaver = true;
  return hold;
}

class ADecision : public TheOperatorApi {
 protected:
  static constexpr const char* path = "/api/holds/decide";

  HttpResponse decided(sync::DecisionOutcome outcome) {
    worker.outcome = std::move(outcome);
    sync::HoldDecision decision;
    decision.hash = std::string(64, 'a');
    decision.approve = true;
    decision.by = "anna";
    return post(path, json_of_request(decision));
  }
};

using Kind = sync::DecisionOutcome::Kind;

TEST_F(ADecision, IsTakenAsTheCommandWritesIt) {
  worker.outcome = {Kind::decided, hold_of_a_leaver(), ""};
  sync::HoldDecision decision;
  decision.hash = std::string(64, 'b');
  decision.people = {PersonId("4711"), PersonId("a \"quoted\" pérson")};
  decision.by = "anna";
  decision.note = "typo in HR";

  const HttpResponse answer = post(path, json_of_request(decision));

  EXPECT_EQ(answer.status, 200U);
  ASSERT_TRUE(worker.asked);
  EXPECT_EQ(worker.asked->hash, decision.hash);
  EXPECT_EQ(worker.asked->people, decision.people);
  EXPECT_FALSE(worker.asked->approve);
  EXPECT_EQ(worker.asked->by, "anna");
  EXPECT_EQ(worker.asked->note, "typo in HR");
}

TEST_F(ADecision, IsAnsweredWithTheHoldAndWakesTheWorker) {
  const HttpResponse answer = decided({Kind::decided, hold_of_a_leaver(), ""});
  const auto json = nlohmann::ordered_json::parse(answer.body);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(json.at("result"), "decided");
  EXPECT_EQ(json.at("hold"), cli::json_of(hold_of_a_leaver()));
  EXPECT_EQ(notified, 1);
}

TEST_F(ADecision, IsRefusedWithTheHoldAsItIsNowWhereItDiffers) {
  const HttpResponse answer = decided({Kind::differs, hold_of_a_leaver(), "people have moved"});
  const auto json = nlohmann::ordered_json::parse(answer.body);
  EXPECT_EQ(answer.status, 409U);
  EXPECT_EQ(json.at("error"), "people have moved");
  EXPECT_EQ(json.at("hold"), cli::json_of(hold_of_a_leaver()));
  EXPECT_EQ(notified, 0);
}

TEST_F(ADecision, IsRefusedWithoutAHoldWhereNothingIsLeftOfIt) {
  const HttpResponse answer = decided({Kind::differs, std::nullopt, "nothing asks for it"});
  EXPECT_EQ(answer.status, 409U);
  EXPECT_TRUE(nlohmann::json::parse(answer.body).at("hold").is_null());
}

TEST_F(ADecision, AboutAnUnknownHoldOrWithoutTheTenantIsNone) {
  const HttpResponse unknown = decided({Kind::unknown, std::nullopt, "no hold has this hash"});
  EXPECT_EQ(unknown.status, 404U);
  EXPECT_EQ(unknown.body, "{\"error\":\"no hold has this hash\"}\n");
  const HttpResponse failed = decided({Kind::failed, std::nullopt, "HTTP 503 \xff"});
  EXPECT_EQ(failed.status, 503U);
  EXPECT_EQ(failed.body, "{\"error\":\"HTTP 503 \xef\xbf\xbd\"}\n");
  EXPECT_EQ(notified, 0);
}

TEST_F(ADecision, ThatCouldMeanMoreThanWasMeantIsRefused) {
  const std::string hash(64, 'a');
  const std::string start = R"({"hash": ")" + hash + R"(", "approve": true, "by": "anna")";
  ASSERT_EQ(post(path, start + "}").status, 404U) << "the body that the others are spoilt from";
  worker.asked.reset();
  for (const std::string& body : {
           std::string(),
           std::string("[]"),
           std::string("{}"),
           std::string(R"({"hash": "aaaaaaaaaaaa", "approve": true, "by": "anna"})"),
           R"({"hash": ")" + std::string(64, 'A') + R"(", "approve": true, "by": "anna"})",
           R"({"hash": ")" + hash + R"(", "by": "anna"})",
           R"({"hash": ")" + hash + R"(", "approve": true})",
           R"({"hash": ")" + hash + R"(", "approve": "yes", "by": "anna"})",
           R"({"hash": ")" + hash + R"(", "approve": true, "by": ""})",
           R"({"hash": ")" + hash + R"(", "approve": true, "by": ")" + hash + hash + hash + hash +
               R"("})",
           start + R"(, "people": []})",
           start + R"(, "people": "4711"})",
           start + R"(, "people": [4711]})",
           start + R"(, "person": "4711"})",
           start + R"(, "note": 5})",
       }) {
    const HttpResponse answer = post(path, body);
    EXPECT_EQ(answer.status, 400U) << body;
    EXPECT_FALSE(nlohmann::json::parse(answer.body).at("error").get<std::string>().empty());
  }
  EXPECT_FALSE(worker.asked);
  EXPECT_EQ(notified, 0);
}

TEST_F(TheOperatorApi, ReconcilesAndAnswersWithTheReport) {
  ReconcileReport report;
  report.people = 40;
  report.found[DriftKind::missing] = 2;
  worker.report = report;

  const HttpResponse answer = post("/api/reconcile", R"({"repair": true})");

  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(nlohmann::ordered_json::parse(answer.body), cli::json_of(report));
  EXPECT_EQ(worker.repairs, true);
  EXPECT_EQ(notified, 1);
}

TEST_F(TheOperatorApi, ReconcilesWithoutRepairingWhenToldOnlyToLook) {
  EXPECT_EQ(post("/api/reconcile", R"({"repair": false})").status, 200U);
  EXPECT_EQ(worker.repairs, false);
  EXPECT_EQ(notified, 0);
}

TEST_F(TheOperatorApi, SaysThatTheTenantCouldNotBeReadForAReconciliation) {
  worker.report = TargetError(ErrorClass::transient, 503, "try later");
  const HttpResponse answer = post("/api/reconcile", R"({"repair": true})");
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.body, "{\"error\":\"the tenant could not be read: try later\"}\n");
}

TEST_F(TheOperatorApi, DoesNotGuessWhetherAReconciliationRepairs) {
  for (const char* body :
       {"", "[]", "{}", R"({"repair": 1})", R"({"repair": true, "dry_run": true})"}) {
    EXPECT_EQ(post("/api/reconcile", body).status, 400U) << body;
  }
  EXPECT_FALSE(worker.repairs);
}

TEST_F(TheOperatorApi, HasNothingElseAndSaysWhichMethodIsRight) {
  EXPECT_EQ(ask("GET", "/", "").status, 404U);
  EXPECT_EQ(post("/api/events/delete", "{}").status, 404U);
  EXPECT_EQ(post("/api/drops//approve", "{}").status, 404U);
  EXPECT_EQ(ask("GET", "/api/holds/decide", "").status, 405U);
  EXPECT_EQ(ask("GET", "/api/reconcile", "").status, 405U);
  EXPECT_EQ(post("/api/drops/%zz/approve", "{}").status, 404U);
  const HttpResponse answer = ask("GET", "/api/events/replay", "");
  EXPECT_EQ(answer.status, 405U);
  ASSERT_EQ(answer.headers.size(), 1U);
  EXPECT_EQ(answer.headers[0].second, "POST");
  EXPECT_EQ(ask("POST", "/healthz", "").status, 405U);
}

}  // namespace
}  // namespace rosterd
