#pragma once

#include "rosterd/domain/ids.hpp"

#include <compare>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace rosterd {

enum class EntitlementKind { group, role };

std::string_view to_string(EntitlementKind kind);

/// A group or a role by the name people use. Role names are unique per application only.
struct EntitlementName {
  EntitlementKind kind = EntitlementKind::group;
  std::string name;
  std::string application;  ///< roles and permissions only

  auto operator<=>(const EntitlementName&) const = default;
};

/// `Engineering` for a group, `Developer@app-id` for a role.
std::string to_string(const EntitlementName& name);
std::ostream& operator<<(std::ostream& out, const EntitlementName& name);

/// Splits `NAME@APPLICATION_ID` at its last `@`. Nothing when either side is empty.
std::optional<EntitlementName> parse_role_name(std::string_view text);

/// A group or role of the tenant: what it is called may change, its id does not.
struct EntitlementRef {
  EntitlementKind kind = EntitlementKind::group;
  EntitlementId id;

  auto operator<=>(const EntitlementRef&) const = default;
};

/// What rosterd may do about an entitlement's members (design.md 3).
enum class Mode {
  managed,   ///< adds; removes what the ledger says is ours
  exact,     ///< any member who is not entitled goes, strangers too
  additive,  ///< never removes
  report,    ///< writes nothing
};

std::string_view to_string(Mode mode);
std::optional<Mode> mode(std::string_view text);

}  // namespace rosterd

template <>
struct std::hash<rosterd::EntitlementRef> {
  std::size_t operator()(const rosterd::EntitlementRef& ref) const noexcept {
    return std::hash<rosterd::EntitlementId>{}(ref.id) * 2 + static_cast<std::size_t>(ref.kind);
  }
};
