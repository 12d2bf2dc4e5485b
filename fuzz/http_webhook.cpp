#include "fuzzing.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/ingest/webhook.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_event_log.hpp"
#include "watched_log.hpp"
#include "wire.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

// First line: limits, and the sizes of the pieces. Below it what a client of the webhook says.

namespace rosterd {
namespace {

constexpr std::string_view secret = "a-key-that-nobody-sends";

class Hub : public http::Hub {
 public:
  using http::Hub::Hub;
  void left() override {}
};

const Crypto& crypto() {
  static const std::unique_ptr<Crypto> made = openssl::make_crypto();
  return *made;
}

ingest::WebhookSource source(const char* name, const char* profile, std::string_view key) {
  const std::vector<Secret> keys{Secret(std::string(key))};
  const auto scheme = *ingest::builtin_profile(profile);
  auto verifier =
      *ingest::SignatureVerifier::make(scheme, keys, std::chrono::seconds{300}, crypto());
  return {name, std::move(verifier), std::nullopt, "Europe/Berlin"};
}

std::vector<ingest::WebhookSource> sources() {
  std::vector<ingest::WebhookSource> made;
  made.push_back(source("hr", "bearer", "token"));
  made.push_back(source("git", "github", secret));
  made.push_back(source("okta", "bearer", "token"));
  EventMapping mapping;
  mapping.events = "/data/events";
  mapping.person_id = "/target/0/id";
  mapping.id = "/uuid";
  mapping.type = "/eventType";
  mapping.types = {{"user.lifecycle.deactivate", "person.left"}};
  made.back().mapping = mapping;
  return made;
}

/// What came of the bytes: answers, and events kept.
struct Outcome {
  fuzz::Answers answers;
  std::vector<std::string> asked;
  std::vector<std::string> kept;
};

Outcome outcome_of(std::string_view bytes, fuzz::Choices choices, bool in_pieces) {
  static asio::io_context loop{1};
  static const system::SystemTimeZones zones;
  static const std::vector<ingest::WebhookSource> known = sources();
  static fuzz::WatchedLog log{std::string(secret)};
  test::ManualClock clock;
  test::MemoryEventLog events;
  const bool small = choices.next(2) == 1;
  ingest::EventLimits limits;
  if (small) limits.body_bytes_max = 60;
  ingest::WebhookEndpoint endpoint({events, crypto(), zones, clock, log}, limits, known);
  fuzz::Witness witness(endpoint);
  http::Options options;
  if (small) options.limits.header_bytes_max = 200;
  const auto hub = std::make_shared<Hub>(witness, clock, log, options);

  Outcome outcome;
  const std::string answers = fuzz::answers_to(loop, hub, bytes, choices, in_pieces);
  outcome.answers = fuzz::answers_in(answers, witness);
  const auto& statuses = outcome.answers.statuses;
  const auto accepted = std::count(statuses.begin(), statuses.end(), 202U);
  fuzz::require(accepted > 0 || events.kept().empty(), "what is kept was acknowledged");
  outcome.asked = witness.asked();
  for (const NewEvent& event : events.kept()) {
    fuzz::require(event.due_at.has_value() == (event.state == EventState::scheduled), "due");
    outcome.kept.push_back(ingest::to_json(event.event));
  }
  return outcome;
}

}  // namespace
}  // namespace rosterd

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  fuzz::Input input(data, size);
  const fuzz::Choices choices(input.line());
  const Outcome in_one_piece = outcome_of(input.rest(), choices, false);
  const Outcome in_pieces = outcome_of(input.rest(), choices, true);
  fuzz::require(in_pieces.asked == in_one_piece.asked, "pieces make no other requests");
  fuzz::require_same(in_one_piece.answers, in_pieces.answers);
  fuzz::require(in_pieces.kept == in_one_piece.kept, "nor other events");
  return 0;
}
