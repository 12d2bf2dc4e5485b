#include "fuzzing.hpp"
#include "operator_api.hpp"
#include "operator_door.hpp"
#include "operator_reads.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "support/manual_clock.hpp"
#include "unit/cli/fake_views.hpp"
#include "watched_log.hpp"
#include "wire.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

// First line: whether over TCP, with a token, and the sizes of the pieces. Below it what a client
// of the operator's API says.

namespace rosterd {
namespace {

constexpr std::string_view secret = "a-token-that-nobody-sends";

class Hub : public http::Hub {
 public:
  using http::Hub::Hub;
  void left() override {}
};

class Outbox : public OutboxControl {
 public:
  Task<std::vector<EventId>> replay(EventSelection selection, std::string by, Instant) override {
    fuzz::require(!selection.empty() && !by.empty(), "nobody replays everything, and nobody");
    co_return std::vector<EventId>(1, 1);
  }
  Task<std::vector<EventId>> cancel(EventSelection selection, std::string, std::string by, Instant)
      override {
    fuzz::require(!selection.empty() && !by.empty(), "nobody cancels everything, and nobody");
    co_return std::vector<EventId>(1, 2);
  }
};

class Metrics : public HttpHandler {
 public:
  Task<HttpResponse> handle(const HttpRequest&) override {
    co_return HttpResponse(200, "text/plain", "rosterd_up 1\n");
  }
  std::size_t body_bytes_max(std::string_view) const override { return 0; }
};

std::unique_ptr<Views> a_few_rows() {
  auto views = std::make_unique<test::FakeViews>();
  views->person_row("ada");
  views->person_row("bob \"<b>");
  views->event_row("ada", EventState::dead);
  views->event_row("bob", EventState::pending);
  return views;
}

Task<sync::DecisionOutcome> decided(sync::HoldDecision decision) {
  fuzz::require(decision.hash.size() == 64, "a decision is about one hold");
  co_return sync::DecisionOutcome();
}

Task<Answer<ReconcileReport>> reconciled(bool) {
  co_return ReconcileReport();
}

/// A daemon without anything behind its API. Lives as long as the process.
struct Daemon {
  asio::io_context loop{1};
  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  test::ManualClock clock;
  fuzz::WatchedLog log{std::string(secret)};
  Outbox outbox;
  OperatorHistory history;
  Metrics metrics;
  StoreReader store{loop.get_executor(), a_few_rows};
  OperatorApi actions{OperatorApi::Parts{
      outbox,
      clock,
      log,
      [] { return std::vector<std::string>{"the tenant was not asked yet"}; },
      [] {},
      [](const std::string& drop, const std::string&) { return drop == "hr"; },
      decided,
      reconciled}};
  OperatorReads reads{OperatorReads::Parts{
      store,
      history,
      log,
      [] { return LiveStatus(); },
      [] { return [](Views&, const PersonId&) { return std::optional<std::string>("{}"); }; },
      [] { return true; }}};

  OperatorDoor::Parts door() {
    return {actions, reads, metrics, {{"index.html", "<html>"}}, *crypto, clock, log};
  }
};

struct Outcome {
  fuzz::Answers answers;
  std::vector<std::string> asked;
};

void require_json_of_the_api(std::string_view answer) {
  constexpr std::string_view json = "Content-Type: application/json\r\n";
  const std::size_t end = answer.find("\r\n\r\n");
  if (answer.substr(0, end).find(json) == std::string_view::npos) return;
  const std::string_view body = answer.substr(end + 4);
  fuzz::require(body.empty() || nlohmann::json::accept(body), "what is JSON is JSON", body);
}

Outcome outcome_of(std::string_view bytes, fuzz::Choices choices, bool in_pieces) {
  static Daemon& daemon = *new Daemon;
  const bool over_tcp = choices.next(2) == 1;
  const bool with_token = choices.next(2) == 1;
  std::optional<Secret> token;
  if (over_tcp) token = Secret(std::string(with_token ? "token" : secret));
  OperatorDoor door(daemon.door(), token);
  fuzz::Witness witness(door);
  const auto hub = std::make_shared<Hub>(witness, daemon.clock, daemon.log, http::Options());

  Outcome outcome;
  const std::string answers = fuzz::answers_to(daemon.loop, hub, bytes, choices, in_pieces);
  outcome.answers = fuzz::answers_in(answers, witness);
  outcome.asked = witness.asked();
  for (std::size_t i = 0; i < outcome.asked.size() && over_tcp && !with_token; ++i) {
    const bool api = outcome.asked[i].find(" /api") < outcome.asked[i].find('\n');
    fuzz::require(!api || outcome.answers.statuses[i] >= 400, "nobody comes in without the token");
  }
  for (const std::string& answer : outcome.answers.texts) require_json_of_the_api(answer);
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
  return 0;
}
