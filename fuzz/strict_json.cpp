#include "ingest/strict_json.hpp"

#include "fuzzing.hpp"
#include "ingest/json_pointer.hpp"
#include "rosterd/base/json_text.hpp"
#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// First line: a JSON pointer. Below it the text.

namespace rosterd::ingest {
namespace {

using Json = nlohmann::json;

/// What the library takes and we, as documented, do not.
class Differences : public nlohmann::json_sax<Json> {
 public:
  bool found = false;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  /// Too small for a double is out of range to us.
  bool number_float(number_float_t number, const string_t&) override {
    found = found || number == 0 || std::fpclassify(number) == FP_SUBNORMAL;
    return true;
  }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    keys_.emplace_back();
    return deeper();
  }
  bool key(string_t& name) override {
    found = found || !keys_.back().insert(name).second;
    return true;
  }
  bool end_object() override {
    keys_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override {
    keys_.emplace_back();
    return deeper();
  }
  bool end_array() override {
    keys_.pop_back();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  bool deeper() {
    found = found || keys_.size() > JsonLimits().depth_max;
    return true;
  }
  std::vector<std::set<std::string>> keys_;
};

Json as_json(const JsonNode& node) {
  switch (node.kind) {
    case JsonKind::null:
      return nullptr;
    case JsonKind::boolean:
      return node.boolean;
    case JsonKind::integer:
      return node.integer;
    case JsonKind::number:
      return node.number;
    case JsonKind::string:
      return node.text;
    case JsonKind::array: {
      Json array = Json::array();
      for (const JsonNode& child : JsonChildren(node)) array.push_back(as_json(child));
      return array;
    }
    case JsonKind::object: {
      Json object = Json::object();
      for (const JsonNode& child : JsonChildren(node)) object[child.key] = as_json(child);
      return object;
    }
  }
  std::abort();
}

void require_places(std::string_view text, const JsonNode& root, const JsonNode& node) {
  fuzz::require(node.begin < node.end && node.end <= text.size(), "a value is in the text");
  const std::string pointer = pointer_to(root, node);
  fuzz::require(at_pointer(root, pointer) == &node, "a pointer leads back", pointer);
  const auto itself = parse_json(text.substr(node.begin, node.end - node.begin));
  fuzz::require(itself && as_json(itself->root()) == as_json(node), "a value stands for itself");
}

void require_strings_written(const JsonNode& node) {
  std::string written;
  append_json_string(written, node.text);
  const auto read = parse_json(written);
  fuzz::require(read && read->root().text == node.text, "a string is read as written", written);
}

void require_error(std::string_view text, const JsonError& error) {
  fuzz::require_sentence(error.text, 200);
  fuzz::require(!invalid_utf8_at(error.pointer), "a pointer is UTF-8", error.pointer);
  fuzz::require(error.line >= 1 && error.column >= 1, "an error has a place");
  const auto end = line_and_column(text, text.size());
  fuzz::require(error.line <= end.first, "an error is in the text");
  // The library passes over a byte order mark, and over whatever comes after a NUL byte.
  if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string_view::npos) return;
  const Json library = Json::parse(text, nullptr, false);
  if (library.is_discarded()) return;
  Differences differences;
  Json::sax_parse(text, &differences);
  fuzz::require(differences.found, "what is refused is wrong", error.text);
}

}  // namespace
}  // namespace rosterd::ingest

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  using namespace rosterd::ingest;
  fuzz::Input input(data, size);
  const std::string_view pointer = input.line();
  const std::string_view text = input.rest();
  const auto document = parse_json(text);
  if (!document) {
    require_error(text, document.error());
    return 0;
  }
  const JsonNode& root = document->root();
  const auto library = nlohmann::json::parse(text, nullptr, false);
  fuzz::require(!library.is_discarded(), "what is taken is JSON", text);
  fuzz::require(as_json(root) == library, "the values are the same", text);
  const JsonNode* node = &root;
  for (std::uint32_t i = 0; i < root.span && i < 40; ++i, ++node) {
    require_places(text, root, *node);
    if (node->is(JsonKind::string)) require_strings_written(*node);
  }
  if (const JsonNode* found = at_pointer(root, pointer)) {
    fuzz::require(at_pointer(root, pointer_to(root, *found)) == found, "found again", pointer);
  }
  return 0;
}
