#include "ingest/event_json.hpp"

#include "rosterd/base/instant.hpp"
#include "rosterd/base/json_text.hpp"
#include "rosterd/domain/attributes_json.hpp"
#include "rosterd/ingest/event_codec.hpp"

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

void append_person(std::string& out, const ChangeEvent& event) {
  ObjectWriter person(out);
  person.member("id", event.person.value);
  append_json(person.key("attributes"), event.attributes);
  person.close();
}

std::string text_of(const Effective& effective) {
  return std::visit([](const auto& when) { return rosterd::to_string(when); }, effective);
}

}  // namespace

std::string to_json(const ChangeEvent& event) {
  return with_id(content_json(event), event.external_id);
}

std::string with_id(std::string_view content, std::string_view id) {
  std::string out;
  out.reserve(content.size() + id.size() + 16);
  ObjectWriter object(out);
  object.member("id", id);
  out += ',';
  out += content.substr(1);
  return out;
}

std::string content_json(const ChangeEvent& event) {
  std::string out;
  out.reserve(512);
  ObjectWriter object(out);
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

}  // namespace rosterd::ingest
