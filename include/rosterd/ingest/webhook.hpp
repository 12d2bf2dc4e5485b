#pragma once

#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ingest/event_codec.hpp"
#include "rosterd/ingest/signature.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/crypto.hpp"
#include "rosterd/ports/event_log.hpp"
#include "rosterd/ports/http.hpp"
#include "rosterd/ports/log.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rosterd::ingest {

/// Somebody who may send events to `/v1/events/NAME`.
struct WebhookSource {
  std::string name;
  SignatureVerifier verifier;
  std::optional<EventMapping> mapping;  ///< of a vendor's own JSON; nothing: canonical events
  /// Where the day of an effective date starts, for people who name no zone of their own.
  std::string time_zone = "UTC";
};

/// What became of a source's deliveries since the start.
struct WebhookCounts {
  std::uint64_t accepted = 0;      ///< events
  std::uint64_t duplicate = 0;     ///< events
  std::uint64_t conflict = 0;      ///< events
  std::uint64_t unauthorized = 0;  ///< requests: 401
  std::uint64_t invalid = 0;       ///< requests: 400, 413, 415
  std::uint64_t refused = 0;       ///< requests: 503

  bool operator==(const WebhookCounts&) const = default;
};

/// The receiver of webhooks: `/v1/events/SOURCE`, by the rules and in the order of sources.md.
///
/// Path 404, method 405, content type 415, signature and its time 401 — all before a byte of the
/// body is parsed — then strict JSON and the fields 400, then one durable commit and 202. The
/// answer 401 is empty and the same for an unknown source and for a bad signature. A store that is
/// broken throws through `handle`, so that its sender gets a 500 and comes again.
///
/// Lives on the loop and is called there only; what it is given by reference must outlive it.
class WebhookEndpoint : public HttpHandler {
 public:
  struct Parts {
    EventLog& events;
    const Crypto& crypto;
    const TimeZones& zones;
    const Clock& clock;
    Log& log;
  };

  WebhookEndpoint(Parts parts, const EventLimits& limits, std::vector<WebhookSource> sources);

  Task<HttpResponse> handle(const HttpRequest& request) override;
  std::size_t body_bytes_max(std::string_view target) const override;

  /// After a reload. Requests under way end with the sources they began with.
  void replace_sources(std::vector<WebhookSource> sources);

  /// Called after every commit that kept something new; `leaver`: somebody in it has left, so it
  /// should not wait for anything.
  std::function<void(bool leaver)> on_accepted;

  /// By source; deliveries to a source that does not exist are under the empty name.
  const std::map<std::string, WebhookCounts, std::less<>>& counts() const { return counts_; }

 private:
  using Source = std::shared_ptr<const WebhookSource>;

  /// A request that has passed every check but the store's.
  struct Delivery {
    std::string source;
    std::vector<NewEvent> events;
    std::vector<std::string> ids;
    bool leaver = false;
  };
  using Examined = std::variant<HttpResponse, Delivery>;

  Examined examine(const HttpRequest& request);
  Examined receive(const HttpRequest& request, std::string_view name);
  Examined read(const HttpRequest& request, EventFormat format, const WebhookSource& source);
  HttpResponse answer_challenge(const HttpRequest& request, std::string_view name);
  HttpResponse unauthorized(std::string_view name, const Source& source, Verdict verdict);
  HttpResponse invalid(const WebhookSource& source, const CodecError& error);
  HttpResponse settle(const Delivery& delivery, const AcceptResult& result);
  HttpResponse refuse(const Delivery& delivery, Admission admission);
  HttpResponse conflict(const Delivery& delivery, const AcceptResult& result);

  Source find(std::string_view name) const;
  NewEvent new_event(DecodedEvent decoded, const WebhookSource& source, Instant now) const;
  bool may_tell(const std::string& topic);

  Parts parts_;
  EventLimits limits_;
  std::map<std::string, Source, std::less<>> sources_;
  std::map<std::string, WebhookCounts, std::less<>> counts_;
  std::map<std::string, Duration> told_at_;  ///< what may come in floods, and when it was logged
};

}  // namespace rosterd::ingest
