#include "ingest/event_json.hpp"

#include "ingest/strict_json.hpp"
#include "rosterd/base/instant.hpp"
#include "rosterd/ingest/event_codec.hpp"

#include <array>
#include <charconv>
#include <type_traits>

namespace rosterd::ingest {

namespace {

/// One JSON object in the making.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

  void member(std::string_view name, std::string_view text) { append_json_string(key(name), text); }
  std::string& key(std::string_view name) {
    if (!empty_) out_ += ',';
    empty_ = false;
    append_json_string(out_, name);
    return out_ += ':';
  }
  void close() { out_ += '}'; }

 private:
  std::string& out_;
  bool empty_ = true;
};

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  out.append(buffer.data(), end);
}

void append_value(std::string& out, const AttributeValue& value) {
  const auto append = [&](const auto& held) {
    using Held = std::decay_t<decltype(held)>;
    if constexpr (std::is_same_v<Held, std::string>) {
      append_json_string(out, held);
    } else if constexpr (std::is_same_v<Held, bool>) {
      out += held ? "true" : "false";
    } else if constexpr (std::is_same_v<Held, std::vector<std::string>>) {
      out += '[';
      for (const std::string& item : held) {
        if (&item != &held.front()) out += ',';
        append_json_string(out, item);
      }
      out += ']';
    } else {
      append_number(out, held);
    }
  };
  std::visit(append, value);
}

void append_person(std::string& out, const ChangeEvent& event) {
  ObjectWriter person(out);
  person.member("id", event.person.value);
  ObjectWriter attributes(person.key("attributes"));
  for (const auto& [name, value] : event.attributes) {
    attributes.key(name);
    if (value) {
      append_value(out, *value);
    } else {
      out += "null";
    }
  }
  attributes.close();
  person.close();
}

std::string text_of(const Effective& effective) {
  return std::visit([](const auto& when) { return rosterd::to_string(when); }, effective);
}

std::string written(const ChangeEvent& event, bool with_id) {
  std::string out;
  out.reserve(512);
  ObjectWriter object(out);
  if (with_id) object.member("id", event.external_id);
  const bool known = event.type != ChangeType::unknown;
  object.member("type", known ? rosterd::to_string(event.type) : std::string_view(event.type_text));
  object.member("mode", rosterd::to_string(event.mode));
  append_person(object.key("person"), event);
  if (event.occurred_at) object.member("occurred_at", rosterd::to_string(*event.occurred_at));
  if (event.effective_at) object.member("effective_at", text_of(*event.effective_at));
  if (!event.sequence.empty()) object.member("sequence", event.sequence);
  object.close();
  return out;
}

}  // namespace

std::string to_json(const ChangeEvent& event) {
  return written(event, true);
}

std::string content_json(const ChangeEvent& event) {
  return written(event, false);
}

}  // namespace rosterd::ingest
