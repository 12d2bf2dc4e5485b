#pragma once

#include "operator_history.hpp"
#include "rosterd/adapters/extension/client.hpp"
#include "rosterd/adapters/prometheus/metrics.hpp"
#include "rosterd/domain/breaker.hpp"
#include "rosterd/ports/http.hpp"
#include "rosterd/ports/log.hpp"
#include "rosterd/ports/views.hpp"
#include "store_reader.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rosterd {

/// What the daemon knows besides the store.
struct LiveStatus {
  std::vector<std::string> not_ready;  ///< what is missing; empty: ready
  Breaker::State breaker = Breaker::State::closed;
  std::optional<extension::Pause> pause;
  double calls_per_second = 0;
  std::uint64_t calls_last_minute = 0;
  prometheus::RevokeTimes time_to_revoke;
  std::uint64_t storage_limit = 0;  ///< 0: none
  Duration uptime{0};
};

/// What the operator reads from a running daemon: JSON with the keys that `--json` of the commands
/// has. The page is made of this.
///
///     GET /api/status    `rosterd status`, and of the daemon {"version", "ready": true or the
///                        reasons, "breaker", "pause": {"reason", "until"} or null,
///                        "calls_per_second", "calls_last_minute", "time_to_revoke": {"count",
///                        "p50_seconds", "p99_seconds"}, "storage_limit_bytes", "uptime_seconds"}
///     GET /api/history   {"interval_seconds", "points": [{"at", "open", "held", "dead",
///                        "oldest_pending_seconds", "applied", "granted", "removed", "calls",
///                        "lost_writes"}]}: the last day
///     GET /api/events    ?state=&person=&class=&source=&before=ID&limit= → {"events"}, newest
///     first GET /api/events/ID with its attempts and operations; with [log] personal_data its
///     payload GET /api/people    ?search=&after=ID&limit= → {"people"}, by id GET
///     /api/people/ID/explanation    why somebody has what they have; of the store alone GET
///     /api/holds     ?all=true → {"holds"} GET /api/holds/HASH GET /api/files     ?limit= →
///     {"files"}, newest first GET /api/drift     {"drift"} GET /api/residual  ?person= →
///     {"residual"}
///
/// A parameter that is not understood: 400. A store that gives no answer in time: 503; one that
/// fails: 500. Each with an "error" for people.
class OperatorReads : public HttpHandler {
 public:
  /// Explains a person as the body of an answer; nothing: there is nobody of this id. Runs on the
  /// reading thread.
  using Explain = std::function<std::optional<std::string>(Views&, const PersonId&)>;

  struct Parts {
    StoreReader& store;
    const OperatorHistory& history;
    Log& log;
    std::function<LiveStatus()> live;
    std::function<Explain()> explain;  ///< on the loop, as policy and configuration are now
    std::function<bool()> shows_payloads;
  };
  explicit OperatorReads(Parts parts) : parts_(std::move(parts)) {}

  Task<HttpResponse> handle(const HttpRequest& request) override;
  std::size_t body_bytes_max(std::string_view) const override { return 0; }

 private:
  using Read = std::function<HttpResponse(Views&)>;
  /// An answer at once, or what has to be read for it.
  using Routed = std::variant<HttpResponse, Read>;

  Routed route(const HttpRequest& request) const;
  Routed route_one(std::string_view path, std::string_view target) const;
  Routed status(std::string_view target) const;
  Routed history(std::string_view target) const;
  Routed event(std::string_view id, std::string_view target) const;
  Routed explanation(std::string_view id, std::string_view target) const;

  Parts parts_;
};

}  // namespace rosterd
