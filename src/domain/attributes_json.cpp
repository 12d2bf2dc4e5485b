#include "rosterd/domain/attributes_json.hpp"

#include "rosterd/base/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace rosterd {

namespace {

void append(std::string& out, const std::string& text) {
  append_json_string(out, text);
}

void append(std::string& out, bool value) {
  out += value ? "true" : "false";
}

template <class Number>
std::string_view digits_of(Number number, std::array<char, 40>& buffer) {
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

void append(std::string& out, std::int64_t number) {
  std::array<char, 40> buffer{};
  out += digits_of(number, buffer);
}

void append(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 40> buffer{};
  const std::string_view digits = digits_of(number, buffer);
  out += digits;
  if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void append(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (const std::string& text : texts) {
    if (&text != &texts.front()) out += ',';
    append_json_string(out, text);
  }
  out += ']';
}

void append(std::string& out, const AttributeValue& value) {
  std::visit([&](const auto& held) { append(out, held); }, value);
}

void append(std::string& out, const std::optional<AttributeValue>& value) {
  if (value) {
    append(out, *value);
  } else {
    out += "null";
  }
}

template <class Map>
void append_object(std::string& out, const Map& map) {
  out += '{';
  bool first = true;
  for (const auto& [name, value] : map) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, name);
    out += ':';
    append(out, value);
  }
  out += '}';
}

}  // namespace

void append_json(std::string& out, const Attributes& attributes) {
  append_object(out, attributes);
}

void append_json(std::string& out, const AttributePatch& patch) {
  append_object(out, patch);
}

}  // namespace rosterd
