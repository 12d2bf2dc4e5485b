#include "ingest/strict_json.hpp"

#include "ingest/json_pointer.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <tuple>
#include <unordered_set>

namespace rosterd::ingest {

namespace {

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  const auto continuation = [&](std::uint32_t bits) { put(0x80U | (bits & 0x3FU)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | point >> 6U);
    continuation(point);
  } else if (point < 0x10000) {
    put(0xE0U | point >> 12U);
    continuation(point >> 6U);
    continuation(point);
  } else {
    put(0xF0U | point >> 18U);
    continuation(point >> 12U);
    continuation(point >> 6U);
    continuation(point);
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Descends through the text once and lays the values into one array. It exists beside the
/// library's parser because every event goes through it: this one costs a fifth, and knows the
/// place of each value. Recursion is bounded by `depth_max`.
class Parser {
 public:
  Parser(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {
    nodes_.reserve(text.size() / 12 + 4);
    open_.reserve(8);
  }

  Result<JsonDocument, JsonError> parse() {
    if (!value()) return std::move(error_);
    skip_space();
    if (at_ < text_.size()) {
      fail(at_, "something follows the value");
      return std::move(error_);
    }
    return JsonDocument(std::move(nodes_));
  }

 private:
  struct Open {
    explicit Open(std::uint32_t index) : node(index) {}
    std::uint32_t node;
    std::uint32_t children = 0;
    std::unique_ptr<std::unordered_set<std::string>> keys;  // only of an object with many
  };

  /// NUL at the end, which is nowhere in the text.
  char front() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (front() == ' ' || front() == '\n' || front() == '\r' || front() == '\t') ++at_;
  }

  bool take(char wanted) {
    skip_space();
    if (front() != wanted) return false;
    ++at_;
    return true;
  }

  bool value() {
    skip_space();
    switch (front()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return string(add(JsonKind::string).text) && ended();
      case 't':
        return literal("true", JsonKind::boolean);
      case 'f':
        return literal("false", JsonKind::boolean);
      case 'n':
        return literal("null", JsonKind::null);
      default:
        if (front() == '-' || is_digit(front())) return number();
        return fail(at_, "a value was expected");
    }
  }

  bool object() {
    if (!start(JsonKind::object)) return false;
    if (take('}')) return finish();
    do {
      skip_space();
      const std::size_t begin = at_;
      if (front() != '"') return fail(at_, "a name in double quotes was expected");
      if (!string(key_)) return false;
      has_key_ = true;
      if (!is_new(open_.back(), key_)) {
        return fail(begin, "the name \"" + printable(key_, 60) + "\" is there twice");
      }
      if (!take(':')) return fail(at_, "a colon was expected");
      if (!value()) return false;
    } while (take(','));
    return take('}') ? finish() : fail(at_, "a comma or } was expected");
  }

  bool array() {
    if (!start(JsonKind::array)) return false;
    if (take(']')) return finish();
    do {
      if (!value()) return false;
    } while (take(','));
    return take(']') ? finish() : fail(at_, "a comma or ] was expected");
  }

  bool literal(std::string_view word, JsonKind kind) {
    if (text_.substr(at_, word.size()) != word) return fail(at_, "a value was expected");
    add(kind).boolean = word == "true";
    at_ += word.size();
    return ended();
  }

  /// RFC 8259, section 6.
  bool number() {
    const std::size_t begin = at_;
    const auto digits = [&] {
      const std::size_t first = at_;
      while (is_digit(front())) ++at_;
      return at_ > first;
    };
    if (front() == '-') ++at_;
    const bool zero = front() == '0';
    const std::size_t first = at_;
    if (!digits()) return fail(at_, "a digit was expected");
    if (zero && at_ - first > 1) return fail(first, "a number must not begin with 0");
    bool is_integer = true;
    if (front() == '.') {
      is_integer = false;
      ++at_;
      if (!digits()) return fail(at_, "a digit was expected");
    }
    if (front() == 'e' || front() == 'E') {
      is_integer = false;
      ++at_;
      if (front() == '+' || front() == '-') ++at_;
      if (!digits()) return fail(at_, "a digit was expected");
    }
    return add_number(begin, is_integer);
  }

  bool add_number(std::size_t begin, bool is_integer) {
    const std::string_view written = text_.substr(begin, at_ - begin);
    const char* const end = written.data() + written.size();
    std::int64_t integer = 0;
    const auto exact = std::from_chars(written.data(), end, integer);
    if (is_integer && exact.ec == std::errc{}) {
      JsonNode& node = add(JsonKind::integer, begin);
      node.integer = integer;
      node.number = static_cast<double>(integer);
      return ended();
    }
    double number = 0;
    if (std::from_chars(written.data(), end, number).ec != std::errc{}) {
      return fail(begin, "the number is out of range");
    }
    JsonNode& node = add(JsonKind::number, begin);
    node.number = number;
    node.text = written;
    return ended();
  }

  bool string(std::string& out) {
    const std::size_t begin = ++at_;
    std::size_t run = begin;
    bool ascii = true;
    out.clear();
    while (front() != '"') {
      const auto byte = static_cast<unsigned char>(front());
      if (byte == '\\') {
        out.append(text_, run, at_ - run);
        if (!escape(out)) return false;
        run = at_;
        continue;
      }
      if (byte < 0x20) return fail(at_, "a control character in a string must be escaped");
      ascii = ascii && byte < 0x80;
      ++at_;
    }
    out.append(text_, run, at_ - run);
    if (!ascii) {
      const auto bad = invalid_utf8_at(text_.substr(begin, at_ - begin));
      if (bad) return fail(begin + *bad, "not UTF-8");
    }
    ++at_;
    return true;
  }

  bool escape(std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const std::size_t begin = at_++;
    const char letter = front();
    ++at_;
    if (letter != 'u') {
      const std::size_t found = letters.find(letter);
      if (found == std::string_view::npos) return fail(begin, "an escape that does not exist");
      out += meanings[found];
      return true;
    }
    auto point = hex4();
    if (point && *point >= 0xD800 && *point < 0xDC00) {
      const bool paired = text_.substr(at_, 2) == "\\u";
      at_ += paired ? 2 : 0;
      const auto low = paired ? hex4() : std::nullopt;
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return fail(begin, "a lone surrogate");
      point = 0x10000 + ((*point - 0xD800) << 10U) + (*low - 0xDC00);
    } else if (point && *point >= 0xDC00 && *point < 0xE000) {
      return fail(begin, "a lone surrogate");
    }
    if (!point) return fail(begin, "four hexadecimal digits were expected");
    append_utf8(out, *point);
    return true;
  }

  std::optional<std::uint32_t> hex4() {
    const std::string_view digits = text_.substr(std::min(at_, text_.size()), 4);
    std::uint32_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() < 4 || read.ptr != digits.data() + 4) return std::nullopt;
    at_ += 4;
    return value;
  }

  JsonNode& add(JsonKind kind) { return add(kind, at_); }

  JsonNode& add(JsonKind kind, std::size_t begin) {
    if (!open_.empty()) ++open_.back().children;
    JsonNode& node = nodes_.emplace_back();
    node.kind = kind;
    node.begin = static_cast<std::uint32_t>(begin);
    if (has_key_) node.key = std::move(key_);
    has_key_ = false;
    return node;
  }

  bool ended() {
    nodes_.back().end = static_cast<std::uint32_t>(at_);
    return true;
  }

  bool start(JsonKind kind) {
    if (open_.size() == limits_.depth_max) {
      return fail(at_, "nested deeper than " + std::to_string(limits_.depth_max));
    }
    const auto index = static_cast<std::uint32_t>(nodes_.size());
    add(kind);
    open_.emplace_back(index);
    ++at_;
    return true;
  }

  bool finish() {
    JsonNode& node = nodes_[open_.back().node];
    node.span = static_cast<std::uint32_t>(nodes_.size()) - open_.back().node;
    node.end = static_cast<std::uint32_t>(at_);
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
    if (where >= text_.size()) what = "the text ends too early";
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
        append_pointer_token(pointer, std::to_string(index));
      } else if (!innermost) {
        append_pointer_token(pointer, nodes_[open_[depth + 1].node].key);
      } else if (has_key_) {
        append_pointer_token(pointer, key_);
      }
    }
    return pointer;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  std::vector<JsonNode> nodes_;
  std::vector<Open> open_;
  std::string key_;
  bool has_key_ = false;
  JsonError error_;
};

/// What is wrong with the text as a whole.
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
  return Parser(text, limits).parse();
}

const JsonNode* JsonNode::find(std::string_view name) const {
  if (!is(JsonKind::object)) return nullptr;
  for (const JsonNode& member : JsonChildren(*this)) {
    if (member.key == name) return &member;
  }
  return nullptr;
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

}  // namespace rosterd::ingest
