#pragma once

#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/http.hpp"
#include "rosterd/ports/log.hpp"
#include "rosterd/ports/target.hpp"
#include "rosterd/ports/views.hpp"
#include "rosterd/sync/engine.hpp"

#include <functional>
#include <string>
#include <vector>

namespace rosterd {

/// What commands and the page ask a running daemon to do. Who may, `OperatorDoor` decides.
///
///     GET  /healthz                 200 while the loop turns
///     GET  /readyz                  200, or 503 with what is not ready
///     POST /api/events/replay       {ids, person, states, class, source, from, to, by} → {"ids"}
///     POST /api/events/cancel       the same and reason → {"ids": […]}
///     POST /api/drops/NAME/approve  {"sha256"}: that file may lack people
///     POST /api/holds/decide        {hash, people, approve, by, note} → {"result": "decided",
///                                   "hold"}; 404: no hold to decide about has this hash; 409 with
///                                   the hold as it is now, or null: not approved, because it
///                                   differs from what was shown; 503: the tenant cannot be read
///     POST /api/reconcile           {"repair"} → the report; 503: the tenant cannot be read
///
/// `by` is who asks, for the audit. What is not understood is refused with 400 and {"error": …},
/// and changes nothing; every other refusal has an "error", too.
class OperatorApi : public HttpHandler {
 public:
  struct Parts {
    OutboxControl& control;
    const Clock& clock;
    Log& log;
    std::function<std::vector<std::string>()> not_ready;  ///< what is missing; empty: ready
    std::function<void()> outbox_changed;
    /// False: there is no such drop.
    std::function<bool(const std::string& drop, const std::string& sha256)> approve_file;
    std::function<Task<sync::DecisionOutcome>(sync::HoldDecision)> decide;
    std::function<Task<Answer<ReconcileReport>>(bool repair)> reconcile;
  };
  explicit OperatorApi(Parts parts) : parts_(std::move(parts)) {}

  Task<HttpResponse> handle(const HttpRequest& request) override;
  std::size_t body_bytes_max(std::string_view target) const override;

 private:
  Task<HttpResponse> replay(const HttpRequest& request);
  Task<HttpResponse> cancel(const HttpRequest& request);
  Task<HttpResponse> decide(const HttpRequest& request);
  Task<HttpResponse> reconcile(const HttpRequest& request);
  HttpResponse approve(const HttpRequest& request, const std::string& drop);
  HttpResponse ready() const;

  Parts parts_;
};

}  // namespace rosterd
