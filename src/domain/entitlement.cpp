#include "rosterd/domain/entitlement.hpp"

#include "domain/enum_names.hpp"

#include <cstdlib>

namespace rosterd {

std::string_view to_string(EntitlementKind kind) {
  switch (kind) {
    case EntitlementKind::group:
      return "group";
    case EntitlementKind::role:
      return "role";
  }
  std::abort();
}

std::string to_string(const EntitlementName& name) {
  return name.kind == EntitlementKind::role ? name.name + "@" + name.application : name.name;
}

std::ostream& operator<<(std::ostream& out, const EntitlementName& name) {
  return out << to_string(name);
}

std::optional<EntitlementName> parse_role_name(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return std::nullopt;
  return EntitlementName{
      EntitlementKind::role, std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::managed:
      return "managed";
    case Mode::exact:
      return "exact";
    case Mode::additive:
      return "additive";
    case Mode::report:
      return "report";
  }
  std::abort();
}

std::optional<Mode> mode(std::string_view text) {
  return enum_named(text, Mode::report);
}

}  // namespace rosterd
