#include "rosterd/domain/change_event.hpp"

#include "domain/enum_names.hpp"

#include <cstdlib>

namespace rosterd {

std::string_view to_string(ChangeType type) {
  switch (type) {
    case ChangeType::joined:
      return "person.joined";
    case ChangeType::changed:
      return "person.changed";
    case ChangeType::left:
      return "person.left";
    case ChangeType::notice:
      return "person.notice";
    case ChangeType::unknown:
      return "unknown";
  }
  std::abort();
}

ChangeType change_type(std::string_view text) {
  return enum_named(text, ChangeType::notice).value_or(ChangeType::unknown);
}

std::string_view to_string(ChangeMode mode) {
  switch (mode) {
    case ChangeMode::partial:
      return "partial";
    case ChangeMode::full:
      return "full";
  }
  std::abort();
}

}  // namespace rosterd
