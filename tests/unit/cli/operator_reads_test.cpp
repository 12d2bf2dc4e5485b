#include "operator_reads.hpp"

#include "contract/guard_fixture.hpp"
#include "support/manual_clock.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace rosterd {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

std::string keys(const Json& json) {
  std::string text;
  for (const auto& [key, value] : json.items()) text += (text.empty() ? "" : " ") + key;
  return text;
}

class CollectedLog : public Log {
 public:
  void write(LogLevel, std::string_view message, const std::vector<LogField>&) override {
    lines.emplace_back(message);
  }
  std::vector<std::string> lines;
};

/// A daemon's store with a bit of everything in it.
class TheOperator : public test::GuardStoreTest {
 protected:
  void SetUp() override {
    applied_ = accepted({.person = "ada", .id = "e1"});
    dead_ = accepted({.person = "bob <b>", .id = "e2"});
    take();
    Settlement settlement;
    settlement.people = {record("ada", applied_), record("bob <b>", dead_)};
    settlement.people.front().attributes["email"] = std::string("ada@example.com");
    settlement.links[PersonId("ada")] = {AccountId("auth0|ada")};
    settlement.granted = {ledger_entry("ada", "Engineering")};
    settlement.events = {became(applied_, EventState::applied), became(dead_, EventState::dead)};
    settlement.events.back().error = ErrorClass::unknown_entitlement;
    settlement.events.back().reason = "the tenant has no group <Staff>";
    OperationRecord& operation = settlement.operations.emplace_back();
    operation.person = PersonId("ada");
    operation.account = AccountId("auth0|ada");
    operation.event = applied_;
    operation.sent_at = now;
    settlement.holds = {hold({held_of_leaver("cyd", "Staff")})};
    settlement.drift = {drift_row()};
    settlement.checked = {{{PersonId("cyd"), AccountId("auth0|cyd")}, {residual_access()}}};
    settle(std::move(settlement));
  }

  static DriftRow drift_row() {
    DriftRow row;
    row.drift.kind = DriftKind::foreign;
    row.drift.person = PersonId("ada");
    row.drift.account = AccountId("auth0|ada");
    row.drift.entitlement.id = EntitlementId("g-9");
    row.drift.name.name = "Wiki";
    return row;
  }
  static ResidualAccess residual_access() {
    ResidualAccess access;
    access.name.name = "Staff";
    access.way = "member of Interns, which is nested in Staff";
    return access;
  }

  HttpResponse get(const std::string& target) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    return temp.run(reads.handle(request));
  }
  Json read(const std::string& target) {
    const HttpResponse answer = get(target);
    EXPECT_EQ(answer.status, 200U) << target << "\n" << answer.body;
    EXPECT_EQ(answer.content_type, "application/json");
    return Json::parse(answer.body);
  }
  std::string error_of(const HttpResponse& answer) {
    return Json::parse(answer.body).at("error").get<std::string>();
  }
  std::string ids(const std::string& target) {
    std::string text;
    const Json answer = read(target);
    for (const Json& row : answer.at("events")) text += row.at("id").dump() + " ";
    return text;
  }
  std::string people(const std::string& target) {
    std::string text;
    const Json answer = read(target);
    for (const Json& row : answer.at("people")) text += row.at("id").get<std::string>() + ";";
    return text;
  }

  EventId applied_ = 0;
  EventId dead_ = 0;
  LiveStatus live;
  OperatorHistory history;
  CollectedLog log;
  bool payloads = false;
  bool store_is_broken = false;
  StoreReader reader{temp.loop().get_executor(), [this]() -> std::unique_ptr<Views> {
                       if (store_is_broken) throw std::runtime_error("disk I/O error");
                       return temp.views();
                     }};
  OperatorReads reads{
      {reader,
       history,
       log,
       [this] { return live; },
       [] {
         return [](Views& views, const PersonId& id) -> std::optional<std::string> {
           if (!views.person(id)) return std::nullopt;
           return "{\"explained\": \"" + id.value + "\"}";
         };
       },
       [this] { return payloads; }}};
};

TEST_F(TheOperator, ReadsTheStatusOfStoreAndDaemon) {
  live.calls_per_second = 1.5;
  live.calls_last_minute = 12;
  live.storage_limit = 512'000;
  live.uptime = 90s;
  live.time_to_revoke.count = 2;
  live.time_to_revoke.p50 = 1500ms;
  live.time_to_revoke.p99 = 3s;

  const Json status = read("/api/status");

  EXPECT_EQ(status.at("events").at("dead"), 1);
  EXPECT_EQ(status.at("holds").size(), 1U);
  EXPECT_EQ(status.at("residual"), 1);
  EXPECT_EQ(status.at("drift").at("foreign"), 1);
  EXPECT_EQ(status.at("ready"), true);
  EXPECT_EQ(status.at("breaker"), "closed");
  EXPECT_TRUE(status.at("pause").is_null());
  EXPECT_EQ(status.at("calls_per_second"), 1.5);
  EXPECT_EQ(status.at("calls_last_minute"), 12);
  EXPECT_EQ(
      status.at("time_to_revoke").dump(), R"({"count":2,"p50_seconds":1.5,"p99_seconds":3.0})"
  );
  EXPECT_EQ(status.at("storage_limit_bytes"), 512'000);
  EXPECT_EQ(status.at("uptime_seconds"), 90);
  EXPECT_FALSE(status.at("version").get<std::string>().empty());
}

TEST_F(TheOperator, IsToldWhatIsNotReadyAndWhatHasNotHappenedYet) {
  live.not_ready = {"recovery is not done"};
  live.breaker = Breaker::State::open;
  live.pause = extension::Pause{"a <scope> is missing", nine};

  const Json status = read("/api/status");

  EXPECT_EQ(status.at("ready").dump(), R"(["recovery is not done"])");
  EXPECT_EQ(status.at("breaker"), "open");
  EXPECT_EQ(
      status.at("pause").dump(),
      R"({"reason":"a <scope> is missing","until":"2026-03-02T09:00:00Z"})"
  );
  EXPECT_EQ(
      status.at("time_to_revoke").dump(), R"({"count":0,"p50_seconds":null,"p99_seconds":null})"
  );
  EXPECT_TRUE(status.at("storage_limit_bytes").is_null());
}

TEST_F(TheOperator, ReadsTheLastDayAsPoints) {
  StatusView view;
  view.events[EventState::pending] = 3;
  view.oldest_open_received_at = nine - 90s;
  HistoryTotals totals;
  totals.removed = 4;
  history.add(nine, view, totals);

  EXPECT_EQ(
      read("/api/history").dump(),
      R"({"interval_seconds":60,"points":[{"at":"2026-03-02T09:00:00Z","open":3,"held":0,"dead":0,)"
      R"("oldest_pending_seconds":90,"applied":0,"granted":0,"removed":4,"calls":0,)"
      R"("lost_writes":0}]})"
  );
}

TEST_F(TheOperator, FindsEventsByWhatIsKnownOfThem) {
  const std::string both = std::to_string(dead_) + " " + std::to_string(applied_) + " ";
  const std::string first = std::to_string(applied_) + " ";
  const std::string second = std::to_string(dead_) + " ";
  EXPECT_EQ(ids("/api/events"), both);
  EXPECT_EQ(ids("/api/events?limit=1"), second);
  EXPECT_EQ(ids("/api/events?before=" + std::to_string(dead_)), first);
  EXPECT_EQ(ids("/api/events?state=dead"), second);
  EXPECT_EQ(ids("/api/events?class=unknown_entitlement"), second);
  EXPECT_EQ(ids("/api/events?person=bob+%3Cb%3E"), second);
  EXPECT_EQ(ids("/api/events?source=hr&person=ada"), first);
  EXPECT_EQ(ids("/api/events?source=payroll"), "");
}

TEST_F(TheOperator, ReadsAnEventWithWhatWasDoneAboutIt) {
  const Json event = read("/api/events/" + std::to_string(applied_));
  EXPECT_EQ(
      keys(event),
      "id source external_id type mode person state received_at occurred_at effective_at sequence "
      "attempts crashes next_attempt_at finished_at class reason replay_of attributes attempt_log "
      "operations"
  );
  EXPECT_EQ(event.at("attributes").at("department"), "Engineering");
  EXPECT_EQ(event.at("operations").size(), 1U);
}

TEST_F(TheOperator, SeesAPayloadOnlyWhereTheConfigurationSaysSo) {
  const std::string target = "/api/events/" + std::to_string(applied_);
  EXPECT_FALSE(read(target).contains("payload"));
  payloads = true;
  EXPECT_EQ(read(target).at("payload"), "e1Engineering");
}

TEST_F(TheOperator, FindsPeople) {
  EXPECT_EQ(people("/api/people"), "ada;bob <b>;");
  EXPECT_EQ(people("/api/people?limit=1"), "ada;");
  EXPECT_EQ(people("/api/people?after=ada"), "bob <b>;");
  EXPECT_EQ(people("/api/people?search=ADA%40EXAMPLE"), "ada;");
  const Json ada = read("/api/people?search=ada").at("people").at(0);
  EXPECT_EQ(ada.at("accounts").dump(), R"(["auth0|ada"])");
  EXPECT_EQ(ada.at("assignments").at(0).at("entitlement"), "Engineering");
}

TEST_F(TheOperator, HasAPersonExplained) {
  EXPECT_EQ(read("/api/people/bob%20%3Cb%3E/explanation").at("explained"), "bob <b>");
  const HttpResponse nobody = get("/api/people/nobody%0A/explanation");
  EXPECT_EQ(nobody.status, 404U);
  EXPECT_EQ(error_of(nobody), "there is no person nobody\\x0A");
}

TEST_F(TheOperator, ReadsHoldsWithTheirRemovals) {
  const Json holds = read("/api/holds").at("holds");
  ASSERT_EQ(holds.size(), 1U);
  EXPECT_EQ(holds.at(0).at("removals").at(0).at("person"), "cyd");
  const std::string hash = holds.at(0).at("hash").get<std::string>();
  EXPECT_EQ(read("/api/holds/" + hash), holds.at(0));
  EXPECT_EQ(get("/api/holds/" + std::string(64, '0')).status, 404U);
}

TEST_F(TheOperator, ReadsHoldsThatAreOverWhenAsked) {
  Hold over = temp.views()->holds(false, 1).at(0);
  over.state = HoldState::lapsed;
  over.finished_at = now;
  over.removals.clear();
  settle_hold(over);

  EXPECT_TRUE(read("/api/holds").at("holds").empty());
  EXPECT_TRUE(read("/api/holds?all=false").at("holds").empty());
  EXPECT_EQ(read("/api/holds?all=true").at("holds").at(0).at("state"), "lapsed");
  EXPECT_EQ(read("/api/holds/" + over.hash).at("state"), "lapsed");
}

TEST_F(TheOperator, ReadsDriftAndWhatIsLeftToLeavers) {
  EXPECT_EQ(read("/api/drift").at("drift").at(0).at("entitlement"), "Wiki");
  EXPECT_EQ(read("/api/residual").at("residual").at(0).at("person"), "cyd");
  EXPECT_EQ(read("/api/residual?person=cyd").at("residual").size(), 1U);
  EXPECT_TRUE(read("/api/residual?person=ada").at("residual").empty());
}

TEST_F(TheOperator, ReadsFilesNewestFirst) {
  for (const char* name : {"monday.csv", "tuesday.csv"}) {
    Intake intake = temp.run(temp.intake().begin("hr-files", name, test::digest_of(name), now));
    intake.state = IntakeState::rejected;
    intake.finished_at = now;
    temp.run(temp.intake().finish(intake));
  }
  EXPECT_EQ(read("/api/files").at("files").size(), 2U);
  EXPECT_EQ(read("/api/files?limit=1").at("files").at(0).at("file"), "tuesday.csv");
}

class Harmless : public TheOperator, public testing::WithParamInterface<const char*> {};

TEST_P(Harmless, InputFindsNothingAndBreaksNothing) {
  const std::string input = percent_encoded(GetParam());

  EXPECT_EQ(ids("/api/events?person=" + input), "");
  EXPECT_EQ(ids("/api/events?source=" + input), "");
  EXPECT_EQ(people("/api/people?search=" + input), "");
  EXPECT_TRUE(read("/api/residual?person=" + input).at("residual").empty());
  for (const char* path : {"/api/events/", "/api/holds/"}) {
    EXPECT_EQ(get(path + input).status, 404U) << path;
  }
  EXPECT_EQ(get("/api/people/" + input + "/explanation").status, 404U);
  for (const char* parameter : {"state", "class", "before", "limit"}) {
    EXPECT_EQ(get("/api/events?" + std::string(parameter) + "=" + input).status, 400U);
  }
  EXPECT_EQ(get("/api/events?" + input + "=1").status, 400U);
  EXPECT_EQ(people("/api/people"), "ada;bob <b>;");
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Harmless,
    testing::Values(
        "' OR '1'='1",
        "\"; DROP TABLE person; --",
        "%' UNION SELECT payload FROM event_payload --",
        "1); DELETE FROM outbox; --",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{7*7}}",
        "../../etc/passwd",
        "a\r\nSet-Cookie: x=1",
        "\xff\xfe\x80"
    )
);

TEST_F(TheOperator, IsRefusedWhatWouldShowSomethingElseThanWasAskedFor) {
  for (const char* target :
       {"/api/status?verbose=1",
        "/api/history?hours=1",
        "/api/events?sate=dead",
        "/api/events?state=dead&state=held",
        "/api/events?limit=1001",
        "/api/people?limit=0",
        "/api/holds?all=yes",
        "/api/holds/x?all=true",
        "/api/files?before=1",
        "/api/drift?kind=foreign",
        "/api/residual?person=%zz",
        "/api/people/ada/explanation?at=now"}) {
    const HttpResponse answer = get(target);
    EXPECT_EQ(answer.status, 400U) << target;
    EXPECT_FALSE(error_of(answer).empty());
  }
}

TEST_F(TheOperator, FindsNothingElse) {
  for (const char* target :
       {"/api",
        "/api/",
        "/api/events/",
        "/api/events/17/payload",
        "/api/events/9999",
        "/api/events/17abc",
        "/api/people/ada",
        "/api/people//explanation",
        "/api/people/a/b/explanation",
        "/api/config"}) {
    EXPECT_EQ(get(target).status, 404U) << target;
  }
}

TEST_F(TheOperator, IsToldWhenTheStoreFailsAndReadsAgainWhenItDoesNot) {
  store_is_broken = true;
  const HttpResponse answer = get("/api/drift");
  EXPECT_EQ(answer.status, 500U);
  EXPECT_EQ(error_of(answer), "the store could not be read: disk I/O error");
  EXPECT_EQ(log.lines, std::vector<std::string>{"the operator could not read the store"});

  store_is_broken = false;
  EXPECT_EQ(get("/api/drift").status, 200U);
}

}  // namespace
}  // namespace rosterd
