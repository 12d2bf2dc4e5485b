#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace rosterd::sandbox {

/// Fields keep the order in which they were set, as the extension's records do.
using Json = nlohmann::ordered_json;

/// Bytes that are not UTF-8 come out as U+FFFD instead of an exception.
inline std::string dumped(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The member, or nothing when `object` is none or does not have it.
inline const Json* member(const Json& object, const std::string& name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

/// The member's text, or nothing when it is absent or no string.
inline const std::string* text_of(const Json& object, const std::string& name) {
  const Json* value = member(object, name);
  return value && value->is_string() ? value->get_ptr<const std::string*>() : nullptr;
}

inline bool has_text(const Json& object, const std::string& name, std::string_view text) {
  const std::string* value = text_of(object, name);
  return value && *value == text;
}

/// Whether the member is a list with that text in it.
inline bool lists(const Json& object, const std::string& name, std::string_view text) {
  const Json* list = member(object, name);
  if (!list || !list->is_array()) return false;
  for (const Json& entry : *list) {
    if (entry.is_string() && *entry.get_ptr<const std::string*>() == text) return true;
  }
  return false;
}

/// A record of the named fields, in that order; what the record lacks is left out.
template <class... Names>
Json picked(const Json& record, const Names&... names) {
  Json result = Json::object();
  const auto pick = [&](const std::string& name) {
    if (const Json* value = member(record, name)) result[name] = *value;
  };
  (pick(names), ...);
  return result;
}

}  // namespace rosterd::sandbox
