#include "sandbox/payload.hpp"

#include "rosterd/base/text.hpp"
#include "sandbox/answers.hpp"

#include <algorithm>
#include <string>

namespace rosterd::sandbox {

namespace {

constexpr int depth_max = 200;

bool nested_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > depth_max) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

std::optional<std::string> form_text(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decoded(spaced);
}

void add(Json& object, const std::string& name, std::string value) {
  Json& slot = object[name];
  if (slot.is_null()) {
    slot = std::move(value);
  } else if (slot.is_array()) {
    slot.push_back(std::move(value));
  } else {
    Json list = Json::array();
    list.push_back(std::move(slot));
    list.push_back(std::move(value));
    slot = std::move(list);
  }
}

std::string media_type(const HttpRequest& request) {
  const auto header = request.header("content-type");
  if (!header) return "application/json";
  return lower_case(trim(header->substr(0, header->find(';'))));
}

bool is_json(const std::string& type) {
  return type == "application/json" ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

}  // namespace

std::variant<Json, HttpResponse> parse_payload(const HttpRequest& request) {
  const std::string type = media_type(request);
  if (type.find('/') == std::string::npos) return failed(400, "Invalid content-type header");
  if (is_json(type)) {
    if (request.body.empty()) return Json(nullptr);
    auto value = parse_json(request.body);
    if (!value) return failed(400, "Invalid request payload JSON format");
    return std::move(*value);
  }
  if (type == "application/x-www-form-urlencoded") {
    auto value = parse_form(request.body);
    if (!value) return failed(400, "Invalid request payload format");
    return std::move(*value);
  }
  if (type.starts_with("text/") || type == "application/octet-stream") {
    return Json(std::string(request.body));
  }
  return failed(415, "Unsupported Media Type");
}

std::optional<Json> parse_form(std::string_view text) {
  Json object = Json::object();
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const auto name = form_text(pair.substr(0, equals));
    auto value = form_text(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    add(object, *name, std::move(*value));
  }
  return object;
}

std::optional<Json> parse_query(std::string_view target) {
  const std::size_t question = target.find('?');
  return parse_form(question == std::string_view::npos ? "" : target.substr(question + 1));
}

std::optional<Json> parse_json(std::string_view text) {
  if (nested_too_deep(text)) return std::nullopt;
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

}  // namespace rosterd::sandbox
