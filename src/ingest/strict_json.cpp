#include "ingest/strict_json.hpp"

#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_set>

namespace rosterd::ingest {

namespace {

/// Walks the text for the lexer and tells how far it has come: its callbacks come without place.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor(const char* at, const char** reached) : at_(at), reached_(reached) {}

  reference operator*() const { return *at_; }
  Cursor& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  bool operator==(const Cursor& other) const { return at_ == other.at_; }
  bool operator!=(const Cursor& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

void append_pointer(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

/// The parser's message without its preamble and without the piece of input it quotes.
std::string plain_message(const nlohmann::json::exception& error) {
  constexpr int number_overflow = 406;
  if (error.id == number_overflow) return "the number is out of range";
  std::string text = error.what();
  const std::size_t column = text.find(", column ");
  const std::size_t colon = text.find(": ", column == std::string::npos ? 0 : column);
  if (colon != std::string::npos) text.erase(0, colon + 2);
  const std::size_t quoted = text.find("; last read: '");
  if (quoted != std::string::npos) {
    const std::size_t expected = text.rfind("'; expected ");
    text.erase(
        quoted,
        expected == std::string::npos || expected < quoted ? std::string::npos
                                                           : expected + 1 - quoted
    );
  }
  return text;
}

/// Receives the lexer's events and lays the values into one array.
class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  Builder(std::string_view text, const JsonLimits& limits)
      : text_(text), limits_(limits), reached_(text.data()) {
    nodes_.reserve(text.size() / 12 + 4);
    open_.reserve(8);
  }

  Result<JsonDocument, JsonError> build() {
    const char* const end = text_.data() + text_.size();
    const Cursor first(text_.data(), &reached_);
    const Cursor last(end, &reached_);
    if (!nlohmann::json::sax_parse(first, last, this)) return std::move(error_);
    return JsonDocument(std::move(nodes_));
  }

  bool null() {
    add(JsonKind::null);
    return true;
  }
  bool boolean(bool value) {
    add(JsonKind::boolean).boolean = value;
    return true;
  }
  bool number_integer(number_integer_t value) {
    JsonNode& node = add_number(JsonKind::integer);
    node.integer = value;
    node.number = static_cast<double>(value);
    return true;
  }
  bool number_unsigned(number_unsigned_t value) {
    if (value <= static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return number_integer(static_cast<number_integer_t>(value));
    }
    return number_float(static_cast<double>(value), std::to_string(value));
  }
  bool number_float(number_float_t value, const string_t& written) {
    JsonNode& node = add_number(JsonKind::number);
    node.number = value;
    node.text = written;
    return true;
  }
  bool string(string_t& value) {
    add(JsonKind::string).text = std::move(value);
    return true;
  }
  bool binary(binary_t&) { return false; }

  bool start_object(std::size_t) { return start(JsonKind::object); }
  bool start_array(std::size_t) { return start(JsonKind::array); }
  bool end_object() { return finish(); }
  bool end_array() { return finish(); }

  bool key(string_t& value) {
    const std::size_t begin = next_token();
    behind_ = offset();
    key_ = std::move(value);
    has_key_ = true;
    if (is_new(open_.back(), key_)) return true;
    return fail(begin, "the name \"" + printable(key_, 60) + "\" is there twice");
  }

  bool parse_error(
      std::size_t position, const std::string&, const nlohmann::json::exception& error
  ) {
    return fail(position == 0 ? 0 : position - 1, plain_message(error));
  }

 private:
  struct Open {
    explicit Open(std::uint32_t index) : node(index) {}
    std::uint32_t node;
    std::uint32_t children = 0;
    std::unique_ptr<std::unordered_set<std::string>> keys;  // only of an object with many
  };

  std::size_t offset() const { return static_cast<std::size_t>(reached_ - text_.data()); }

  std::size_t next_token() const {
    const std::size_t found = text_.find_first_not_of(" \t\r\n:,", behind_);
    return std::min(found, text_.size());
  }

  JsonNode& add(JsonKind kind) {
    if (!open_.empty()) ++open_.back().children;
    JsonNode& node = nodes_.emplace_back();
    node.kind = kind;
    node.begin = static_cast<std::uint32_t>(next_token());
    behind_ = offset();
    node.end = static_cast<std::uint32_t>(behind_);
    if (has_key_) node.key = std::move(key_);
    has_key_ = false;
    return node;
  }

  JsonNode& add_number(JsonKind kind) {
    JsonNode& node = add(kind);
    // The lexer has looked at the character behind the number, too.
    const std::size_t end = text_.find_first_not_of("0123456789+-.eE", node.begin);
    behind_ = std::min(end, text_.size());
    node.end = static_cast<std::uint32_t>(behind_);
    return node;
  }

  bool start(JsonKind kind) {
    if (open_.size() == limits_.depth_max) {
      return fail(next_token(), "nested deeper than " + std::to_string(limits_.depth_max));
    }
    const auto index = static_cast<std::uint32_t>(nodes_.size());
    add(kind);
    open_.emplace_back(index);
    return true;
  }

  bool finish() {
    JsonNode& node = nodes_[open_.back().node];
    node.span = static_cast<std::uint32_t>(nodes_.size()) - open_.back().node;
    behind_ = next_token() + 1;
    node.end = static_cast<std::uint32_t>(behind_);
    open_.pop_back();
    return true;
  }

  bool is_new(Open& object, const std::string& name) {
    constexpr std::uint32_t few = 16;
    if (object.keys) return object.keys->insert(name).second;
    const bool many = object.children >= few;
    if (many) object.keys = std::make_unique<std::unordered_set<std::string>>();
    bool found = false;
    std::size_t at = object.node + std::size_t{1};
    for (std::uint32_t i = 0; i < object.children; ++i, at += nodes_[at].span) {
      found = found || nodes_[at].key == name;
      if (many) object.keys->insert(nodes_[at].key);
    }
    if (many) object.keys->insert(name);
    return !found;
  }

  bool fail(std::size_t where, std::string what) {
    error_ = JsonError(std::move(what), current_pointer());
    std::tie(error_.line, error_.column) = line_and_column(text_, where);
    return false;
  }

  std::string current_pointer() const {
    std::string pointer;
    for (std::size_t depth = 0; depth < open_.size(); ++depth) {
      const Open& open = open_[depth];
      const bool innermost = depth + 1 == open_.size();
      if (nodes_[open.node].is(JsonKind::array)) {
        const std::uint32_t index = innermost ? open.children : open.children - 1;
        append_pointer(pointer, std::to_string(index));
      } else if (!innermost) {
        append_pointer(pointer, nodes_[open_[depth + 1].node].key);
      } else if (has_key_) {
        append_pointer(pointer, key_);
      }
    }
    return pointer;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  const char* reached_;
  std::size_t behind_ = 0;  // the first byte after the last token
  std::vector<JsonNode> nodes_;
  std::vector<Open> open_;
  std::string key_;
  bool has_key_ = false;
  JsonError error_;
};

/// What the lexer lets pass, or would explain badly.
std::optional<JsonError> refused_at_sight(std::string_view text, const JsonLimits& limits) {
  const auto at = [&](std::size_t offset, std::string what) {
    JsonError error(std::move(what), "");
    std::tie(error.line, error.column) = line_and_column(text, offset);
    return error;
  };
  if (text.size() > limits.bytes_max) {
    return at(0, "longer than " + std::to_string(limits.bytes_max) + " bytes");
  }
  if (text.empty()) return at(0, "the body is empty");
  if (text.starts_with("\xEF\xBB\xBF")) return at(0, "starts with a byte order mark");
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return at(nul, "a NUL byte");
  }
  return std::nullopt;
}

}  // namespace

Result<JsonDocument, JsonError> parse_json(std::string_view text, const JsonLimits& limits) {
  if (auto refused = refused_at_sight(text, limits)) return std::move(*refused);
  return Builder(text, limits).build();
}

const JsonNode* JsonNode::find(std::string_view name) const {
  if (!is(JsonKind::object)) return nullptr;
  for (const JsonNode& member : JsonChildren(*this)) {
    if (member.key == name) return &member;
  }
  return nullptr;
}

namespace {

const JsonNode* item(const JsonNode& array, std::string_view index) {
  const bool leading_zero = index.size() > 1 && index.front() == '0';
  if (index.empty() || index.size() > 9 || leading_zero) return nullptr;
  std::size_t left = 0;
  for (const char c : index) {
    if (c < '0' || c > '9') return nullptr;
    left = left * 10 + static_cast<std::size_t>(c - '0');
  }
  for (const JsonNode& child : JsonChildren(array)) {
    if (left-- == 0) return &child;
  }
  return nullptr;
}

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '1' ? '/' : '~';
    } else {
      out += token[i];
    }
  }
  return out;
}

}  // namespace

const JsonNode* at_pointer(const JsonNode& root, std::string_view pointer) {
  const JsonNode* node = &root;
  while (!pointer.empty() && node != nullptr) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    if (node->is(JsonKind::array)) {
      node = item(*node, token);
    } else if (token.find('~') == std::string_view::npos) {
      node = node->find(token);
    } else {
      node = node->find(unescaped(token));
    }
  }
  return node;
}

std::string pointer_to(const JsonNode& root, const JsonNode& node) {
  std::string pointer;
  const JsonNode* at = &root;
  while (at != &node) {
    std::size_t index = 0;
    const JsonNode* next = nullptr;
    for (const JsonNode& child : JsonChildren(*at)) {
      if (&node >= &child && &node < &child + child.span) {
        next = &child;
        break;
      }
      ++index;
    }
    if (next == nullptr) return pointer;
    append_pointer(pointer, at->is(JsonKind::array) ? std::to_string(index) : next->key);
    at = next;
  }
  return pointer;
}

std::pair<std::size_t, std::size_t> line_and_column(std::string_view text, std::size_t offset) {
  std::pair<std::size_t, std::size_t> place{1, 1};
  for (const char c : text.substr(0, std::min(offset, text.size()))) {
    const bool continuation = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (c == '\n') {
      ++place.first;
      place.second = 1;
    } else if (!continuation) {
      ++place.second;
    }
  }
  return place;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace rosterd::ingest
