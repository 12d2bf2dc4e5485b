#include "operator_reads.hpp"

#include "cli/event_in_full.hpp"
#include "cli/given_up.hpp"
#include "cli/json.hpp"
#include "json_answer.hpp"
#include "request_query.hpp"
#include "rosterd/base/text.hpp"

#include <boost/system/system_error.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <exception>
#include <utility>

namespace rosterd {

namespace {

using Json = nlohmann::ordered_json;
using cli::json_of;

constexpr std::size_t usual_rows = 50;
constexpr std::size_t most_rows = 1000;
constexpr std::size_t most_holds = 200;

template <class Rows>
HttpResponse list_answer(const char* key, const Rows& rows) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(json_of(row));
  Json json;
  json[key] = std::move(list);
  return json_answer(200, json);
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::int64_t whole_seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

Json seconds_or_null(const std::optional<Duration>& duration) {
  return duration ? Json(seconds(*duration)) : Json(nullptr);
}

Json json_of_pause(const std::optional<extension::Pause>& pause) {
  if (!pause) return nullptr;
  Json json;
  json["reason"] = pause->reason;
  json["until"] = to_string(pause->until);
  return json;
}

void add_live(Json& json, const LiveStatus& live) {
  json["version"] = ROSTERD_VERSION;
  json["ready"] = live.not_ready.empty() ? Json(true) : Json(live.not_ready);
  json["breaker"] = to_string(live.breaker);
  json["pause"] = json_of_pause(live.pause);
  json["calls_per_second"] = live.calls_per_second;
  json["calls_last_minute"] = live.calls_last_minute;
  Json& revoke = json["time_to_revoke"];
  revoke["count"] = live.time_to_revoke.count;
  revoke["p50_seconds"] = seconds_or_null(live.time_to_revoke.p50);
  revoke["p99_seconds"] = seconds_or_null(live.time_to_revoke.p99);
  json["storage_limit_bytes"] = live.storage_limit == 0 ? Json(nullptr) : Json(live.storage_limit);
  json["uptime_seconds"] = whole_seconds(live.uptime);
}

Json json_of_point(const HistoryPoint& point) {
  Json json;
  json["at"] = to_string(point.at);
  json["open"] = point.open;
  json["held"] = point.held;
  json["dead"] = point.dead;
  json["oldest_pending_seconds"] = whole_seconds(point.oldest_pending);
  json["applied"] = point.brought.applied;
  json["granted"] = point.brought.granted;
  json["removed"] = point.brought.removed;
  json["calls"] = point.brought.calls;
  json["lost_writes"] = point.brought.lost_writes;
  return json;
}

/// A read of a list, or what is wrong with the query.
template <class Read>
std::variant<HttpResponse, std::function<HttpResponse(Views&)>> unless_wrong(
    const RequestQuery& query, Read read
) {
  if (const auto problem = query.problem()) return json_refusal(400, *problem);
  return std::function<HttpResponse(Views&)>(std::move(read));
}

auto events(std::string_view target) {
  RequestQuery query(target);
  EventSelection selection;
  if (const auto state = query.known("state", event_state)) selection.states = {*state};
  if (auto person = query.text("person")) selection.person = PersonId(std::move(*person));
  selection.error = query.known("class", error_class);
  selection.source = query.text("source");
  selection.before = query.id("before");
  const std::size_t limit = query.limit(usual_rows, most_rows);
  return unless_wrong(query, [selection, limit](Views& views) {
    return list_answer("events", views.events(selection, limit));
  });
}

auto people(std::string_view target) {
  RequestQuery query(target);
  const std::string search = query.text("search").value_or("");
  const PersonId after(query.text("after").value_or(""));
  const std::size_t limit = query.limit(usual_rows, most_rows);
  return unless_wrong(query, [search, after, limit](Views& views) {
    return list_answer("people", views.people(search, after, limit));
  });
}

auto holds(std::string_view target) {
  RequestQuery query(target);
  const bool all = query.flag("all");
  return unless_wrong(query, [all](Views& views) {
    return list_answer("holds", views.holds(all, most_holds));
  });
}

auto files(std::string_view target) {
  RequestQuery query(target);
  const std::size_t limit = query.limit(usual_rows, most_rows);
  return unless_wrong(query, [limit](Views& views) {
    return list_answer("files", views.intakes(limit));
  });
}

auto drift(std::string_view target) {
  return unless_wrong(RequestQuery(target), [](Views& views) {
    return list_answer("drift", views.drift());
  });
}

auto residual(std::string_view target) {
  RequestQuery query(target);
  std::optional<PersonId> person;
  if (auto said = query.text("person")) person = PersonId(std::move(*said));
  return unless_wrong(query, [person](Views& views) {
    return list_answer("residual", views.residual(person));
  });
}

auto hold(const std::string& hash, std::string_view target) {
  return unless_wrong(RequestQuery(target), [hash](Views& views) {
    for (const bool also_over : {false, true}) {
      for (const Hold& one : views.holds(also_over, most_rows)) {
        if (one.hash == hash) return json_answer(200, json_of(one));
      }
    }
    return json_refusal(404, "there is no hold " + printable(hash));
  });
}

HttpResponse status_answer(Views& views, const LiveStatus& live) {
  const StatusView view = views.status();
  cli::StatusExtras extras;
  extras.storage_limit = live.storage_limit;
  extras.leavers_given_up = cli::leavers_given_up(views);
  if (view.contended > 0) extras.contended = views.drift();
  std::erase_if(extras.contended, [](const DriftRow& row) { return !row.contended(); });
  Json json = json_of(view, extras);
  add_live(json, live);
  return json_answer(200, json);
}

/// The middle of a path that begins and ends so, as one decoded segment.
std::optional<std::string> segment(
    std::string_view path, std::string_view before, std::string_view after
) {
  if (path.size() <= before.size() + after.size()) return std::nullopt;
  if (!path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
  path.remove_prefix(before.size());
  path.remove_suffix(after.size());
  if (path.find('/') != std::string_view::npos) return std::nullopt;
  return percent_decoded(path);
}

}  // namespace

Task<HttpResponse> OperatorReads::handle(const HttpRequest& request) {
  Routed routed = route(request);
  if (auto* answer = std::get_if<HttpResponse>(&routed)) co_return std::move(*answer);
  Read read = std::move(std::get<Read>(routed));
  try {
    HttpResponse answer = co_await parts_.store.read(std::move(read));
    co_return answer;
  } catch (const StoreBusy& busy) {
    HttpResponse answer = json_refusal(503, busy.what());
    answer.headers.emplace_back("Retry-After", "5");
    co_return answer;
  } catch (const boost::system::system_error&) {
    throw;  // cancelled: the daemon stops
  } catch (const std::exception& error) {
    const std::string why = printable(error.what());
    parts_.log.error(
        "the operator could not read the store",
        {{"path", printable(request.path())}, {"error", why}}
    );
    co_return json_refusal(500, "the store could not be read: " + why);
  }
}

OperatorReads::Routed OperatorReads::route(const HttpRequest& request) const {
  const std::string_view path = request.path();
  const std::string_view target = request.target;
  if (path == "/api/status") return status(target);
  if (path == "/api/history") return history(target);
  if (path == "/api/events") return events(target);
  if (path == "/api/people") return people(target);
  if (path == "/api/holds") return holds(target);
  if (path == "/api/files") return files(target);
  if (path == "/api/drift") return drift(target);
  if (path == "/api/residual") return residual(target);
  return route_one(path, target);
}

OperatorReads::Routed OperatorReads::route_one(std::string_view path, std::string_view target)
    const {
  if (const auto id = segment(path, "/api/events/", "")) return event(*id, target);
  if (const auto hash = segment(path, "/api/holds/", "")) return hold(*hash, target);
  if (const auto id = segment(path, "/api/people/", "/explanation")) {
    return explanation(*id, target);
  }
  return json_refusal(404, "there is nothing here");
}

OperatorReads::Routed OperatorReads::status(std::string_view target) const {
  return unless_wrong(RequestQuery(target), [live = parts_.live()](Views& views) {
    return status_answer(views, live);
  });
}

OperatorReads::Routed OperatorReads::history(std::string_view target) const {
  if (const auto problem = RequestQuery(target).problem()) return json_refusal(400, *problem);
  Json json;
  json["interval_seconds"] = whole_seconds(OperatorHistory::interval);
  Json& points = json["points"] = Json::array();
  for (const HistoryPoint& point : parts_.history.points()) points.push_back(json_of_point(point));
  return json_answer(200, json);
}

OperatorReads::Routed OperatorReads::event(std::string_view id, std::string_view target) const {
  const auto number = positive_number(id);
  const std::string unknown = "there is no event " + printable(id);
  if (!number) return json_refusal(404, unknown);
  const bool with_payload = parts_.shows_payloads();
  return unless_wrong(
      RequestQuery(target),
      [number = *number, unknown, with_payload](Views& views) {
        const auto known = cli::event_in_full(views, number);
        if (!known) return json_refusal(404, unknown);
        Json json = json_of(*known);
        if (with_payload) json["payload"] = views.payload(number);
        return json_answer(200, json);
      }
  );
}

OperatorReads::Routed OperatorReads::explanation(std::string_view id, std::string_view target)
    const {
  const PersonId person{std::string(id)};
  return unless_wrong(RequestQuery(target), [person, explain = parts_.explain()](Views& views) {
    auto told = explain(views, person);
    if (!told) return json_refusal(404, "there is no person " + printable(person.value));
    return HttpResponse(200, "application/json", std::move(*told));
  });
}

}  // namespace rosterd
