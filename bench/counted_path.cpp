// The paths whose instructions are counted: rosterd_counted_path PATH EVENTS. What is counted is
// the difference between two runs of different length, so nothing here need be free but the path.
#include "adapters/http/request_reader.hpp"
#include "adapters/http/response_writer.hpp"
#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/system/log.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/ingest/webhook.hpp"
#include "signed_event.hpp"
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
  std::vector<std::unique_ptr<OneConnection>> crowd;
  while (crowd.size() < connections) {
    crowd.push_back(std::make_unique<OneConnection>(loop, handler));
  }
  for (std::size_t done = 0; done < count; done += connections) {
    for (std::size_t i = 0; i < connections; ++i) {
      crowd[i]->receive(request_text(done + i, tools));
    }
    loop.restart();
    loop.run();
  }
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
  } else {
    throw std::runtime_error("a path is examined or kept");
  }
}

}  // namespace
}  // namespace rosterd::bench

int main(int count, char** words) try {
  if (count != 3) throw std::runtime_error("usage: rosterd_counted_path examined|kept EVENTS");
  rosterd::bench::run(words[1], std::stoul(words[2]));
} catch (const std::exception& error) {
  std::cerr << "rosterd_counted_path: " << error.what() << "\n";
  return 1;
}
