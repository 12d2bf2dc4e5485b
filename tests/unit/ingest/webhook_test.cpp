#include "rosterd/ingest/webhook.hpp"

#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_event_log.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::ingest {
namespace {

constexpr std::string_view token = "the-secret-token";
constexpr std::string_view signing_key = "signing-key";

class RecordingLog : public Log {
 public:
  void write(LogLevel, std::string_view message, const std::vector<LogField>& fields) override {
    std::string line(message);
    for (const LogField& field : fields) line += " " + std::string(field.name) + "=" + field.value;
    lines.push_back(line);
  }
  std::string all() const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }
  std::vector<std::string> lines;
};

class Webhook : public testing::Test {
 protected:
  using Header = std::pair<std::string, std::string>;

  Webhook() {
    endpoint.on_accepted = [this](bool leaver) { wakes.push_back(leaver ? "leaver" : "event"); };
  }

  std::vector<WebhookSource> sources() {
    std::vector<WebhookSource> made;
    made.push_back(WebhookSource{"hr", verifier("bearer", token), std::nullopt, "Europe/Berlin"});
    made.push_back(WebhookSource{"git", verifier("github", signing_key), std::nullopt, "UTC"});
    made.push_back(WebhookSource{
        "std", verifier("standard-webhooks", "whsec_c2lnbmluZy1rZXk="), {}, "UTC"});
    return made;
  }

  SignatureVerifier verifier(const char* profile, std::string_view key) {
    const std::vector<Secret> keys{Secret(std::string(key))};
    return *SignatureVerifier::make(
        *builtin_profile(profile), keys, std::chrono::seconds{300}, *crypto
    );
  }

  HttpResponse ask(
      std::string_view method,
      std::string_view target,
      std::vector<Header> headers,
      std::string_view body = {}
  ) {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    for (const Header& header : headers) request.headers.emplace_back(header.first, header.second);
    return test::run(endpoint.handle(request));
  }

  HttpResponse post(std::string_view body, std::string_view type = "application/json") {
    return ask(
        "POST",
        "/v1/events/hr",
        {{"Content-Type", std::string(type)}, {"Authorization", "Bearer " + std::string(token)}},
        body
    );
  }

  HttpResponse post_signed(std::string_view body, std::string_view signed_body) {
    const std::string_view parts[] = {signed_body};
    const std::string mac = crypto->hmac(HmacAlgorithm::sha256, signing_key, parts);
    Digest digest{};
    std::memcpy(digest.data(), mac.data(), digest.size());
    return ask(
        "POST",
        "/v1/events/git",
        {{"Content-Type", "application/json"}, {"X-Hub-Signature-256", "sha256=" + to_hex(digest)}},
        body
    );
  }

  static std::string told(const HttpResponse& response) {
    return std::to_string(response.status) + (response.body.empty() ? "" : " ") + response.body;
  }

  static std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "none";
  }

  std::string kept() const {
    std::string text;
    for (const NewEvent& event : log_of_events.kept()) {
      text += event.event.external_id + " " + std::string(to_string(event.state));
      if (event.due_at) text += " " + rosterd::to_string(*event.due_at);
      text += "\n";
    }
    return text;
  }

  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  rosterd::system::SystemTimeZones zones;
  test::ManualClock clock;
  test::MemoryEventLog log_of_events;
  RecordingLog log;
  WebhookEndpoint endpoint{
      WebhookEndpoint::Parts{log_of_events, *crypto, zones, clock, log}, EventLimits{}, sources()};
  std::vector<std::string> wakes;
};

constexpr std::string_view joiner =
    R"({"id":"e1","type":"person.joined","person":{"id":"4711","attributes":{"department":"IT"}}})";
constexpr std::string_view leaver = R"({"id":"e2","type":"person.left","person":{"id":"4712"}})";

TEST_F(Webhook, KeepsAnEventBeforeItSaysAccepted) {
  const auto response = post(joiner);

  EXPECT_EQ(told(response), R"(202 {"accepted":1,"duplicates":0,"ids":["e1"]})");
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(kept(), "e1 pending\n");
  const NewEvent& event = log_of_events.kept().front();
  EXPECT_EQ(event.event.source, "hr");
  EXPECT_EQ(event.payload, joiner);
  EXPECT_EQ(event.received_at, clock.now());
  EXPECT_EQ(event.key, event_key("hr", "e1", *crypto));
}

TEST_F(Webhook, WakesTheWorkerForWhatIsNewOnly) {
  post(joiner);
  post(joiner);
  post(leaver);

  EXPECT_EQ(wakes, (std::vector<std::string>{"event", "leaver"}));
}

TEST_F(Webhook, KeepsABatchInOneCommit) {
  const std::string body =
      "[" + std::string(joiner) + "," + std::string(leaver) + "," + std::string(joiner) + "]";

  EXPECT_EQ(told(post(body)), R"(202 {"accepted":2,"duplicates":1,"ids":["e1","e2","e1"]})");
  EXPECT_EQ(kept(), "e1 pending\ne2 pending\n");
}

TEST_F(Webhook, KeepsNothingOfABatchWithAFault) {
  const std::string body = "[" + std::string(joiner) + R"(,{"type":"person.left","person":{}}])";

  EXPECT_EQ(post(body).status, 400U);
  EXPECT_EQ(kept(), "");
}

TEST_F(Webhook, HasNothingToDoForAnEmptyBatch) {
  EXPECT_EQ(told(post("[]")), R"(202 {"accepted":0,"duplicates":0,"ids":[]})");
}

TEST_F(Webhook, RefusesABatchThatIsTooLong) {
  std::string body = "[";
  for (int i = 0; i < 1001; ++i) body += std::string(i == 0 ? "" : ",") + "{}";

  EXPECT_EQ(post(body + "]").status, 413U);
}

TEST_F(Webhook, RecognisesADuplicate) {
  post(joiner);

  EXPECT_EQ(told(post(joiner)), R"(202 {"accepted":0,"duplicates":1,"ids":["e1"]})");
  EXPECT_EQ(kept(), "e1 pending\n");
}

TEST_F(Webhook, AnswersTheSameIdWithOtherContentWithAConflictAndAnAlert) {
  post(joiner);

  const auto response = post(
      "[" + std::string(leaver) + R"(,{"id":"e1","type":"person.left","person":{"id":"4711"}}])"
  );

  EXPECT_EQ(
      told(response),
      R"(409 {"error":"an id that is known came with another content; nothing was kept","ids":["e1"]})"
  );
  EXPECT_EQ(kept(), "e1 pending\n");
  EXPECT_NE(log.all().find("source=hr id=e1"), std::string::npos) << log.all();
  EXPECT_EQ(endpoint.counts().at("hr").conflict, 1U);
}

TEST_F(Webhook, TakesTheSameIdOfAnotherSourceForAnotherEvent) {
  post(joiner);

  EXPECT_EQ(told(post_signed(leaver, leaver)), R"(202 {"accepted":1,"duplicates":0,"ids":["e2"]})");
  EXPECT_EQ(told(post_signed(joiner, joiner)), R"(202 {"accepted":1,"duplicates":0,"ids":["e1"]})");
}

TEST_F(Webhook, RecognisesAReplayUnderAFreshDeliveryId) {
  const auto deliver = [&](const std::string& delivery) {
    const std::string_view parts[] = {joiner};
    const std::string mac = crypto->hmac(HmacAlgorithm::sha256, signing_key, parts);
    Digest digest{};
    std::memcpy(digest.data(), mac.data(), digest.size());
    return told(
        ask("POST",
            "/v1/events/git",
            {{"Content-Type", "application/json"},
             {"webhook-id", delivery},
             {"X-GitHub-Delivery", delivery},
             {"X-Hub-Signature-256", "sha256=" + to_hex(digest)}},
            joiner)
    );
  };

  EXPECT_EQ(deliver("first"), R"(202 {"accepted":1,"duplicates":0,"ids":["e1"]})");
  EXPECT_EQ(deliver("second"), R"(202 {"accepted":0,"duplicates":1,"ids":["e1"]})");
}

TEST_F(Webhook, KeepsATypeNobodyKnowsAsIgnored) {
  EXPECT_EQ(
      told(post(R"({"id":"x","type":"payroll.run"})")),
      R"(202 {"accepted":1,"duplicates":0,"ids":["x"]})"
  );
  EXPECT_EQ(kept(), "x ignored\n");
}

TEST_F(Webhook, SchedulesAFutureEventForTheStartOfItsDay) {
  const auto effective = [&](const std::string& id, const std::string& when, const char* zone) {
    const std::string attributes =
        *zone == 0 ? "{}" : R"({"time_zone":")" + std::string(zone) + R"("})";
    post(
        R"({"id":")" + id + R"(","type":"person.changed","person":{"id":"p","attributes":)" +
        attributes + R"(},"effective_at":")" + when + R"("})"
    );
  };

  effective("berlin", "2026-03-03", "");
  effective("tokyo", "2026-03-03", "Asia/Tokyo");
  effective("instant", "2026-03-02T09:00:01Z", "");
  effective("today", "2026-03-02", "");
  effective("now", "2026-03-02T09:00:00Z", "");

  EXPECT_EQ(
      kept(),
      "berlin scheduled 2026-03-02T23:00:00Z\n"
      "tokyo scheduled 2026-03-02T15:00:00Z\n"
      "instant scheduled 2026-03-02T09:00:01Z\n"
      "today pending\n"
      "now pending\n"
  );
}

TEST_F(Webhook, ReadsCloudEvents) {
  const std::string event =
      R"({"specversion":"1.0","id":"c1","source":"s","type":"com.example.person.left","subject":"7","data":{}})";

  EXPECT_EQ(
      told(post(event, "application/cloudevents+json")),
      R"(202 {"accepted":1,"duplicates":0,"ids":["c1"]})"
  );
  EXPECT_EQ(
      told(post("[" + event + "]", "application/cloudevents-batch+json")),
      R"(202 {"accepted":0,"duplicates":1,"ids":["c1"]})"
  );
  EXPECT_EQ(
      told(
          ask("POST",
              "/v1/events/hr",
              {{"Content-Type", "application/json"},
               {"Authorization", "Bearer " + std::string(token)},
               {"ce-specversion", "1.0"},
               {"ce-id", "c1"},
               {"ce-source", "s"},
               {"ce-type", "person.left"},
               {"ce-subject", "7"}},
              "{}")
      ),
      R"(202 {"accepted":0,"duplicates":1,"ids":["c1"]})"
  );
}

// The order of the checks -------------------------------------------------------------------------

TEST_F(Webhook, ChecksThePathBeforeTheMethod) {
  for (const std::string_view path :
       {"/", "/v1/events", "/v1/events/", "/v1/events/hr/x", "/v2/events/hr", "/v1/events/%zz"}) {
    EXPECT_EQ(ask("DELETE", path, {}).status, 404U) << path;
  }
}

TEST_F(Webhook, ChecksTheMethodBeforeTheContentType) {
  for (const std::string_view method : {"PUT", "GET", "HEAD", "DELETE", "PATCH", "post"}) {
    const auto response = ask(method, "/v1/events/hr", {});
    EXPECT_EQ(response.status, 405U) << method;
    EXPECT_EQ(header(response, "Allow"), "OPTIONS, POST");
  }
}

TEST_F(Webhook, ChecksTheContentTypeBeforeTheSignature) {
  EXPECT_EQ(ask("POST", "/v1/events/hr", {}, joiner).status, 415U);
  EXPECT_EQ(
      ask("POST", "/v1/events/hr", {{"Content-Type", "application/x-www-form-urlencoded"}}, "a=1")
          .status,
      415U
  );
}

TEST_F(Webhook, ChecksTheSignatureBeforeItParses) {
  const std::vector<Header> headers{{"Content-Type", "application/json"}};

  const auto unsigned_rubbish = ask("POST", "/v1/events/hr", headers, "{{{{");
  const auto unknown_source = ask("POST", "/v1/events/nobody", headers, joiner);
  const auto bad_signature = post_signed(leaver, joiner);

  for (const HttpResponse& response : {unsigned_rubbish, unknown_source, bad_signature}) {
    EXPECT_EQ(told(response), "401");
    EXPECT_TRUE(response.headers.empty());
    EXPECT_TRUE(response.content_type.empty());
  }
  EXPECT_EQ(endpoint.counts().at("git").unauthorized, 1U);
  EXPECT_EQ(endpoint.counts().at("").unauthorized, 1U);
}

TEST_F(Webhook, RefusesAnOldTimestamp) {
  const auto deliver = [&](Instant at) {
    const std::string seconds = std::to_string(to_micros(at) / 1'000'000);
    const std::string_view parts[] = {"msg_1", ".", seconds, ".", joiner};
    const std::string mac = crypto->hmac(HmacAlgorithm::sha256, signing_key, parts);
    std::string encoded;
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0;
    int count = 0;
    for (const char c : mac) {
      bits = bits << 8U | static_cast<unsigned char>(c);
      for (count += 8; count >= 6; count -= 6) {
        encoded += alphabet[bits >> static_cast<unsigned>(count - 6) & 63U];
      }
    }
    encoded += alphabet[bits << static_cast<unsigned>(6 - count) & 63U];
    return ask("POST",
               "/v1/events/std",
               {{"Content-Type", "application/json"},
                {"webhook-id", "msg_1"},
                {"webhook-timestamp", seconds},
                {"webhook-signature", "v1," + encoded + "="}},
               joiner)
        .status;
  };

  EXPECT_EQ(deliver(clock.now() - std::chrono::seconds{301}), 401U);
  EXPECT_EQ(deliver(clock.now() + std::chrono::seconds{301}), 401U);
  EXPECT_EQ(deliver(clock.now() - std::chrono::seconds{299}), 202U);
}

TEST_F(Webhook, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(
      told(post("{\"a\":1,\n\"a\":2}")),
      R"(400 {"error":"the name \"a\" is there twice","at":"/a","line":2,"column":1})"
  );
  EXPECT_EQ(
      told(post(R"({"id":"e","type":"person.left","person":{"id":471}})")),
      R"(400 {"error":"person.id is a number; send it as a string, which keeps leading zeros",)"
      R"("at":"/person/id","line":1,"column":47})"
  );
  EXPECT_EQ(endpoint.counts().at("hr").invalid, 2U);
}

TEST_F(Webhook, SendsEverybodyAwayWhenThereIsNoRoom) {
  for (const Admission admission : {Admission::outbox_full, Admission::disk_full}) {
    log_of_events.admission = admission;

    const auto response = post(joiner);

    EXPECT_EQ(response.status, 503U);
    EXPECT_EQ(header(response, "Retry-After"), "30");
  }
  EXPECT_EQ(kept(), "");
  EXPECT_EQ(endpoint.counts().at("hr").refused, 2U);
  EXPECT_EQ(log.lines.size(), 1U) << log.all();
}

TEST_F(Webhook, AcknowledgesNothingWhenTheStoreIsBroken) {
  log_of_events.broken = true;

  EXPECT_THROW(post(joiner), std::runtime_error);
  EXPECT_TRUE(wakes.empty());
}

// Handshakes
// ---------------------------------------------------------------------------------------

TEST_F(Webhook, AnswersOktasChallengeToTheRightTokenOnly) {
  const auto challenge = [&](std::string_view target, const std::string& authorization) {
    return told(
        ask("GET",
            target,
            {{"X-Okta-Verification-Challenge", "a \"quoted\" v"}, {"Authorization", authorization}})
    );
  };

  EXPECT_EQ(
      challenge("/v1/events/hr", std::string(token)), R"(200 {"verification":"a \"quoted\" v"})"
  );
  EXPECT_EQ(challenge("/v1/events/hr", "wrong"), "401");
  EXPECT_EQ(challenge("/v1/events/git", std::string(token)), "401");
  EXPECT_EQ(challenge("/v1/events/nobody", std::string(token)), "401");
}

TEST_F(Webhook, ShakesHandsWithCloudEventsSenders) {
  const auto response =
      ask("OPTIONS", "/v1/events/hr", {{"WebHook-Request-Origin", "hr.example.com"}});

  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(header(response, "WebHook-Allowed-Origin"), "hr.example.com");
  EXPECT_EQ(header(response, "WebHook-Allowed-Rate"), "*");
  EXPECT_EQ(ask("OPTIONS", "/v1/events/hr", {}).status, 204U);
}

// The operator's side
// ------------------------------------------------------------------------------

TEST_F(Webhook, ForgetsASourceAfterAReload) {
  std::vector<WebhookSource> remaining = sources();
  remaining.erase(remaining.begin());

  endpoint.replace_sources(std::move(remaining));

  EXPECT_EQ(told(post(joiner)), "401");
  EXPECT_EQ(post_signed(joiner, joiner).status, 202U);
}

TEST_F(Webhook, CountsBySource) {
  post(joiner);
  post(joiner);
  post("{");

  WebhookCounts expected;
  expected.accepted = 1;
  expected.duplicate = 1;
  expected.invalid = 1;
  EXPECT_EQ(endpoint.counts().at("hr"), expected);
}

TEST_F(Webhook, TellsOfForgeriesOnceAMinute) {
  for (int i = 0; i < 5; ++i) post_signed(leaver, joiner);
  EXPECT_EQ(log.lines.size(), 1U) << log.all();

  clock.advance(std::chrono::minutes{1});
  post_signed(leaver, joiner);
  EXPECT_EQ(log.lines.size(), 2U) << log.all();
}

TEST_F(Webhook, LogsNeitherSecretsNorPersonalData) {
  post(
      R"({"id":"e","type":"person.left","person":{"id":"p","attributes":{"email":{"x":"anna@example.com"}}}})"
  );
  post(R"({"email": "anna@example.com)");
  ask("POST",
      "/v1/events/hr",
      {{"Content-Type", "application/json"}, {"Authorization", "Bearer wrong-token"}},
      joiner);

  EXPECT_FALSE(log.lines.empty());
  for (const std::string_view word : {"anna", "wrong-token", "the-secret-token"}) {
    EXPECT_EQ(log.all().find(word), std::string::npos) << log.all();
  }
}

}  // namespace
}  // namespace rosterd::ingest
