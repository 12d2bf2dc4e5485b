#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/entitlement.hpp"
#include "rosterd/domain/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace rosterd {

using AccountSet = std::unordered_set<AccountId>;

/// A group as `GET /groups` shows it, with all its direct members.
struct TenantGroup {
  EntitlementId id;
  std::string name;
  std::string description;
  AccountSet members;
  std::vector<EntitlementId> roles;
  std::vector<EntitlementId> nested;
};

/// A role as `GET /roles` shows it, with the accounts that have it directly.
struct TenantRole {
  EntitlementId id;
  std::string name;
  std::string application;
  std::string application_type;
  std::string description;
  std::vector<std::string> permissions;  ///< ids
  AccountSet users;
};

struct TenantPermission {
  std::string id;
  std::string name;
  std::string description;
  std::string application;
  std::string application_type;
};

/// A user of the tenant, as far as linking needs it.
struct TenantUser {
  struct Identity {
    std::string connection;
    std::string provider;
  };
  AccountId id;
  std::string email;
  std::string name;
  std::vector<Identity> identities;
};

/// The groups and roles of a tenant as read at one moment (two reads, so not atomic).
struct TenantState {
  std::vector<TenantGroup> groups;
  std::vector<TenantRole> roles;
  Instant read_at{};

  const TenantGroup* group(const EntitlementId& id) const;
  const TenantRole* role(const EntitlementId& id) const;

  /// Group names match exactly; where none does, ignoring case if that is unambiguous (the
  /// extension keeps them unique ignoring case).
  std::optional<EntitlementRef> find(const EntitlementName& name) const;
  std::optional<EntitlementName> name_of(const EntitlementRef& ref) const;

  /// Who has it directly; null when the tenant does not have it.
  const AccountSet* accounts_of(const EntitlementRef& ref) const;

  /// Every direct group and role of an account.
  std::vector<EntitlementRef> assignments_of(const AccountId& account) const;
};

}  // namespace rosterd
