#include "sandbox/validation.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace rosterd::sandbox {

namespace {

/// A place in the input, as the message and as `validation.keys` write it.
struct Place {
  std::string label;
  std::string key;

  Place at(const std::string& name) const {
    return {label.empty() ? name : label + "." + name, key.empty() ? name : key + "." + name};
  }
  Place at(std::size_t index) const {
    const std::string number = std::to_string(index);
    return {label + "[" + number + "]", key.empty() ? number : key + "." + number};
  }
  Invalid problem(const std::string& what) const {
    return {"\"" + (label.empty() ? "value" : label) + "\" " + what, key};
  }
};

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0U ? 2 : 1;
  }
  return units;
}

std::optional<Invalid> check_text(const Json& value, const Field& field, const Place& place) {
  if (!value.is_string()) return place.problem("must be a string");
  const std::string& text = *value.get_ptr<const std::string*>();
  if (text.empty()) {
    if (field.empty_allowed) return std::nullopt;
    return place.problem("is not allowed to be empty");
  }
  if (field.shape == Shape::guid && !is_guid(text)) return place.problem("must be a valid GUID");
  if (utf16_length(text) > field.length_max) {
    return place.problem(
        "length must be less than or equal to " + std::to_string(field.length_max) +
        " characters long"
    );
  }
  return std::nullopt;
}

std::optional<Invalid> check_boolean(Json& value, const Place& place) {
  if (value.is_boolean()) return std::nullopt;
  if (value.is_string()) {
    const std::string text = lower_case(*value.get_ptr<const std::string*>());
    if (text == "true" || text == "false") {
      value = text == "true";
      return std::nullopt;
    }
  }
  return place.problem("must be a boolean");
}

std::optional<Invalid> check_integer(Json& value, const Field& field, const Place& place) {
  if (value.is_string()) {
    const std::string text = *value.get_ptr<const std::string*>();
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (text.empty() || end != text.c_str() + text.size()) return place.problem("must be a number");
    value = number;
  }
  if (!value.is_number()) return place.problem("must be a number");
  const double number = value.get<double>();
  if (!(number >= -9007199254740991.0 && number <= 9007199254740991.0)) {
    return place.problem("must be a safe number");
  }
  const auto whole = static_cast<std::int64_t>(number);
  if (static_cast<double>(whole) != number) return place.problem("must be an integer");
  if (whole < field.least) {
    return place.problem("must be greater than or equal to " + std::to_string(field.least));
  }
  if (whole > field.most) {
    return place.problem("must be less than or equal to " + std::to_string(field.most));
  }
  value = whole;
  return std::nullopt;
}

std::optional<Invalid> check_list(const Json& value, Shape shape, const Place& place) {
  if (!value.is_array()) return place.problem("must be an array");
  const Field entry{
      .name = {}, .shape = shape == Shape::guids ? Shape::guid : Shape::text, .required = true};
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Json& item = value[i];
    if (shape == Shape::objects) {
      if (!item.is_object()) return place.at(i).problem("must be of type object");
      continue;
    }
    const bool fine = item.is_string() && !item.get_ptr<const std::string*>()->empty() &&
                      (shape == Shape::texts || is_guid(*item.get_ptr<const std::string*>()));
    if (!fine) return check_text(item, entry, place.at(i));
  }
  return std::nullopt;
}

std::optional<Invalid> check_field(Json& value, const Field& field, const Place& place) {
  if (!field.one_of.empty()) {
    const auto matches = [&](const std::string& allowed) { return value == allowed; };
    if (std::any_of(field.one_of.begin(), field.one_of.end(), matches)) return std::nullopt;
    std::string list;
    for (const std::string& allowed : field.one_of) list += (list.empty() ? "" : ", ") + allowed;
    return place.problem("must be one of [" + list + "]");
  }
  switch (field.shape) {
    case Shape::text:
    case Shape::guid:
      return check_text(value, field, place);
    case Shape::boolean:
      return check_boolean(value, place);
    case Shape::integer:
      return check_integer(value, field, place);
    case Shape::guids:
    case Shape::texts:
    case Shape::objects:
      return check_list(value, field.shape, place);
  }
  std::abort();
}

std::optional<Invalid> check_members(Json& value, const Fields& fields, const Place& place) {
  if (!value.is_object()) return place.problem("must be of type object");
  for (const Field& field : fields) {
    const auto found = value.find(field.name);
    if (found == value.end()) {
      if (field.required) return place.at(field.name).problem("is required");
      continue;
    }
    if (auto problem = check_field(*found, field, place.at(field.name))) return problem;
  }
  for (const auto& [name, unused] : value.items()) {
    const auto known = [&](const Field& field) { return field.name == name; };
    if (std::none_of(fields.begin(), fields.end(), known)) {
      return place.at(name).problem("is not allowed");
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Invalid> check_object(Json& value, const Fields& fields) {
  return check_members(value, fields, {});
}

std::optional<Invalid> check_payload(Json& value, const Payload& expected) {
  const Place whole;
  switch (expected.kind) {
    case Payload::Kind::ignored:
      return std::nullopt;
    case Payload::Kind::object:
      return check_object(value, expected.fields);
    case Payload::Kind::texts:
    case Payload::Kind::guids:
    case Payload::Kind::objects:
      break;
  }
  const bool objects = expected.kind == Payload::Kind::objects;
  const Shape entries = expected.kind == Payload::Kind::guids ? Shape::guids : Shape::texts;
  if (auto problem = check_list(value, objects ? Shape::objects : entries, whole)) return problem;
  if (value.empty()) return whole.problem("must contain at least 1 items");
  if (!objects) return std::nullopt;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (auto problem = check_members(value[i], expected.fields, whole.at(i))) return problem;
  }
  return std::nullopt;
}

std::optional<Invalid> check_guid(std::string_view name, std::string_view text) {
  if (is_guid(text)) return std::nullopt;
  const Place place = Place{}.at(std::string(name));
  return place.problem("must be a valid GUID");
}

bool is_guid(std::string_view text) {
  constexpr std::string_view opening = "{[(";
  constexpr std::string_view closing = "}])";
  if (text.size() < 32) return false;
  const std::size_t bracket = opening.find(text.front());
  if (bracket != std::string_view::npos) {
    if (text.back() != closing[bracket]) return false;
    text = text.substr(1, text.size() - 2);
  }
  if (text.size() != 32 && text.size() != 36) return false;
  const char separator = text.size() == 36 ? text[8] : '\0';
  if (text.size() == 36 && separator != '-' && separator != ':') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool gap = text.size() == 36 && (i == 8 || i == 13 || i == 18 || i == 23);
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (gap ? c != separator : !hex) return false;
  }
  return true;
}

}  // namespace rosterd::sandbox
