#pragma once

#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/tenant.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rosterd {

/// One thing that the tenant lacks of what the policy declares. Nothing is ever deleted or renamed.
/// In the order in which things must be made: each kind may need the ids of those before it.
struct StructureStep {
  enum class Kind {
    create_permission,
    describe_permission,
    create_role,
    complete_role,  ///< description, permissions
    create_group,
    describe_group,
    attach_roles,
    nest_groups,
  };
  Kind kind = Kind::create_group;
  std::string subject;  ///< the group, role or permission
  std::string text;     ///< for people: `attach role Wiki Reader@app to group Engineering`

  // What the call needs; which of them, the kind says.
  TenantPermission permission;
  TenantRole role;
  TenantGroup group;
  std::vector<EntitlementId> ids;
};

struct StructurePlan {
  std::vector<StructureStep> steps;
  /// Steps that cannot be taken yet because what they refer to is itself still to be made.
  std::vector<std::string> later;
  /// Declared, referred to, and neither there nor declared to be made.
  std::vector<std::string> problems;
};

/// Compares what the policy declares with what the tenant has. Pure.
StructurePlan structure_plan(
    const Policy& policy,
    const TenantState& tenant,
    const std::vector<TenantPermission>& permissions
);

/// The groups and roles that rules name and the tenant does not have, each with the nearest name
/// that it has.
struct UnknownName {
  EntitlementName name;
  std::string rule;
  std::size_t line = 0;
  std::optional<std::string> nearest;
};
std::vector<UnknownName> unknown_names(const Policy& policy, const TenantState& tenant);

}  // namespace rosterd
