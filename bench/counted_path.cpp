// The paths whose instructions are counted: rosterd_counted_path PATH EVENTS. What is counted is
// the difference between two runs of different length, so nothing here need be free but the path.
#include "adapters/http/request_reader.hpp"
#include "adapters/http/response_writer.hpp"
#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/system/log.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/ingest/webhook.hpp"
#include "rosterd/sync/engine.hpp"
#include "signed_event.hpp"
#include "support/fake_tenant.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_store.hpp"

#include <cstring>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::bench {
namespace {

constexpr std::size_t connections = 64;
constexpr std::size_t header_bytes_max = 16 << 10;
constexpr std::size_t events_max = 5'120;

class Forgetful : public EventLog {
 public:
  Task<AcceptResult> accept(std::vector<NewEvent> batch) override {
    AcceptResult result;
    result.events.resize(batch.size());
    co_return result;
  }
};

struct Tools {
  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  system::SystemTimeZones zones;
  test::ManualClock clock;
  system::StderrLog log{clock, LogLevel::error};
};

ingest::WebhookEndpoint endpoint(EventLog& events, Tools& tools) {
  auto verifier = ingest::SignatureVerifier::make(
      *ingest::builtin_profile("standard-webhooks"),
      {Secret(signing_key())},
      std::chrono::minutes{5},
      *tools.crypto
  );
  std::vector<ingest::WebhookSource> sources;
  sources.push_back({"hr", std::move(*verifier), std::nullopt, "UTC"});
  return {
      {events, *tools.crypto, tools.zones, tools.clock, tools.log},
      ingest::EventLimits(),
      std::move(sources)};
}

std::string request_text(std::size_t number, const Tools& tools) {
  const auto now = std::chrono::floor<std::chrono::seconds>(tools.clock.now()).time_since_epoch();
  const SignedEvent event =
      signed_event(event_id("c", number), event_body("c", number), now.count(), *tools.crypto);
  return "POST /v1/events/hr HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
         "webhook-id: " +
         event.id + "\r\nwebhook-timestamp: " + event.timestamp +
         "\r\nwebhook-signature: " + event.signature +
         "\r\nContent-Length: " + std::to_string(event.body.size()) + "\r\n\r\n" + event.body;
}

/// What a connection does between its socket's bytes.
class OneConnection {
 public:
  OneConnection(asio::io_context& loop, ingest::WebhookEndpoint& handler)
      : loop_(loop), handler_(handler) {}

  void receive(const std::string& text) {
    reader_.begin();
    const std::span<char> space = reader_.space();
    std::memcpy(space.data(), text.data(), text.size());
    reader_.commit(text.size());
    const bool read = reader_.parse_header() == http::Progress::ready &&
                      reader_.limit_body(handler_.body_bytes_max("")) == http::Progress::ready &&
                      reader_.parse_body() == http::Progress::ready;
    if (!read) throw std::runtime_error("the request cannot be read");
    asio::co_spawn(loop_, handler_.handle(reader_.request()), [this](auto error, auto response) {
      if (error) std::rethrow_exception(error);
      if (response.status != 202) throw std::runtime_error("refused: " + response.body);
      http::Framing framing;
      http::write_header(out_, response, framing);
    });
  }

 private:
  asio::io_context& loop_;
  ingest::WebhookEndpoint& handler_;
  http::RequestReader reader_{header_bytes_max, false};
  std::string out_;
};

void receive_all(EventLog& events, asio::io_context& loop, Tools& tools, std::size_t count) {
  auto handler = endpoint(events, tools);
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < events_max; ++i) requests.push_back(request_text(i, tools));
  std::vector<std::unique_ptr<OneConnection>> crowd;
  while (crowd.size() < connections) {
    crowd.push_back(std::make_unique<OneConnection>(loop, handler));
  }
  for (std::size_t done = 0; done < count; done += connections) {
    for (std::size_t i = 0; i < connections; ++i) {
      crowd[i]->receive(requests[done + i]);
    }
    loop.restart();
    loop.run();
  }
}

class NoMeasurements : public Measurements {
 public:
  void access_revoked(Duration) override {}
  void event_applied(Duration, bool) override {}
};

class NoRandomness : public Randomness {
 public:
  double unit() override { return 0.5; }
};

/// Everybody is in the group of their department.
std::shared_ptr<const Policy> policy_of_departments() {
  Policy policy;
  policy.version = "counted";
  AccountMatch by_attribute;
  by_attribute.argument = "user_id";
  policy.accounts.match.push_back(by_attribute);
  for (std::size_t i = 0; i < departments; ++i) {
    Rule rule;
    rule.name = department_name(i);
    Condition condition;
    condition.kind = Condition::Kind::test;
    condition.test.attribute = "department";
    condition.test.values.emplace_back(department_name(i));
    rule.when.children.push_back(std::move(condition));
    EntitlementName group;
    group.name = department_name(i);
    rule.entitlements.push_back(std::move(group));
    policy.rules.push_back(std::move(rule));
  }
  return std::make_shared<const Policy>(std::move(policy));
}

/// A tenant in memory instead of HTTP, so that the worker and the store are counted.
void settle_all(Tools& tools, std::size_t count) {
  test::FakeTenant tenant;
  for (std::size_t i = 0; i < departments; ++i) tenant.has_group(department_name(i));
  std::vector<NewEvent> events;
  for (std::size_t i = 0; i < events_max; ++i) {
    const std::string user = "u" + std::to_string(i);
    tenant.has_user(user);
    events.push_back(new_event("c", i, *tools.crypto));
    events.back().event.attributes["user_id"] = test::FakeTenant::account(user).value;
  }
  events.resize(count);

  test::TempStore store;
  NoMeasurements measurements;
  NoRandomness randomness;
  const sync::EngineParts parts{
      store.work(),
      tenant,
      tenant,
      tenant,
      tenant,
      tools.zones,
      *tools.crypto,
      tools.clock,
      randomness,
      measurements,
      tools.log};
  sync::EngineConfig config;
  config.guard.enabled = false;
  sync::Engine engine(parts, config, policy_of_departments(), store.loop().get_executor());
  store.run(store.work().use_policy("counted", "", tools.clock.now()));
  store.run(store.event_log().accept(std::move(events)));
  const std::stop_token never;
  while (store.run(engine.round(never))) {
  }
  if (engine.statistics().applied != count) throw std::runtime_error("not everything was applied");
}

void run(std::string_view path, std::size_t count) {
  Tools tools;
  if (path == "examined") {
    asio::io_context loop{1};
    Forgetful forgetful;
    receive_all(forgetful, loop, tools, count);
  } else if (path == "kept") {
    test::TempStore store;
    receive_all(store.event_log(), store.loop(), tools, count);
  } else if (path == "settled") {
    settle_all(tools, count);
  } else {
    throw std::runtime_error("a path is examined, kept or settled");
  }
}

}  // namespace
}  // namespace rosterd::bench

int main(int count, char** words) try {
  if (count != 3)
    throw std::runtime_error("usage: rosterd_counted_path examined|kept|settled EVENTS");
  const std::size_t events = std::stoul(words[2]);
  if (events > rosterd::bench::events_max) throw std::runtime_error("that many are not prepared");
  rosterd::bench::run(words[1], events);
} catch (const std::exception& error) {
  std::cerr << "rosterd_counted_path: " << error.what() << "\n";
  return 1;
}
