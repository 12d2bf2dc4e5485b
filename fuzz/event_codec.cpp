#include "rosterd/ingest/event_codec.hpp"

#include "fuzzing.hpp"
#include "ingest/strict_json.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/domain/lifecycle.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

// First line: form of the body, mapping, limits. Then headers, `name: value`, up to an empty line.
// Below it the body.

namespace rosterd::ingest {
namespace {

const Crypto& crypto() {
  static const std::unique_ptr<Crypto> made = openssl::make_crypto();
  return *made;
}

/// A vendor's own JSON, with everything that can be mapped.
EventMapping vendor_mapping(const char* events) {
  EventMapping mapping;
  mapping.events = events;
  mapping.person_id = "/employee/id";
  mapping.id = "/id";
  mapping.occurred_at = "/at";
  mapping.effective_at = "/effective";
  mapping.sequence = "/n";
  mapping.type = "/kind";
  mapping.types = {{"hired", "person.joined"}, {"fired", "person.left"}, {"1", "person.changed"}};
  mapping.attributes = {
      {"email", "/employee/email"}, {"status", "/employee/state"}, {"teams", "/employee/teams"}};
  mapping.values = {{"status", {{"on", "active"}, {"off", "left"}, {"true", "active"}}}};
  return mapping;
}

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

Headers take_headers(fuzz::Input& input) {
  Headers headers;
  for (auto line = input.line(); !line.empty(); line = input.line()) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    headers.emplace_back(
        line.substr(0, colon), trim(line.substr(std::min(colon + 1, line.size())))
    );
  }
  return headers;
}

void require_error(std::string_view body, const CodecError& error) {
  fuzz::require_sentence(error.text, 400);
  fuzz::require(
      error.at.size() <= 2 * body.size() + 300, "a place is a part of the body", error.at
  );
  const bool header = error.at.starts_with("header ");
  const bool pointer = error.at.empty() || error.at.starts_with('/');
  fuzz::require(header || pointer, "a place is a header or a pointer", error.at);
  const bool placed = header || error.line > 0 || error.kind == CodecError::Kind::too_many;
  fuzz::require(placed, "an error has a place", error.text);
  const auto end = line_and_column(body, body.size());
  fuzz::require(error.line <= end.first, "an error is in the body", error.text);
}

void require_text(std::string_view text, std::size_t bytes_max) {
  fuzz::require(text.size() <= bytes_max, "a text is within its limit", text);
  fuzz::require(text.find('\0') == std::string_view::npos, "a text has no NUL", text);
  fuzz::require(!invalid_utf8_at(text), "a text is UTF-8", text);
}

void require_within_limits(const ChangeEvent& event, const EventLimits& limits) {
  fuzz::require(!event.external_id.empty(), "an event has an id");
  require_text(event.external_id, std::max<std::size_t>(limits.id_bytes_max, 71));
  require_text(event.person.value, limits.id_bytes_max);
  require_text(event.sequence, limits.id_bytes_max);
  const bool known = event.type != ChangeType::unknown;
  fuzz::require(!known || !event.person.value.empty(), "an event is about somebody");
  fuzz::require(event.attributes.size() <= limits.attributes_max, "not too many attributes");
  for (const auto& [name, value] : event.attributes) {
    require_text(name, limits.name_bytes_max);
    if (!value) continue;
    if (const auto* text = std::get_if<std::string>(&*value)) {
      require_text(*text, limits.value_bytes_max);
    } else if (const auto* list = std::get_if<std::vector<std::string>>(&*value)) {
      fuzz::require(list->size() <= limits.list_items_max, "not too many items");
      for (const std::string& item : *list) require_text(item, limits.value_bytes_max);
    }
  }
}

/// What is kept is what will be read: in the same words, with the same digest.
void require_read_back(const DecodedEvent& decoded, const EventLimits& limits) {
  const std::string written = to_json(decoded.event);
  DecodeOptions options;
  options.source = decoded.event.source;
  options.limits.id_bytes_max = std::max<std::size_t>(limits.id_bytes_max, 71);
  options.limits.body_bytes_max = 1 << 24;
  const auto again = decode_events(written, EventFormat::plain, {}, options, crypto());
  fuzz::require(again.has_value(), "an event can be read back", written);
  fuzz::require(again->size() == 1, "one event is one event", written);
  const ChangeEvent& read = again->front().event;
  fuzz::require(read.external_id == decoded.event.external_id, "the id is read back", written);
  fuzz::require(read.person == decoded.event.person, "and the person", written);
  fuzz::require(read.type == decoded.event.type, "and the type", written);
  // Of a type that nobody knows nothing else is read.
  if (decoded.event.type == ChangeType::unknown) return;
  const std::string once_more = to_json(read);
  fuzz::require(once_more == written, "an event reads as it was written", once_more);
  fuzz::require(again->front().sha256 == decoded.sha256, "and has the same digest", written);
  const bool same = read.attributes == decoded.event.attributes;
  fuzz::require(same, "and says the same", written);
}

void require_dates_in_order(const ChangeEvent& event) {
  static const system::SystemTimeZones zones;
  if (event.effective_at) due_at(event, "Europe/Berlin", zones);
  Attributes attributes;
  for (const auto& [name, value] : event.attributes) {
    if (value) attributes.emplace(name, *value);
  }
  const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
  const Lifecycle life = lifecycle_of(attributes, LifecycleSettings{}, zones, now);
  fuzz::require(!life.next_change_at || *life.next_change_at > now, "what will change is ahead");
}

}  // namespace
}  // namespace rosterd::ingest

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  using namespace rosterd::ingest;
  static const EventMapping one_event = vendor_mapping("");
  static const EventMapping many_events = vendor_mapping("/data/events");
  fuzz::Input input(data, size);
  fuzz::Choices choices(input.line());
  const std::string_view content_type = std::vector<std::string_view>{
      "application/json",
      "application/cloudevents+json; charset=utf-8",
      "application/cloudevents-batch+json"}[choices.next(3)];
  DecodeOptions options;
  options.source = "hr";
  options.mapping =
      std::vector<const EventMapping*>{nullptr, &one_event, &many_events}[choices.next(3)];
  if (choices.next(2) == 1) options.delivery_id = "delivery-1";
  if (choices.next(2) == 1) {
    options.limits = EventLimits{400, 5, 3, 40, 4, 20, 30, 3};
  }
  const Headers headers = take_headers(input);
  const auto format = event_format(content_type, headers);
  fuzz::require(format.has_value(), "these types are read");

  const auto decoded = decode_events(input.rest(), *format, headers, options, crypto());
  if (!decoded) {
    require_error(input.rest(), decoded.error());
    return 0;
  }
  fuzz::require(decoded->size() <= options.limits.events_max, "not too many events");
  for (const DecodedEvent& one : *decoded) {
    require_within_limits(one.event, options.limits);
    const auto payload = parse_json(one.payload, {std::size_t{1} << 24U, 40});
    fuzz::require(payload.has_value(), "what is kept is JSON", one.payload);
    require_read_back(one, options.limits);
    require_dates_in_order(one.event);
  }
  return 0;
}
