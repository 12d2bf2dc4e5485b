#pragma once

#include "rosterd/adapters/prometheus/metrics.hpp"
#include "rosterd/ports/http.hpp"
#include "rosterd/ports/log.hpp"
#include "store_reader.hpp"

#include <functional>

namespace rosterd {

/// GET /metrics. What the daemon itself knows is told even when the store gives no answer: then
/// least of all should a scrape fail.
class MetricsEndpoint : public HttpHandler {
 public:
  struct Parts {
    StoreReader& store;
    const prometheus::Metrics& metrics;
    Log& log;
    std::function<prometheus::MetricsSnapshot()> snapshot;  ///< without what is in the store
  };
  explicit MetricsEndpoint(Parts parts) : parts_(std::move(parts)) {}

  Task<HttpResponse> handle(const HttpRequest& request) override;
  std::size_t body_bytes_max(std::string_view) const override { return 0; }

 private:
  Parts parts_;
};

}  // namespace rosterd
