#include "adapters/sqlite/codec.hpp"

#include "rosterd/domain/attributes_json.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <utility>
#include <vector>

namespace rosterd::sqlite {
namespace {

using Json = nlohmann::json;

constexpr std::size_t reason_bytes_max = 4096;
constexpr std::size_t usual_bytes = 384;

Json to_json(const Stamp& stamp) {
  Json json = Json::array();
  json.push_back(stamp.sequence);
  json.push_back(stamp.occurred_at ? Json(to_micros(*stamp.occurred_at)) : Json());
  json.push_back(stamp.arrival);
  if (!stamp.source.empty() || stamp.effective_at) json.push_back(stamp.source);
  if (stamp.effective_at) json.push_back(to_micros(*stamp.effective_at));
  return json;
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<AttributeValue> value_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  if (json.is_boolean()) return AttributeValue(json.get<bool>());
  if (json.is_number_integer()) return AttributeValue(json.get<std::int64_t>());
  if (json.is_number()) return AttributeValue(json.get<double>());
  if (json.is_string()) return AttributeValue(json.get<std::string>());
  return AttributeValue(json.get<std::vector<std::string>>());
}

Stamp stamp_of(const Json& json) {
  Stamp stamp;
  stamp.sequence = json.at(0).get<std::string>();
  if (!json.at(1).is_null()) stamp.occurred_at = from_micros(json.at(1).get<std::int64_t>());
  stamp.arrival = json.at(2).get<EventId>();
  if (json.size() > 3) stamp.source = json.at(3).get<std::string>();
  if (json.size() > 4) stamp.effective_at = from_micros(json.at(4).get<std::int64_t>());
  return stamp;
}

}  // namespace

std::string encode(const Attributes& attributes) {
  std::string text;
  text.reserve(usual_bytes);
  append_json(text, attributes);
  return text;
}

std::string encode(const AttributePatch& patch) {
  std::string text;
  text.reserve(usual_bytes);
  append_json(text, patch);
  return text;
}

Attributes decode_attributes(const std::string& text) {
  Attributes attributes;
  const Json object = Json::parse(text);
  for (const auto& [name, json] : object.items()) {
    if (auto value = value_of(json)) attributes.emplace(name, std::move(*value));
  }
  return attributes;
}

AttributePatch decode_patch(const std::string& text) {
  AttributePatch patch;
  const Json object = Json::parse(text);
  for (const auto& [name, json] : object.items()) patch.emplace(name, value_of(json));
  return patch;
}

// Attributes that one event set share its stamp, so a record grows with its events, not with
// events times attributes.
std::string encode_history(const PersonRecord& record) {
  std::vector<std::pair<const Stamp*, Json>> groups;
  for (const auto& [name, stamp] : record.stamps) {
    auto group = groups.begin();
    while (group != groups.end() && *group->first != stamp) ++group;
    if (group == groups.end()) group = groups.emplace(group, &stamp, Json::array());
    group->second.push_back(name);
  }
  Json stamps = Json::array();
  for (auto& [stamp, names] : groups) {
    Json entry = Json::array();
    entry.push_back(to_json(*stamp));
    entry.push_back(std::move(names));
    stamps.push_back(std::move(entry));
  }
  Json json = Json::object();
  json["newest"] = to_json(record.newest);
  if (record.floor) json["floor"] = to_json(*record.floor);
  if (!stamps.empty()) json["stamps"] = std::move(stamps);
  return dump(json);
}

void decode_history(const std::string& text, PersonRecord& record) {
  const Json json = Json::parse(text);
  record.newest = stamp_of(json.at("newest"));
  if (const auto floor = json.find("floor"); floor != json.end()) record.floor = stamp_of(*floor);
  const auto stamps = json.find("stamps");
  if (stamps == json.end()) return;
  for (const Json& entry : *stamps) {
    const Stamp stamp = stamp_of(entry.at(0));
    for (const Json& name : entry.at(1)) record.stamps.emplace(name.get<std::string>(), stamp);
  }
}

std::optional<Instant> effective_at(const ChangeEvent& event) {
  if (!event.effective_at) return std::nullopt;
  const auto* instant = std::get_if<Instant>(&*event.effective_at);
  if (instant == nullptr) return std::nullopt;
  return *instant;
}

std::optional<std::string> effective_on(const ChangeEvent& event) {
  if (!event.effective_at) return std::nullopt;
  const auto* date = std::get_if<Date>(&*event.effective_at);
  if (date == nullptr) return std::nullopt;
  return to_string(*date);
}

EntitlementKind decode_entitlement_kind(std::string_view text) {
  for (const auto kind : {EntitlementKind::group, EntitlementKind::role}) {
    if (text == to_string(kind)) return kind;
  }
  throw std::runtime_error("the store holds an entitlement that is neither group nor role");
}

std::string bounded_reason(const std::string& reason) {
  if (reason.size() <= reason_bytes_max) return reason;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(reason[at]) & 0xC0U) == 0x80U;
  };
  constexpr std::size_t character_bytes_max = 4;
  std::size_t end = reason_bytes_max;
  while (end > reason_bytes_max - character_bytes_max && continues(end)) --end;
  return reason.substr(0, end);
}

ChangeEvent decode_event(Row row, int first_column) {
  int column = first_column;
  ChangeEvent event;
  event.source = row.text(column++);
  event.external_id = row.text(column++);
  event.person = PersonId(row.text(column++));
  event.type = change_type(row.text(column++));
  event.type_text = row.text(column++);
  event.mode =
      row.text(column++) == to_string(ChangeMode::full) ? ChangeMode::full : ChangeMode::partial;
  event.attributes = decode_patch(row.text(column++));
  event.occurred_at = row.optional_instant(column++);
  if (row.has(column)) event.effective_at = row.instant(column);
  ++column;
  if (row.has(column)) {
    if (const auto date = parse_date(row.text(column))) event.effective_at = *date;
  }
  ++column;
  event.sequence = row.text(column);
  return event;
}

}  // namespace rosterd::sqlite
