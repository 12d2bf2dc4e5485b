#include "ingest/mapped_event.hpp"

#include "ingest/json_pointer.hpp"

namespace rosterd::ingest {

namespace {

/// The value that a pointer of the mapping names; null when the vendor has no such field, or left
/// it out or null here.
const JsonNode* mapped(const JsonNode& node, const std::string& pointer) {
  if (pointer.empty()) return nullptr;
  const JsonNode* const found = at_pointer(node, pointer);
  return found == nullptr || found->is(JsonKind::null) ? nullptr : found;
}

void read_type(
    const JsonNode& node, const EventMapping& mapping, FieldReader& reader, ChangeEvent& event
) {
  const JsonNode* const type = mapped(node, mapping.type);
  event.type_text = type == nullptr ? mapping.default_type : reader.id_or_integer(*type, "type");
  const auto known = mapping.types.find(event.type_text);
  event.type = change_type(known == mapping.types.end() ? event.type_text : known->second);
}

void read_attributes(
    const JsonNode& node, const EventMapping& mapping, FieldReader& reader, ChangeEvent& event
) {
  for (const auto& [name, pointer] : mapping.attributes) {
    const JsonNode* const found = at_pointer(node, pointer);
    if (found == nullptr) continue;
    auto value = reader.value_of(*found, name);
    const auto meanings = mapping.values.find(name);
    if (value && meanings != mapping.values.end()) {
      const auto meaning = meanings->second.find(to_text(*value));
      if (meaning != meanings->second.end()) value = meaning->second;
    }
    if (name == attribute::status) reader.check_status(*found, value);
    event.attributes.emplace_hint(event.attributes.end(), name, std::move(value));
  }
}

}  // namespace

void read_mapped(
    const JsonNode& node, const EventMapping& mapping, FieldReader& reader, ChangeEvent& event
) {
  read_type(node, mapping, reader, event);
  if (const JsonNode* id = mapped(node, mapping.id)) {
    event.external_id = reader.id_or_integer(*id, "id");
  }
  if (const JsonNode* person = mapped(node, mapping.person_id)) {
    event.person.value = reader.id_or_integer(*person, "person id");
  }
  if (event.type == ChangeType::unknown) return;
  if (event.person.value.empty()) reader.fail(node, "no person id at " + mapping.person_id);
  if (const JsonNode* occurred = mapped(node, mapping.occurred_at)) {
    event.occurred_at = reader.lenient_instant(*occurred, "the time of the change");
  }
  if (const JsonNode* effective = mapped(node, mapping.effective_at)) {
    event.effective_at = reader.lenient_effective(*effective);
  }
  if (const JsonNode* sequence = mapped(node, mapping.sequence)) {
    event.sequence = reader.sequence(*sequence);
  }
  read_attributes(node, mapping, reader, event);
}

}  // namespace rosterd::ingest
