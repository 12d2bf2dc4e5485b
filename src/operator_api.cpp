#include "operator_api.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace rosterd {

namespace {

using Json = nlohmann::json;

HttpResponse json_response(unsigned status, const Json& json) {
  return HttpResponse(status, "application/json", json.dump() + "\n");
}

HttpResponse refusal(unsigned status, const std::string& text) {
  Json json;
  json["error"] = text;
  return json_response(status, json);
}

HttpResponse ids_response(const std::vector<EventId>& ids) {
  Json json;
  json["ids"] = ids;
  return json_response(200, json);
}

std::optional<Instant> instant_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  return parse_rfc3339(found->get<std::string>());
}

struct Request {
  EventSelection selection;
  std::string reason;
};

/// Throws nlohmann's exceptions for anything that `selection_json` would not have written.
Request request_of(std::string_view body) {
  const Json json = Json::parse(body);
  Request request;
  EventSelection& selection = request.selection;
  if (json.contains("ids")) selection.ids = json.at("ids").get<std::vector<EventId>>();
  if (json.contains("person")) selection.person = PersonId(json.at("person").get<std::string>());
  if (json.contains("states")) {
    for (const Json& state : json.at("states")) {
      if (const auto known = event_state(state.get<std::string>())) {
        selection.states.push_back(*known);
      }
    }
  }
  if (json.contains("class")) selection.error = error_class(json.at("class").get<std::string>());
  if (json.contains("source")) selection.source = json.at("source").get<std::string>();
  selection.received_from = instant_in(json, "from");
  selection.received_to = instant_in(json, "to");
  request.reason = json.value("reason", std::string());
  return request;
}

std::optional<Request> read_request(const HttpRequest& request) {
  try {
    return request_of(request.body);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string selection_json(const EventSelection& selection, const std::string& reason) {
  Json json = Json::object();
  if (!selection.ids.empty()) json["ids"] = selection.ids;
  if (selection.person) json["person"] = selection.person->value;
  for (const EventState state : selection.states) json["states"].push_back(to_string(state));
  if (selection.error) json["class"] = to_string(*selection.error);
  if (selection.source) json["source"] = *selection.source;
  if (selection.received_from) json["from"] = to_string(*selection.received_from);
  if (selection.received_to) json["to"] = to_string(*selection.received_to);
  if (!reason.empty()) json["reason"] = reason;
  return json.dump();
}

std::size_t OperatorApi::body_bytes_max(std::string_view) const {
  return 1 << 20;
}

Task<HttpResponse> OperatorApi::handle(const HttpRequest& request) {
  const std::string path(request.path());
  if (request.method == "GET" && path == "/healthz") {
    co_return HttpResponse(200, "text/plain", "ok\n");
  }
  if (request.method == "GET" && path == "/readyz") co_return ready();
  if (request.method == "POST" && path == "/api/events/replay") co_return co_await replay(request);
  if (request.method == "POST" && path == "/api/events/cancel") co_return co_await cancel(request);
  constexpr std::string_view drops = "/api/drops/";
  constexpr std::string_view approval = "/approve";
  const bool approves = path.starts_with(drops) && path.ends_with(approval) &&
                        path.size() > drops.size() + approval.size();
  if (request.method == "POST" && approves) {
    const auto name =
        percent_decoded(path.substr(drops.size(), path.size() - drops.size() - approval.size()));
    co_return approve(request, name.value_or(std::string()));
  }
  co_return refusal(404, "there is nothing here");
}

HttpResponse OperatorApi::ready() const {
  const std::vector<std::string> missing = parts_.not_ready();
  if (missing.empty()) return HttpResponse(200, "text/plain", "ready\n");
  std::string text;
  for (const std::string& one : missing) text += one + "\n";
  return HttpResponse(503, "text/plain", text);
}

Task<HttpResponse> OperatorApi::replay(const HttpRequest& request) {
  auto wanted = read_request(request);
  if (!wanted) co_return refusal(400, "this is not a selection of events");
  const Instant now = parts_.clock.now();
  const auto ids = co_await parts_.control.replay(std::move(wanted->selection), now);
  parts_.log.notice("events replayed by hand", {{"count", static_cast<std::int64_t>(ids.size())}});
  parts_.outbox_changed();
  co_return ids_response(ids);
}

Task<HttpResponse> OperatorApi::cancel(const HttpRequest& request) {
  auto wanted = read_request(request);
  if (!wanted) co_return refusal(400, "this is not a selection of events");
  const Instant now = parts_.clock.now();
  const auto ids =
      co_await parts_.control.cancel(std::move(wanted->selection), std::move(wanted->reason), now);
  parts_.log.notice("events cancelled by hand", {{"count", static_cast<std::int64_t>(ids.size())}});
  parts_.outbox_changed();
  co_return ids_response(ids);
}

HttpResponse OperatorApi::approve(const HttpRequest& request, const std::string& drop) {
  const Json json = Json::parse(request.body, nullptr, false);
  if (!json.is_object() || !json.contains("sha256") || !json["sha256"].is_string()) {
    return refusal(400, "this names no file: {\"sha256\": …} is expected");
  }
  if (!parts_.approve_file(drop, json["sha256"].get<std::string>())) {
    return refusal(404, "there is no drop of this name");
  }
  parts_.log.notice("a roster that lacks people was approved by hand", {{"drop", drop}});
  return json_response(200, Json::object());
}

}  // namespace rosterd
