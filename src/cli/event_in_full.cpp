#include "event_in_full.hpp"

#include "json.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace rosterd::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t operations_max = 1000;

}  // namespace

std::optional<EventInFull> event_in_full(Views& views, EventId id) {
  auto row = views.event(id);
  if (!row) return std::nullopt;
  EventInFull event;
  event.attempts = views.attempts(id);
  for (OperationRecord& record : views.operations_of(row->event.person, operations_max)) {
    if (record.event == id) event.operations.push_back(std::move(record));
  }
  event.row = std::move(*row);
  return event;
}

Json json_of(const EventInFull& event) {
  Json json = json_of(event.row);
  Json patch = Json::object();
  for (const auto& [name, value] : event.row.event.attributes) {
    patch[name] = value ? json_of(*value) : Json(nullptr);
  }
  json["attributes"] = std::move(patch);
  json["attempt_log"] = Json::array();
  for (const AttemptRow& attempt : event.attempts) json["attempt_log"].push_back(json_of(attempt));
  json["operations"] = Json::array();
  for (const OperationRecord& record : event.operations) {
    json["operations"].push_back(json_of(record));
  }
  return json;
}

}  // namespace rosterd::cli
