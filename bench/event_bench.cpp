#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/ingest/event_codec.hpp"
#include "rosterd/ingest/signature.hpp"
#include "signed_event.hpp"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <array>
#include <memory>

namespace rosterd::bench {
namespace {

const Instant sent_at = *parse_rfc3339("2026-03-02T09:00:00Z");

struct Delivery {
  Delivery() {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(sent_at).time_since_epoch();
    event = signed_event("bench-1", event_body("bench", 1), seconds.count(), *crypto);
    request.method = "POST";
    request.target = "/v1/events/hr";
    request.headers = {
        {"Host", "localhost"},
        {"Content-Type", "application/json"},
        {"webhook-id", event.id},
        {"webhook-timestamp", event.timestamp},
        {"webhook-signature", event.signature}};
    request.body = event.body;
  }

  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  SignedEvent event;
  HttpRequest request;
};

void count_events(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void event_json(benchmark::State& state) {
  const Delivery delivery;
  for (auto _ : state) benchmark::DoNotOptimize(nlohmann::json::parse(delivery.event.body));
  count_events(state);
}
BENCHMARK(event_json)->Name("event/nlohmann");

void event_decode(benchmark::State& state) {
  const Delivery delivery;
  ingest::DecodeOptions options;
  options.source = "hr";
  for (auto _ : state) {
    auto decoded = ingest::decode_events(
        delivery.event.body, ingest::EventFormat::plain, {}, options, *delivery.crypto
    );
    if (!decoded) return state.SkipWithError("the event cannot be read");
    benchmark::DoNotOptimize(decoded);
  }
  count_events(state);
}
BENCHMARK(event_decode)->Name("event/decode");

void event_hmac(benchmark::State& state) {
  const Delivery delivery;
  const std::string key = signing_key();
  const std::array<std::string_view, 1> parts = {delivery.event.body};
  for (auto _ : state) {
    benchmark::DoNotOptimize(delivery.crypto->hmac(HmacAlgorithm::sha256, key, parts));
  }
  count_events(state);
}
BENCHMARK(event_hmac)->Name("event/hmac");

void event_verify(benchmark::State& state) {
  const Delivery delivery;
  const auto verifier = ingest::SignatureVerifier::make(
      *ingest::builtin_profile("standard-webhooks"),
      {Secret(signing_key())},
      std::chrono::minutes{5},
      *delivery.crypto
  );
  for (auto _ : state) {
    const auto verdict = verifier->verify(delivery.request, sent_at);
    if (verdict != ingest::Verdict::accepted) return state.SkipWithError("the signature is bad");
  }
  count_events(state);
}
BENCHMARK(event_verify)->Name("event/verify");

}  // namespace
}  // namespace rosterd::bench
