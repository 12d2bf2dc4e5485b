#include "rosterd/ingest/webhook.hpp"

#include "rosterd/base/assert.hpp"
#include "rosterd/base/json_text.hpp"
#include "rosterd/domain/lifecycle.hpp"

#include <algorithm>
#include <utility>

namespace rosterd::ingest {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view path_prefix = "/v1/events/";
constexpr std::string_view methods_allowed = "OPTIONS, POST";

/// How long a sender is asked to stay away while there is no room.
constexpr std::string_view retry_after_seconds = "30";

HttpResponse json_response(unsigned status, std::string body) {
  return HttpResponse(status, "application/json", std::move(body));
}

HttpResponse error_response(unsigned status, std::string_view text) {
  std::string body = R"({"error":)";
  append_json_string(body, text);
  return json_response(status, body += '}');
}

void append_ids(std::string& body, const std::vector<std::string>& ids) {
  body += '[';
  bool first = true;
  for (const std::string& id : ids) {
    if (!std::exchange(first, false)) body += ',';
    append_json_string(body, id);
  }
  body += ']';
}

std::optional<std::string> source_in(std::string_view path) {
  if (!path.starts_with(path_prefix)) return std::nullopt;
  path.remove_prefix(path_prefix.size());
  if (path.empty() || path.find('/') != std::string_view::npos) return std::nullopt;
  return percent_decoded(path);
}

/// The handshake of the CloudEvents webhook specification, section 4: any origin may send, at any
/// rate; what protects us is the signature and the 503.
HttpResponse handshake(const HttpRequest& request) {
  const auto origin = request.header("WebHook-Request-Origin");
  HttpResponse response(origin ? 200 : 204);
  response.headers.emplace_back("Allow", methods_allowed);
  if (!origin) return response;
  response.headers.emplace_back("WebHook-Allowed-Origin", *origin);
  response.headers.emplace_back("WebHook-Allowed-Rate", "*");
  return response;
}

HttpResponse method_not_allowed() {
  HttpResponse response = error_response(405, "events are sent with POST");
  response.headers.emplace_back("Allow", methods_allowed);
  return response;
}

HttpResponse media_type_not_read() {
  HttpResponse response = error_response(
      415,
      "send application/json, application/cloudevents+json or "
      "application/cloudevents-batch+json, in UTF-8"
  );
  response.headers.emplace_back(
      "Accept-Post",
      "application/json, application/cloudevents+json, application/cloudevents-batch+json"
  );
  return response;
}

/// The delivery's id if it is under the signature: another id on the same bytes is a replay then,
/// not a new event.
std::string_view signed_delivery_id(const HttpRequest& request, const SignatureVerifier& verifier) {
  const SignatureProfile& profile = verifier.profile();
  const std::string part = "{header:" + profile.id_header + "}";
  if (profile.id_header.empty() || profile.signed_template.find(part) == std::string::npos) {
    return {};
  }
  return verifier.delivery_id(request).value_or(std::string_view{});
}

}  // namespace

WebhookEndpoint::WebhookEndpoint(
    Parts parts, const EventLimits& limits, std::vector<WebhookSource> sources
)
    : parts_(parts), limits_(limits) {
  replace_sources(std::move(sources));
}

void WebhookEndpoint::replace_sources(std::vector<WebhookSource> sources) {
  sources_.clear();
  for (WebhookSource& source : sources) {
    const std::string name = source.name;
    counts_.try_emplace(name);
    sources_.insert_or_assign(name, std::make_shared<const WebhookSource>(std::move(source)));
  }
}

std::size_t WebhookEndpoint::body_bytes_max(std::string_view) const {
  return limits_.body_bytes_max;
}

Task<HttpResponse> WebhookEndpoint::handle(const HttpRequest& request) {
  Examined examined = examine(request);
  if (auto* response = std::get_if<HttpResponse>(&examined)) co_return std::move(*response);

  Delivery& delivery = std::get<Delivery>(examined);
  AcceptResult result;
  if (!delivery.events.empty()) {
    std::vector<NewEvent> events = std::move(delivery.events);
    result = co_await parts_.events.accept(std::move(events));
  }
  co_return settle(delivery, result);
}

WebhookEndpoint::Examined WebhookEndpoint::examine(const HttpRequest& request) {
  const auto name = source_in(request.path());
  if (!name) return error_response(404, "events go to /v1/events/SOURCE");
  if (request.method == "OPTIONS") return handshake(request);
  if (request.method == "GET" && request.header("X-Okta-Verification-Challenge")) {
    return answer_challenge(request, *name);
  }
  if (request.method != "POST") return method_not_allowed();
  return receive(request, *name);
}

WebhookEndpoint::Examined WebhookEndpoint::receive(
    const HttpRequest& request, std::string_view name
) {
  const auto type = request.header("Content-Type").value_or(std::string_view{});
  const auto format = event_format(type, request.headers);
  if (!format) return media_type_not_read();

  const Source source = find(name);
  const Verdict verdict = source ? source->verifier.verify(request, parts_.clock.now())
                                 : verify_as_unknown_source(request, parts_.crypto);
  if (verdict != Verdict::accepted) return unauthorized(name, source, verdict);
  return read(request, *format, *source);
}

WebhookEndpoint::Examined WebhookEndpoint::read(
    const HttpRequest& request, EventFormat format, const WebhookSource& source
) {
  DecodeOptions options;
  options.source = source.name;
  options.mapping = source.mapping ? &*source.mapping : nullptr;
  options.delivery_id = signed_delivery_id(request, source.verifier);
  options.limits = limits_;
  auto decoded = decode_events(request.body, format, request.headers, options, parts_.crypto);
  if (!decoded) return invalid(source, decoded.error());

  Delivery delivery;
  delivery.source = source.name;
  const Instant now = parts_.clock.now();
  for (DecodedEvent& event : *decoded) {
    delivery.ids.push_back(event.event.external_id);
    delivery.leaver = delivery.leaver || is_leaver(event.event);
    delivery.events.push_back(new_event(std::move(event), source, now));
  }
  return delivery;
}

NewEvent WebhookEndpoint::new_event(DecodedEvent decoded, const WebhookSource& source, Instant now)
    const {
  NewEvent made;
  made.event = std::move(decoded.event);
  made.payload = std::move(decoded.payload);
  made.sha256 = decoded.sha256;
  made.received_at = now;
  made.key = event_key(source.name, made.event.external_id, parts_.crypto);
  if (made.event.type == ChangeType::unknown) {
    made.state = EventState::ignored;
  } else if (made.event.effective_at) {
    const Instant due = due_at(made.event, source.time_zone, parts_.zones);
    if (due > now) {
      made.state = EventState::scheduled;
      made.due_at = due;
    }
  }
  return made;
}

HttpResponse WebhookEndpoint::answer_challenge(const HttpRequest& request, std::string_view name) {
  const Source source = find(name);
  const bool bearer = source && source->verifier.profile().bearer;
  const Verdict verdict = bearer ? source->verifier.verify(request, parts_.clock.now())
                                 : verify_as_unknown_source(request, parts_.crypto);
  if (verdict != Verdict::accepted) return unauthorized(name, source, verdict);
  std::string body = R"({"verification":)";
  append_json_string(body, *request.header("X-Okta-Verification-Challenge"));
  return json_response(200, body += '}');
}

HttpResponse WebhookEndpoint::unauthorized(
    std::string_view name, const Source& source, Verdict verdict
) {
  ++counts_[source ? source->name : std::string()].unauthorized;
  const std::string reason(source ? to_string(verdict) : "unknown source");
  if (may_tell("unauthorized " + (source ? source->name : std::string()))) {
    parts_.log.warning(
        "A webhook was not authentic; more of this source are counted, and told once a minute",
        {{"source", std::string(name)}, {"reason", reason}}
    );
  }
  return HttpResponse(401);
}

HttpResponse WebhookEndpoint::invalid(const WebhookSource& source, const CodecError& error) {
  ++counts_[source.name].invalid;
  parts_.log.warning(
      "A webhook could not be read: " + error.text, {{"source", source.name}, {"at", error.at}}
  );
  std::string body = R"({"error":)";
  append_json_string(body, error.text);
  append_json_string(body += R"(,"at":)", error.at);
  if (error.line > 0) {
    body += ",\"line\":" + std::to_string(error.line);
    body += ",\"column\":" + std::to_string(error.column);
  }
  body += '}';
  switch (error.kind) {
    case CodecError::Kind::malformed:
      return json_response(400, std::move(body));
    case CodecError::Kind::too_many:
      return json_response(413, std::move(body));
  }
  std::abort();
}

HttpResponse WebhookEndpoint::settle(const Delivery& delivery, const AcceptResult& result) {
  if (result.admission != Admission::admitted) return refuse(delivery, result.admission);
  ROSTERD_ASSERT(result.events.size() == delivery.ids.size(), "the store answers for each event");
  const auto count = [&](Acceptance acceptance) {
    return static_cast<std::uint64_t>(std::count_if(
        result.events.begin(),
        result.events.end(),
        [&](const AcceptedEvent& event) { return event.acceptance == acceptance; }
    ));
  };
  if (count(Acceptance::conflict) > 0) return conflict(delivery, result);

  const std::uint64_t accepted = count(Acceptance::accepted);
  const std::uint64_t duplicates = count(Acceptance::duplicate);
  WebhookCounts& counts = counts_[delivery.source];
  counts.accepted += accepted;
  counts.duplicate += duplicates;
  if (accepted > 0 && on_accepted) on_accepted(delivery.leaver);

  std::string body = "{\"accepted\":" + std::to_string(accepted) +
                     ",\"duplicates\":" + std::to_string(duplicates) + ",\"ids\":";
  append_ids(body, delivery.ids);
  return json_response(202, body += '}');
}

HttpResponse WebhookEndpoint::refuse(const Delivery& delivery, Admission admission) {
  ++counts_[delivery.source].refused;
  const bool disk = admission == Admission::disk_full;
  const std::string reason = disk ? "the disk is nearly full" : "too many events are waiting";
  if (may_tell("refused")) {
    parts_.log.error(
        "Events are refused with 503 until there is room; told once a minute",
        {{"source", delivery.source}, {"reason", reason}}
    );
  }
  HttpResponse response = error_response(503, reason + "; send it again later");
  response.headers.emplace_back("Retry-After", retry_after_seconds);
  return response;
}

HttpResponse WebhookEndpoint::conflict(const Delivery& delivery, const AcceptResult& result) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < result.events.size(); ++i) {
    if (result.events[i].acceptance == Acceptance::conflict) ids.push_back(delivery.ids[i]);
  }
  counts_[delivery.source].conflict += ids.size();
  parts_.log.error(
      "An id came again with another content: the first is kept, this delivery is not",
      {{"source", delivery.source},
       {"id", ids.front()},
       {"conflicts", static_cast<std::int64_t>(ids.size())}}
  );
  std::string body =
      R"({"error":"an id that is known came with another content; nothing was kept","ids":)";
  append_ids(body, ids);
  return json_response(409, body += '}');
}

WebhookEndpoint::Source WebhookEndpoint::find(std::string_view name) const {
  const auto found = sources_.find(name);
  return found == sources_.end() ? nullptr : found->second;
}

/// Strangers can cause these lines, so they are told at most once a minute a topic.
bool WebhookEndpoint::may_tell(const std::string& topic) {
  const Duration now = parts_.clock.monotonic();
  const auto [told, first] = told_at_.try_emplace(topic, now);
  if (!first && now - told->second < 1min) return false;
  told->second = now;
  return true;
}

}  // namespace rosterd::ingest
