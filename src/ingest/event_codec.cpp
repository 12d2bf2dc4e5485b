#include "rosterd/ingest/event_codec.hpp"

#include "ingest/event_json.hpp"
#include "ingest/field_reader.hpp"
#include "ingest/json_pointer.hpp"
#include "ingest/mapped_event.hpp"
#include "ingest/strict_json.hpp"
#include "rosterd/base/assert.hpp"
#include "rosterd/base/json_text.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/domain/lifecycle.hpp"
#include "rosterd/ports/http.hpp"

#include <algorithm>
#include <tuple>

namespace rosterd::ingest {

namespace {

std::optional<std::string_view> find_header(HeaderViews headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return equal_ignoring_case(header.first, name);
  });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

/// The value of a CloudEvents header (HTTP binding 1.0, 3.1.3.2): quotes off, then percent-decoded.
std::optional<std::string> cloud_header_value(std::string_view text) {
  std::string unquoted;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      if (text[i] == '\\' && i + 2 < text.size()) ++i;
      unquoted += text[i];
    }
    text = unquoted;
  }
  auto decoded = percent_decoded(text);
  if (!decoded || invalid_utf8_at(*decoded) || decoded->find('\0') != std::string::npos) {
    return std::nullopt;
  }
  return decoded;
}

/// `person.left` and `com.example.person.left` are the same type.
ChangeType cloud_type(std::string_view text) {
  const std::size_t person = text.rfind(".person.");
  return change_type(person == std::string_view::npos ? text : text.substr(person + 1));
}

/// Turns one parsed body into events; used once.
class BodyDecoder {
 public:
  BodyDecoder(
      std::string_view body,
      const JsonNode& root,
      HeaderViews headers,
      const DecodeOptions& options,
      const Crypto& crypto
  )
      : body_(body),
        root_(root),
        headers_(headers),
        options_(options),
        crypto_(crypto),
        reader_(options.limits) {}

  Result<std::vector<DecodedEvent>, CodecError> decode(EventFormat format) {
    const auto nodes = event_nodes(format);
    if (nodes.size() > options_.limits.events_max && !failed()) {
      return CodecError(
          CodecError::Kind::too_many,
          "more than " + std::to_string(options_.limits.events_max) +
              " events; send smaller batches",
          ""
      );
    }
    std::vector<DecodedEvent> events;
    events.reserve(nodes.size());
    for (const JsonNode* node : nodes) {
      ChangeEvent event;
      event.source = options_.source;
      read(format, *node, event);
      if (failed()) break;
      events.push_back(finished(format, *node, std::move(event), events.size(), nodes.size()));
    }
    if (failed()) return error();
    return events;
  }

 private:
  bool failed() const { return header_error_ || reader_.problem(); }

  CodecError error() const {
    if (header_error_) return *header_error_;
    const FieldProblem& problem = *reader_.problem();
    CodecError error(CodecError::Kind::malformed, problem.text, pointer_to(root_, *problem.at));
    std::tie(error.line, error.column) = line_and_column(body_, problem.at->begin);
    return error;
  }

  std::vector<const JsonNode*> event_nodes(EventFormat format) {
    const JsonNode* events = &root_;
    const bool mapped = format == EventFormat::plain && options_.mapping != nullptr;
    if (mapped) events = at_pointer(root_, options_.mapping->events);
    if (events == nullptr) {
      reader_.fail(root_, "no events at " + options_.mapping->events);
      return {};
    }
    const bool batch = format == EventFormat::plain || format == EventFormat::cloudevents_batch;
    if (!events->is(JsonKind::array) || !batch) {
      if (format != EventFormat::cloudevents_batch) return {events};
      reader_.fail(*events, "a CloudEvents batch must be an array");
      return {};
    }
    std::vector<const JsonNode*> nodes;
    for (const JsonNode& child : JsonChildren(*events)) nodes.push_back(&child);
    return nodes;
  }

  void read(EventFormat format, const JsonNode& node, ChangeEvent& event) {
    if (!node.is(JsonKind::object)) return reader_.fail(node, "an event must be an object");
    switch (format) {
      case EventFormat::plain:
        if (options_.mapping != nullptr) {
          return read_mapped(node, *options_.mapping, reader_, event);
        }
        return read_plain(node, event);
      case EventFormat::cloudevents_structured:
      case EventFormat::cloudevents_batch:
        return read_structured(node, event);
      case EventFormat::cloudevents_binary:
        return read_binary(node, event);
    }
    std::abort();
  }

  void read_plain(const JsonNode& node, ChangeEvent& event) {
    const JsonNode* const type = FieldReader::present(node, "type");
    if (type == nullptr) return reader_.fail(node, "type is missing");
    event.type_text = reader_.id(*type, "type");
    event.type = change_type(event.type_text);
    if (event.type == ChangeType::unknown) return read_unknown(node, event);
    read_data(node, event);
    require_person(node, event);
  }

  /// Nobody knows what the rest of such an event means, so nothing of it can be wrong.
  void read_unknown(const JsonNode& node, ChangeEvent& event) {
    const auto usable = [&](const JsonNode* id) {
      return id != nullptr && id->is(JsonKind::string) &&
             id->text.size() <= options_.limits.id_bytes_max &&
             id->text.find('\0') == std::string::npos;
    };
    if (const JsonNode* id = node.find("id"); event.external_id.empty() && usable(id)) {
      event.external_id = id->text;
    }
    const JsonNode* const person = node.find("person");
    if (const JsonNode* id = person == nullptr ? nullptr : person->find("id"); usable(id)) {
      event.person.value = id->text;
    }
  }

  void read_structured(const JsonNode& node, ChangeEvent& event) {
    const JsonNode* const version = node.find("specversion");
    if (version == nullptr || version->text != "1.0") {
      return reader_.fail(version == nullptr ? node : *version, "specversion must be \"1.0\"");
    }
    event.external_id = required(node, "id");
    required(node, "source");
    event.type_text = required(node, "type");
    event.type = cloud_type(event.type_text);
    if (const JsonNode* time = FieldReader::present(node, "time")) {
      event.occurred_at = reader_.instant(*time, "time");
    }
    const JsonNode* const data = FieldReader::present(node, "data");
    if (event.type == ChangeType::unknown) {
      if (data != nullptr) read_unknown(*data, event);
      return;
    }
    if (data == nullptr && node.find("data_base64") != nullptr) {
      return reader_.fail(*node.find("data_base64"), "send JSON in data instead of data_base64");
    }
    if (data == nullptr) return reader_.fail(node, "data is missing");
    if (!data->is(JsonKind::object)) return reader_.fail(*data, "data must be an object");
    read_data(*data, event);
    if (const JsonNode* subject = FieldReader::present(node, "subject")) {
      if (event.person.value.empty()) event.person.value = reader_.id(*subject, "subject");
    }
    require_person(*data, event);
  }

  std::string required(const JsonNode& node, std::string_view name) {
    const JsonNode* const member = FieldReader::present(node, name);
    if (member != nullptr) return reader_.id(*member, name);
    reader_.fail(node, std::string(name) + " is missing");
    return {};
  }

  void read_binary(const JsonNode& data, ChangeEvent& event) {
    if (cloud_header("ce-specversion", true) != "1.0") {
      header_fails("ce-specversion", "must be 1.0");
    }
    const std::string id = cloud_header("ce-id", true);
    cloud_header("ce-source", true);
    event.type_text = cloud_header("ce-type", true);
    if (failed()) return;
    event.type = cloud_type(event.type_text);
    if (const JsonNode* own = data.find("type"); own != nullptr && own->is(JsonKind::string)) {
      const ChangeType type = change_type(own->text);
      if (type != ChangeType::unknown) event.type = type;
    }
    if (event.type == ChangeType::unknown) {
      read_unknown(data, event);
    } else {
      read_data(data, event);
    }
    if (event.external_id.empty()) event.external_id = id;
    if (event.person.value.empty()) event.person.value = cloud_header("ce-subject", false);
    read_binary_time(event);
    if (event.type != ChangeType::unknown) require_person(data, event);
  }

  void read_binary_time(ChangeEvent& event) {
    const std::string time = cloud_header("ce-time", false);
    if (time.empty() || event.occurred_at) return;
    event.occurred_at = parse_rfc3339(time);
    if (!event.occurred_at) header_fails("ce-time", "must be RFC 3339 with an offset");
  }

  std::string cloud_header(std::string_view name, bool is_required) {
    const auto raw = find_header(headers_, name);
    if (!raw) {
      if (is_required) header_fails(name, "is missing");
      return {};
    }
    auto value = cloud_header_value(*raw);
    if (!value) header_fails(name, "is not percent-encoded UTF-8");
    if (value && value->empty()) header_fails(name, "is empty");
    if (value && value->size() > options_.limits.id_bytes_max) header_fails(name, "is too long");
    return value.value_or("");
  }

  void header_fails(std::string_view name, std::string_view what) {
    if (failed()) return;
    header_error_ = CodecError(
        CodecError::Kind::malformed,
        std::string(name) + " " + std::string(what),
        "header " + std::string(name)
    );
  }

  /// The canonical fields. What an envelope has set already stays.
  void read_data(const JsonNode& data, ChangeEvent& event) {
    const auto member = [&](std::string_view name) { return FieldReader::present(data, name); };
    if (const JsonNode* id = member("id"); id != nullptr && event.external_id.empty()) {
      event.external_id = reader_.id(*id, "id");
    }
    if (const JsonNode* mode = member("mode")) event.mode = reader_.mode(*mode);
    if (const JsonNode* at = member("occurred_at"); at != nullptr && !event.occurred_at) {
      event.occurred_at = reader_.instant(*at, "occurred_at");
    }
    if (const JsonNode* at = member("effective_at")) event.effective_at = reader_.effective(*at);
    if (const JsonNode* sequence = member("sequence")) {
      event.sequence = reader_.sequence(*sequence);
    }
    read_person(data, event);
  }

  void read_person(const JsonNode& data, ChangeEvent& event) {
    if (const JsonNode* misplaced = data.find("attributes")) {
      reader_.fail(*misplaced, "attributes belong into person");
    }
    const JsonNode* const person = FieldReader::present(data, "person");
    const JsonNode* attributes = nullptr;
    if (person != nullptr && !person->is(JsonKind::object)) {
      reader_.fail(*person, "person must be an object with id and attributes");
    } else if (person != nullptr) {
      const JsonNode* const id = person->find("id");
      if (id != nullptr) event.person.value = reader_.id(*id, "person.id");
      attributes = person->find("attributes");
      if (attributes != nullptr) event.attributes = reader_.attributes(*attributes);
    }
    const bool values = event.type == ChangeType::joined || event.type == ChangeType::changed;
    if (attributes == nullptr && event.mode == ChangeMode::full && values) {
      reader_.fail(
          person == nullptr ? data : *person,
          "person.attributes is missing, and mode full clears whatever is not there"
      );
    }
  }

  void require_person(const JsonNode& data, const ChangeEvent& event) {
    if (!event.person.value.empty()) return;
    const JsonNode* const person = FieldReader::present(data, "person");
    reader_.fail(
        person == nullptr ? data : *person,
        "person.id is missing: the immutable key of the person in the HR system"
    );
  }

  DecodedEvent finished(
      EventFormat format,
      const JsonNode& node,
      ChangeEvent event,
      std::size_t index,
      std::size_t count
  ) {
    DecodedEvent decoded;
    const std::string_view bytes = body_.substr(node.begin, node.end - node.begin);
    const bool unknown = event.type == ChangeType::unknown;
    decoded.sha256 = unknown ? crypto_.sha256(bytes) : crypto_.sha256(content_json(event));
    if (event.external_id.empty() && !options_.delivery_id.empty() &&
        options_.delivery_id.size() + 8 <= options_.limits.id_bytes_max) {
      event.external_id = options_.delivery_id;
      if (count > 1) event.external_id += "#" + std::to_string(index);
    }
    if (event.external_id.empty()) event.external_id = "sha256:" + to_hex(decoded.sha256);
    decoded.payload =
        format == EventFormat::cloudevents_binary ? structured(event, bytes) : std::string(bytes);
    decoded.event = std::move(event);
    return decoded;
  }

  /// A binary event in structured form: headers and data in one piece.
  std::string structured(const ChangeEvent& event, std::string_view data) {
    std::string out = R"({"specversion":"1.0")";
    const auto member = [&](std::string_view name, std::string_view value) {
      if (value.empty()) return;
      append_json_string(out += ',', name);
      append_json_string(out += ':', value);
    };
    member("id", event.external_id);
    member("source", cloud_header("ce-source", false));
    member("type", event.type_text);
    member("time", cloud_header("ce-time", false));
    member("subject", cloud_header("ce-subject", false));
    out += R"(,"data":)";
    out += data;
    out += '}';
    return out;
  }

  std::string_view body_;
  const JsonNode& root_;
  HeaderViews headers_;
  const DecodeOptions& options_;
  const Crypto& crypto_;
  FieldReader reader_;
  std::optional<CodecError> header_error_;
};

/// Whether the parameters of a media type name no other character set than UTF-8.
bool is_utf8(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = trim(parameters.substr(0, parameters.find(';')));
    parameters.remove_prefix(std::min(parameters.size(), parameters.find(';')));
    if (!parameters.empty()) parameters.remove_prefix(1);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    if (!equal_ignoring_case(parameter.substr(0, equals), "charset")) continue;
    std::string_view value = parameter.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    if (!equal_ignoring_case(value, "utf-8")) return false;
  }
  return true;
}

}  // namespace

std::optional<EventFormat> event_format(std::string_view content_type, HeaderViews headers) {
  const std::size_t semicolon = content_type.find(';');
  const std::string type = lower_case(trim(content_type.substr(0, semicolon)));
  if (semicolon != std::string_view::npos && !is_utf8(content_type.substr(semicolon + 1))) {
    return std::nullopt;
  }
  if (type == "application/cloudevents+json") return EventFormat::cloudevents_structured;
  if (type == "application/cloudevents-batch+json") return EventFormat::cloudevents_batch;
  const bool json =
      type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
  if (!json || type.starts_with("application/cloudevents")) return std::nullopt;
  const bool binary = find_header(headers, "ce-specversion") || find_header(headers, "ce-type");
  return binary ? EventFormat::cloudevents_binary : EventFormat::plain;
}

Result<std::vector<DecodedEvent>, CodecError> decode_events(
    std::string_view body,
    EventFormat format,
    HeaderViews headers,
    const DecodeOptions& options,
    const Crypto& crypto
) {
  const JsonLimits limits{options.limits.body_bytes_max, options.limits.depth_max};
  const auto document = parse_json(body, limits);
  if (!document) {
    const JsonError wrong = document.error();
    CodecError error(CodecError::Kind::malformed, wrong.text, wrong.pointer);
    error.line = wrong.line;
    error.column = wrong.column;
    return error;
  }
  return BodyDecoder(body, document->root(), headers, options, crypto).decode(format);
}

Key128 event_key(std::string_view source, std::string_view external_id, const Crypto& crypto) {
  std::string name;
  name.reserve(source.size() + 1 + external_id.size());
  name.append(source).append(1, '\0').append(external_id);
  return key128(crypto.sha256(name));
}

Instant due_at(const ChangeEvent& event, const std::string& zone, const TimeZones& zones) {
  ROSTERD_ASSERT(event.effective_at, "only an event with a date has to wait for it");
  const std::string zone_name(attribute::time_zone);
  Attributes attributes;
  const auto own = event.attributes.find(zone_name);
  if (own != event.attributes.end() && own->second) attributes.emplace(zone_name, *own->second);
  LifecycleSettings settings;
  settings.time_zone = zone;
  return effective_instant(*event.effective_at, attributes, settings, zones);
}

}  // namespace rosterd::ingest
