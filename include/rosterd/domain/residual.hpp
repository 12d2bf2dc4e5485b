#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/entitlement.hpp"
#include "rosterd/domain/ids.hpp"
#include "rosterd/domain/tenant.hpp"

#include <string>
#include <vector>

namespace rosterd {

/// What an account may do, as the extension computes it now.
struct EffectiveAccess {
  std::vector<std::string> groups;  ///< names, nested ones included
  std::vector<std::string> direct_groups;
  std::vector<EntitlementName> roles;  ///< through groups included
  std::vector<EntitlementName> direct_roles;
  std::vector<std::string> permissions;  ///< only when an application was named
};

/// A way to a group or role that is left although the person should have nothing.
struct ResidualAccess {
  EntitlementName name;
  std::string way;  ///< `member of Interns, which is nested in Staff`, `directly: mode report`

  bool operator==(const ResidualAccess&) const = default;
};

/// An account of a leaver whose effective access is to be checked, or was.
struct LeaverAccount {
  PersonId person;
  AccountId account;

  auto operator<=>(const LeaverAccount&) const = default;
};

struct ResidualRow {
  LeaverAccount of;
  ResidualAccess access;
  Instant seen_at{};
};

/// What remains to an account and by which way, from what the extension computed and from what is
/// assigned directly, nested and attached. What neither explains comes by a mapping of a
/// connection's group. Pure; by name.
std::vector<ResidualAccess> residual_of(
    const AccountId& account, const EffectiveAccess& effective, const TenantState& tenant
);

}  // namespace rosterd
