#pragma once

#include <map>
#include <string>

namespace rosterd {

/// How a vendor's own JSON is read as change events: data, not code. Pointers are RFC 6901; those
/// below `events` start at one event. An empty pointer: the vendor has no such field.
///
/// Whoever makes one answers for it: pointers that are none, and types that nobody knows, find
/// nothing and are no error here.
struct EventMapping {
  std::string events;     ///< the array of events, or the one event; empty: the body itself
  std::string person_id;  ///< a string or an integer
  std::string id;
  std::string occurred_at;   ///< RFC 3339 (also `+0000`), or Unix seconds or milliseconds
  std::string effective_at;  ///< the same, or a date
  std::string sequence;
  std::string type;
  std::map<std::string, std::string> types;       ///< `employee.hired` → `person.joined`
  std::string default_type = "person.notice";     ///< when `type` is empty or not there
  std::map<std::string, std::string> attributes;  ///< attribute → pointer
  /// attribute → what the vendor says → what it means; what is not listed stays as it is.
  std::map<std::string, std::map<std::string, std::string>> values;
};

}  // namespace rosterd
