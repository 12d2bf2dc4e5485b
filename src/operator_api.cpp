#include "operator_api.hpp"

#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
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

HttpResponse wrong_method(const std::string& allowed) {
  HttpResponse response = refusal(405, "say " + allowed);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

/// NAME of `/api/drops/NAME/approve`; nothing for any other path.
std::optional<std::string> approved_drop(std::string_view path) {
  constexpr std::string_view before = "/api/drops/";
  constexpr std::string_view after = "/approve";
  if (path.size() <= before.size() + after.size()) return std::nullopt;
  if (!path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
  path.remove_prefix(before.size());
  path.remove_suffix(after.size());
  return percent_decoded(path);
}

struct Request {
  EventSelection selection;
  std::string reason;
};

/// The body of a request about events, taken apart field by field. What is not understood is
/// refused: a filter that was left out would widen the selection.
class RequestReader {
 public:
  /// The first thing wrong with it; empty: nothing.
  const std::string& problem() const { return problem_; }

  Request read(std::string_view body) {
    Request request;
    const Json json = Json::parse(body, nullptr, false);
    if (!json.is_object()) {
      fail("this is no JSON object that selects events");
      return request;
    }
    for (const auto& [key, value] : json.items()) field(key, value, request);
    if (request.selection.empty()) {
      fail("which events? Say ids, person, states, class, source, from or to");
    }
    return request;
  }

 private:
  void field(const std::string& key, const Json& value, Request& request) {
    EventSelection& selection = request.selection;
    if (key == "ids") {
      for (const Json& one : list(key, value)) selection.ids.push_back(id(one));
    } else if (key == "person") {
      selection.person = PersonId(text(key, value));
    } else if (key == "states") {
      for (const Json& one : list(key, value)) {
        if (const auto state = known(key, one, event_state)) selection.states.push_back(*state);
      }
    } else if (key == "class") {
      selection.error = known(key, value, error_class);
    } else if (key == "source") {
      selection.source = text(key, value);
    } else if (key == "from") {
      selection.received_from = known(key, value, parse_rfc3339);
    } else if (key == "to") {
      selection.received_to = known(key, value, parse_rfc3339);
    } else if (key == "reason") {
      request.reason = text(key, value);
    } else {
      fail("\"" + printable(key) + "\" is not known here");
    }
  }

  /// The elements; an empty list selects nothing and can only be a mistake.
  Json list(const std::string& key, const Json& value) {
    if (value.is_array() && !value.empty()) return value;
    fail("\"" + key + "\" is no list with something in it");
    return Json::array();
  }

  std::string text(const std::string& key, const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    fail("\"" + key + "\" is no text");
    return "";
  }

  EventId id(const Json& value) {
    constexpr auto id_max = static_cast<std::uint64_t>(std::numeric_limits<EventId>::max());
    if (value.is_number_unsigned() && value.get<std::uint64_t>() <= id_max) {
      return value.get<EventId>();
    }
    fail("\"ids\" has something that is no number of an event");
    return 0;
  }

  template <class Parse>
  auto known(const std::string& key, const Json& value, Parse parse)
      -> decltype(parse(std::string_view())) {
    const std::string said = text(key, value);
    auto found = parse(std::string_view(said));
    if (!found) fail("\"" + printable(said) + "\" is nothing that \"" + key + "\" can be");
    return found;
  }

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  std::string problem_;
};

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
  const std::optional<std::string> drop = approved_drop(path);
  const bool reads = path == "/healthz" || path == "/readyz";
  const bool writes = path == "/api/events/replay" || path == "/api/events/cancel" || drop;
  if (!reads && !writes) co_return refusal(404, "there is nothing here");
  const bool right_method =
      reads ? request.method == "GET" || request.method == "HEAD" : request.method == "POST";
  if (!right_method) co_return wrong_method(reads ? "GET" : "POST");
  if (path == "/healthz") co_return HttpResponse(200, "text/plain", "ok\n");
  if (path == "/readyz") co_return ready();
  if (path == "/api/events/replay") co_return co_await replay(request);
  if (path == "/api/events/cancel") co_return co_await cancel(request);
  co_return approve(request, *drop);
}

HttpResponse OperatorApi::ready() const {
  const std::vector<std::string> missing = parts_.not_ready();
  if (missing.empty()) return HttpResponse(200, "text/plain", "ready\n");
  std::string text;
  for (const std::string& one : missing) text += one + "\n";
  return HttpResponse(503, "text/plain", text);
}

Task<HttpResponse> OperatorApi::replay(const HttpRequest& request) {
  RequestReader reader;
  Request wanted = reader.read(request.body);
  if (!reader.problem().empty()) co_return refusal(400, reader.problem());
  const Instant now = parts_.clock.now();
  const auto ids = co_await parts_.control.replay(std::move(wanted.selection), now);
  parts_.log.notice("events replayed by hand", {{"count", static_cast<std::int64_t>(ids.size())}});
  parts_.outbox_changed();
  co_return ids_response(ids);
}

Task<HttpResponse> OperatorApi::cancel(const HttpRequest& request) {
  RequestReader reader;
  Request wanted = reader.read(request.body);
  if (!reader.problem().empty()) co_return refusal(400, reader.problem());
  const Instant now = parts_.clock.now();
  const auto ids =
      co_await parts_.control.cancel(std::move(wanted.selection), std::move(wanted.reason), now);
  parts_.log.notice("events cancelled by hand", {{"count", static_cast<std::int64_t>(ids.size())}});
  parts_.outbox_changed();
  co_return ids_response(ids);
}

HttpResponse OperatorApi::approve(const HttpRequest& request, const std::string& drop) {
  const Json json = Json::parse(request.body, nullptr, false);
  if (!json.is_object() || !json.contains("sha256") || !json["sha256"].is_string()) {
    return refusal(400, "this names no file: {\"sha256\": …} is expected");
  }
  const auto sha256 = json["sha256"].get<std::string>();
  const bool is_hex = sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (sha256.size() != 64 || !is_hex) {
    return refusal(400, "\"sha256\" is not 64 hexadecimal digits in lower case");
  }
  if (!parts_.approve_file(drop, sha256)) return refusal(404, "there is no drop of this name");
  parts_.log.notice("a roster that lacks people was approved by hand", {{"drop", drop}});
  return json_response(200, Json::object());
}

}  // namespace rosterd
