#include "operator_request.hpp"

#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <vector>

namespace rosterd {

namespace {

using Json = nlohmann::json;

constexpr std::size_t name_bytes_max = 200;
constexpr std::size_t note_bytes_max = 4'000;

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A JSON object, taken apart field by field; what nobody took is refused.
class Fields {
 public:
  explicit Fields(std::string_view body) : json_(Json::parse(body, nullptr, false)) {
    if (!json_.is_object()) fail("this is no JSON object");
  }

  /// The value of a key, or null where it is not there.
  const Json* optional(const std::string& key) {
    taken_.insert(key);
    if (!json_.is_object()) return nullptr;
    const auto found = json_.find(key);
    return found == json_.end() ? nullptr : &*found;
  }

  const Json* required(const std::string& key) {
    const Json* value = optional(key);
    if (value == nullptr) fail("\"" + key + "\" is missing");
    return value;
  }

  std::string text(const std::string& key, const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    fail("\"" + key + "\" is no text");
    return "";
  }

  std::string optional_text(const std::string& key, std::size_t bytes_max) {
    const Json* value = optional(key);
    if (value == nullptr) return "";
    std::string said = text(key, *value);
    if (said.size() > bytes_max) {
      fail("\"" + key + "\" is longer than " + std::to_string(bytes_max) + " bytes");
    }
    return said;
  }

  /// Who asks: nothing is done for nobody.
  std::string asker() {
    required("by");
    std::string by = optional_text("by", name_bytes_max);
    if (trim(by).empty()) fail("\"by\" names nobody");
    return by;
  }

  bool flag(const std::string& key) {
    const Json* value = required(key);
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    fail("\"" + key + "\" is neither true nor false");
    return false;
  }

  /// The elements; an empty list selects nothing and can only be a mistake.
  std::vector<Json> list(const std::string& key) {
    const Json* value = optional(key);
    if (value == nullptr) return {};
    if (value->is_array() && !value->empty()) return *value;
    fail("\"" + key + "\" is no list with something in it");
    return {};
  }

  template <class Parse>
  auto known(const std::string& key, const Json& value, Parse parse)
      -> decltype(parse(std::string_view())) {
    const std::string said = text(key, value);
    auto found = parse(std::string_view(said));
    if (!found) fail("\"" + printable(said) + "\" is nothing that \"" + key + "\" can be");
    return found;
  }

  template <class Parse>
  auto optional_known(const std::string& key, Parse parse) -> decltype(parse(std::string_view())) {
    const Json* value = optional(key);
    if (value == nullptr) return std::nullopt;
    return known(key, *value, parse);
  }

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  /// The value that was read of the fields, or the first thing wrong with them.
  template <class T>
  Result<T, RequestError> give(T value) {
    if (json_.is_object()) {
      for (const auto& [key, ignored] : json_.items()) {
        if (!taken_.contains(key)) fail("\"" + printable(key) + "\" is not known here");
      }
    }
    if (!problem_.empty()) return RequestError(problem_);
    return value;
  }

 private:
  Json json_;
  std::set<std::string> taken_;
  std::string problem_;
};

EventId event_id(Fields& fields, const Json& value) {
  constexpr auto id_max = static_cast<std::uint64_t>(std::numeric_limits<EventId>::max());
  if (value.is_number_unsigned() && value.get<std::uint64_t>() <= id_max) {
    return value.get<EventId>();
  }
  fields.fail("\"ids\" has something that is no number of an event");
  return 0;
}

EventSelection read_selection(Fields& fields) {
  EventSelection selection;
  for (const Json& one : fields.list("ids")) selection.ids.push_back(event_id(fields, one));
  if (const Json* person = fields.optional("person")) {
    selection.person = PersonId(fields.text("person", *person));
  }
  for (const Json& one : fields.list("states")) {
    if (const auto state = fields.known("states", one, event_state)) {
      selection.states.push_back(*state);
    }
  }
  selection.error = fields.optional_known("class", error_class);
  if (const Json* source = fields.optional("source")) {
    selection.source = fields.text("source", *source);
  }
  selection.received_from = fields.optional_known("from", parse_rfc3339);
  selection.received_to = fields.optional_known("to", parse_rfc3339);
  return selection;
}

}  // namespace

Result<EventsRequest, RequestError> read_events_request(std::string_view body) {
  Fields fields(body);
  EventsRequest request;
  request.selection = read_selection(fields);
  if (request.selection.empty()) {
    fields.fail("which events? Say ids, person, states, class, source, from or to");
  }
  request.reason = fields.optional_text("reason", note_bytes_max);
  request.by = fields.asker();
  return fields.give(std::move(request));
}

Result<sync::HoldDecision, RequestError> read_hold_decision(std::string_view body) {
  Fields fields(body);
  sync::HoldDecision decision;
  if (const Json* hash = fields.required("hash")) {
    decision.hash = fields.text("hash", *hash);
    if (!is_digest(decision.hash)) {
      fields.fail("\"hash\" is not 64 hexadecimal digits in lower case: say the whole hash");
    }
  }
  for (const Json& one : fields.list("people")) {
    decision.people.insert(PersonId(fields.text("people", one)));
  }
  decision.approve = fields.flag("approve");
  decision.by = fields.asker();
  decision.note = fields.optional_text("note", note_bytes_max);
  return fields.give(std::move(decision));
}

Result<ReconcileRequest, RequestError> read_reconcile_request(std::string_view body) {
  Fields fields(body);
  ReconcileRequest request;
  request.repair = fields.flag("repair");
  return fields.give(request);
}

Result<FileApproval, RequestError> read_file_approval(std::string_view body) {
  Fields fields(body);
  FileApproval approval;
  if (const Json* value = fields.required("sha256")) {
    approval.sha256 = fields.text("sha256", *value);
    if (!is_digest(approval.sha256)) {
      fields.fail("\"sha256\" is not 64 hexadecimal digits in lower case");
    }
  }
  return fields.give(std::move(approval));
}

std::string json_of_request(const EventsRequest& request) {
  const EventSelection& selection = request.selection;
  Json json = Json::object();
  if (!selection.ids.empty()) json["ids"] = selection.ids;
  if (selection.person) json["person"] = selection.person->value;
  for (const EventState state : selection.states) json["states"].push_back(to_string(state));
  if (selection.error) json["class"] = to_string(*selection.error);
  if (selection.source) json["source"] = *selection.source;
  if (selection.received_from) json["from"] = to_string(*selection.received_from);
  if (selection.received_to) json["to"] = to_string(*selection.received_to);
  if (!request.reason.empty()) json["reason"] = request.reason;
  json["by"] = request.by;
  return json.dump();
}

std::string json_of_request(const sync::HoldDecision& decision) {
  Json json;
  json["hash"] = decision.hash;
  for (const PersonId& person : decision.people) json["people"].push_back(person.value);
  json["approve"] = decision.approve;
  json["by"] = decision.by;
  if (!decision.note.empty()) json["note"] = decision.note;
  return json.dump();
}

}  // namespace rosterd
