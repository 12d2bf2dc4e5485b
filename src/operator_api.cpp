#include "operator_api.hpp"

#include "cli/json.hpp"
#include "json_answer.hpp"
#include "operator_request.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

namespace rosterd {

namespace {

using Json = nlohmann::ordered_json;
using cli::json_of;

HttpResponse ids_response(const std::vector<EventId>& ids) {
  Json json;
  json["ids"] = ids;
  return json_answer(200, json);
}

HttpResponse outcome_response(const sync::DecisionOutcome& outcome) {
  using Kind = sync::DecisionOutcome::Kind;
  const Json hold = outcome.hold ? json_of(*outcome.hold) : Json(nullptr);
  Json json;
  switch (outcome.kind) {
    case Kind::decided:
      json["result"] = "decided";
      json["hold"] = hold;
      return json_answer(200, json);
    case Kind::unknown:
      return json_refusal(404, outcome.text);
    case Kind::differs:
      json["error"] = outcome.text;
      json["hold"] = hold;
      return json_answer(409, json);
    case Kind::failed:
      return json_refusal(503, outcome.text);
  }
  std::abort();
}

HttpResponse wrong_method(const std::string& allowed) {
  HttpResponse response = json_refusal(405, "say " + allowed);
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

bool is_api_path(std::string_view path) {
  return path == "/api/events/replay" || path == "/api/events/cancel" ||
         path == "/api/holds/decide" || path == "/api/reconcile";
}

}  // namespace

std::size_t OperatorApi::body_bytes_max(std::string_view) const {
  return 1 << 20;
}

Task<HttpResponse> OperatorApi::handle(const HttpRequest& request) {
  const std::string path(request.path());
  const std::optional<std::string> drop = approved_drop(path);
  const bool reads = path == "/healthz" || path == "/readyz";
  const bool writes = is_api_path(path) || drop;
  if (!reads && !writes) co_return json_refusal(404, "there is nothing here");
  const bool right_method =
      reads ? request.method == "GET" || request.method == "HEAD" : request.method == "POST";
  if (!right_method) co_return wrong_method(reads ? "GET" : "POST");
  if (path == "/healthz") co_return HttpResponse(200, "text/plain", "ok\n");
  if (path == "/readyz") co_return ready();
  if (path == "/api/events/replay") co_return co_await replay(request);
  if (path == "/api/events/cancel") co_return co_await cancel(request);
  if (path == "/api/holds/decide") co_return co_await decide(request);
  if (path == "/api/reconcile") co_return co_await reconcile(request);
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
  auto wanted = read_events_request(request.body);
  if (!wanted) co_return json_refusal(400, wanted.error().text);
  const Instant now = parts_.clock.now();
  const auto ids =
      co_await parts_.control.replay(std::move(wanted->selection), std::move(wanted->by), now);
  parts_.log.notice("events replayed by hand", {{"count", static_cast<std::int64_t>(ids.size())}});
  parts_.outbox_changed();
  co_return ids_response(ids);
}

Task<HttpResponse> OperatorApi::cancel(const HttpRequest& request) {
  auto wanted = read_events_request(request.body);
  if (!wanted) co_return json_refusal(400, wanted.error().text);
  const Instant now = parts_.clock.now();
  const auto ids = co_await parts_.control.cancel(
      std::move(wanted->selection), std::move(wanted->reason), std::move(wanted->by), now
  );
  parts_.log.notice("events cancelled by hand", {{"count", static_cast<std::int64_t>(ids.size())}});
  parts_.outbox_changed();
  co_return ids_response(ids);
}

Task<HttpResponse> OperatorApi::decide(const HttpRequest& request) {
  auto decision = read_hold_decision(request.body);
  if (!decision) co_return json_refusal(400, decision.error().text);
  const auto outcome = co_await parts_.decide(std::move(*decision));
  if (outcome.kind == sync::DecisionOutcome::Kind::decided) parts_.outbox_changed();
  co_return outcome_response(outcome);
}

Task<HttpResponse> OperatorApi::reconcile(const HttpRequest& request) {
  const auto wanted = read_reconcile_request(request.body);
  if (!wanted) co_return json_refusal(400, wanted.error().text);
  const auto report = co_await parts_.reconcile(wanted->repair);
  if (!report) co_return json_refusal(503, "the tenant could not be read: " + report.error().text);
  if (wanted->repair) parts_.outbox_changed();
  co_return json_answer(200, json_of(*report));
}

HttpResponse OperatorApi::approve(const HttpRequest& request, const std::string& drop) {
  const auto approval = read_file_approval(request.body);
  if (!approval) return json_refusal(400, approval.error().text);
  if (!parts_.approve_file(drop, approval->sha256)) {
    return json_refusal(404, "there is no drop of this name");
  }
  parts_.log.notice("a roster that lacks people was approved by hand", {{"drop", drop}});
  return json_answer(200, Json::object());
}

}  // namespace rosterd
