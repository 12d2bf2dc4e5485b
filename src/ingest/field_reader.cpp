#include "ingest/field_reader.hpp"

#include "rosterd/base/text.hpp"
#include "rosterd/domain/lifecycle.hpp"

#include <cmath>
#include <cstdlib>

namespace rosterd::ingest {

namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// An integer as it was written, also one that no int64 holds; empty when it is none.
std::string integer_text(const JsonNode& node) {
  if (node.is(JsonKind::integer)) return std::to_string(node.integer);
  if (node.is(JsonKind::number) && is_digits(node.text)) return node.text;
  return {};
}

/// Doubles count integers without a gap up to here.
constexpr double exact_integer_max = 9007199254740992.0;

std::optional<Instant> from_unix(std::int64_t number) {
  constexpr std::int64_t seconds_max = 100'000'000'000;  // the year 5138; above: milliseconds
  constexpr std::int64_t millis_max = seconds_max * 1000;
  if (number < 0 || number > millis_max) return std::nullopt;
  if (number <= seconds_max) return Instant{std::chrono::seconds{number}};
  return Instant{std::chrono::milliseconds{number}};
}

std::optional<Instant> parse_lenient(const JsonNode& node) {
  if (node.is(JsonKind::integer)) return from_unix(node.integer);
  if (!node.is(JsonKind::string)) return std::nullopt;
  std::string text = node.text;
  const bool bare_offset = text.size() > 5 &&
                           is_digits(std::string_view(text).substr(text.size() - 4)) &&
                           (text[text.size() - 5] == '+' || text[text.size() - 5] == '-') &&
                           text.find('T') != std::string::npos;
  if (bare_offset) text.insert(text.size() - 2, ":");
  return parse_rfc3339(text);
}

}  // namespace

void FieldReader::fail(const JsonNode& at, std::string text) {
  if (!problem_) problem_.emplace(at, std::move(text));
}

const JsonNode* FieldReader::present(const JsonNode& object, std::string_view name) {
  const JsonNode* const member = object.find(name);
  return member == nullptr || member->is(JsonKind::null) ? nullptr : member;
}

void FieldReader::check_text(const JsonNode& node, std::string_view text, std::string_view name) {
  if (text.empty()) {
    fail(node, std::string(name) + " is empty");
  } else if (text.size() > limits_.id_bytes_max) {
    fail(
        node,
        std::string(name) + " is longer than " + std::to_string(limits_.id_bytes_max) + " bytes"
    );
  } else if (text.find('\0') != std::string_view::npos) {
    fail(node, std::string(name) + " contains U+0000");
  }
}

std::string FieldReader::id(const JsonNode& node, std::string_view name) {
  if (!integer_text(node).empty()) {
    fail(node, std::string(name) + " is a number; send it as a string, which keeps leading zeros");
  } else if (!node.is(JsonKind::string)) {
    fail(node, std::string(name) + " must be a string");
  } else {
    check_text(node, node.text, name);
  }
  return node.text;
}

std::string FieldReader::id_or_integer(const JsonNode& node, std::string_view name) {
  const std::string integer = integer_text(node);
  if (integer.empty()) return id(node, name);
  check_text(node, integer, name);
  return integer;
}

std::string FieldReader::sequence(const JsonNode& node) {
  const std::string text = node.is(JsonKind::string) ? node.text : integer_text(node);
  if (!is_digits(text)) {
    fail(node, "sequence must be an integer from 0, or a string of digits");
    return {};
  }
  check_text(node, text, "sequence");
  const std::size_t first = text.find_first_not_of('0');
  return first == std::string::npos ? "0" : text.substr(first);
}

ChangeMode FieldReader::mode(const JsonNode& node) {
  if (node.text == to_string(ChangeMode::full)) return ChangeMode::full;
  if (node.text != to_string(ChangeMode::partial)) fail(node, "mode must be partial or full");
  return ChangeMode::partial;
}

std::optional<Instant> FieldReader::instant(const JsonNode& node, std::string_view name) {
  auto instant = node.is(JsonKind::string) ? parse_rfc3339(node.text) : std::nullopt;
  if (!instant) {
    fail(node, std::string(name) + " must be RFC 3339 with an offset, like 2026-03-01T09:00:00Z");
  }
  return instant;
}

std::optional<Effective> FieldReader::effective(const JsonNode& node) {
  if (node.is(JsonKind::string)) {
    if (const auto date = parse_date(node.text)) return *date;
    if (const auto instant = parse_rfc3339(node.text)) return *instant;
  }
  fail(node, "effective_at must be a date like 2026-03-01, or RFC 3339 with an offset");
  return std::nullopt;
}

std::optional<Instant> FieldReader::lenient_instant(const JsonNode& node, std::string_view name) {
  auto instant = parse_lenient(node);
  if (!instant) {
    fail(node, std::string(name) + " must be RFC 3339 with an offset, or Unix seconds");
  }
  return instant;
}

std::optional<Effective> FieldReader::lenient_effective(const JsonNode& node) {
  if (const auto instant = parse_lenient(node)) return *instant;
  return effective(node);
}

AttributePatch FieldReader::attributes(const JsonNode& node) {
  AttributePatch patch;
  if (!node.is(JsonKind::object)) {
    fail(node, "attributes must be an object");
    return patch;
  }
  for (const JsonNode& member : JsonChildren(node)) {
    if (patch.size() == limits_.attributes_max) {
      fail(member, "more than " + std::to_string(limits_.attributes_max) + " attributes");
      break;
    }
    auto value = value_of(member, member.key);
    if (member.key == attribute::status) check_status(member, value);
    patch.emplace_hint(patch.end(), member.key, std::move(value));
  }
  return patch;
}

std::optional<AttributeValue> FieldReader::value_of(const JsonNode& node, std::string_view name) {
  if (name.empty() || name.size() > limits_.name_bytes_max ||
      name.find('\0') != std::string_view::npos) {
    fail(
        node,
        "the name of an attribute must have 1 to " + std::to_string(limits_.name_bytes_max) +
            " bytes, none of them U+0000"
    );
  }
  switch (node.kind) {
    case JsonKind::null:
      return std::nullopt;
    case JsonKind::boolean:
      return node.boolean;
    case JsonKind::integer:
      return node.integer;
    case JsonKind::number:
      if (is_digits(node.text) || (node.text[0] == '-' && is_digits(node.text.substr(1)))) {
        fail(node, "the integer does not fit into 64 bits; send it as a string");
      }
      // 1.0 and 1 are the same number, and must compare so.
      if (node.number == std::trunc(node.number) && std::abs(node.number) <= exact_integer_max) {
        return static_cast<std::int64_t>(node.number);
      }
      return node.number;
    case JsonKind::string:
      if (node.text.size() > limits_.value_bytes_max) {
        fail(node, "longer than " + std::to_string(limits_.value_bytes_max) + " bytes");
      }
      if (node.text.find('\0') != std::string::npos) fail(node, "contains U+0000");
      return node.text;
    case JsonKind::array:
      return list(node);
    case JsonKind::object:
      fail(
          node,
          "an attribute must be a string, a number, a boolean, null or an array of strings; "
          "name its parts as attributes of their own"
      );
      return std::nullopt;
  }
  std::abort();
}

std::optional<AttributeValue> FieldReader::list(const JsonNode& node) {
  std::vector<std::string> items;
  for (const JsonNode& child : JsonChildren(node)) {
    if (items.size() == limits_.list_items_max) {
      fail(child, "more than " + std::to_string(limits_.list_items_max) + " items");
      break;
    }
    if (!child.is(JsonKind::string)) {
      fail(child, "an array may hold strings only");
      break;
    }
    if (child.text.size() > limits_.value_bytes_max) {
      fail(child, "longer than " + std::to_string(limits_.value_bytes_max) + " bytes");
    }
    if (child.text.find('\0') != std::string::npos) fail(child, "contains U+0000");
    items.push_back(child.text);
  }
  return items;
}

void FieldReader::check_status(const JsonNode& node, const std::optional<AttributeValue>& value) {
  if (!value) return;
  const auto* const text = std::get_if<std::string>(&*value);
  if (text != nullptr && lifecycle_state(*text)) return;
  fail(node, "status must be prehire, active, on_leave, suspended or left");
}

}  // namespace rosterd::ingest
