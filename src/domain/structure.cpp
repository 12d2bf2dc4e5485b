#include "rosterd/domain/structure.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <utility>

namespace rosterd {

namespace {

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

/// A description is required to make anything; a name says more than nothing.
std::string description_or_name(const std::optional<std::string>& text, const std::string& name) {
  return text && !text->empty() ? *text : name;
}

class StructureComparison {
 public:
  StructureComparison(
      const Policy& policy,
      const TenantState& tenant,
      const std::vector<TenantPermission>& permissions
  )
      : policy_(policy), tenant_(tenant), permissions_(permissions) {}

  StructurePlan plan() {
    for (const PermissionSpec& spec : policy_.permissions) compare(spec);
    for (const RoleSpec& spec : policy_.roles) compare(spec);
    for (const GroupSpec& spec : policy_.groups) compare(spec);
    for (const GroupSpec& spec : policy_.groups) compare_roles(spec);
    for (const GroupSpec& spec : policy_.groups) compare_nesting(spec);
    std::stable_sort(plan_.steps.begin(), plan_.steps.end(), [](const auto& a, const auto& b) {
      return a.kind < b.kind;
    });
    return std::move(plan_);
  }

 private:
  using Kind = StructureStep::Kind;

  StructureStep& step(Kind kind, std::string subject, std::string text) {
    StructureStep& added = plan_.steps.emplace_back();
    added.kind = kind;
    added.subject = std::move(subject);
    added.text = std::move(text);
    return added;
  }

  const TenantPermission* permission(const std::string& name, const std::string& application)
      const {
    const auto found = std::find_if(permissions_.begin(), permissions_.end(), [&](const auto& one) {
      return one.name == name && one.application == application;
    });
    return found == permissions_.end() ? nullptr : &*found;
  }

  const TenantRole* role(const EntitlementName& name) const {
    const auto ref = tenant_.find(name);
    return ref ? tenant_.role(ref->id) : nullptr;
  }

  const TenantGroup* group(const std::string& name) const {
    EntitlementName wanted;
    wanted.name = name;
    const auto ref = tenant_.find(wanted);
    return ref ? tenant_.group(ref->id) : nullptr;
  }

  void compare(const PermissionSpec& spec) {
    const std::string label = spec.name + "@" + spec.application;
    const TenantPermission* there = permission(spec.name, spec.application);
    if (there == nullptr) {
      TenantPermission made;
      made.name = spec.name;
      made.description = description_or_name(spec.description, spec.name);
      made.application = spec.application;
      made.application_type = spec.application_type;
      step(Kind::create_permission, label, "make permission " + label).permission = std::move(made);
    } else if (spec.description && *spec.description != there->description) {
      TenantPermission changed = *there;
      changed.description = *spec.description;
      step(
          Kind::describe_permission,
          label,
          "describe permission " + label + " as " + quoted(*spec.description)
      )
          .permission = std::move(changed);
    }
  }

  void compare(const RoleSpec& spec) {
    const std::string label = to_string(spec.role);
    const TenantRole* there = role(spec.role);
    TenantRole wanted;
    if (there != nullptr) {
      wanted = *there;
      wanted.users.clear();
    } else {
      wanted.name = spec.role.name;
      wanted.application = spec.role.application;
      wanted.application_type = spec.application_type;
      wanted.description = description_or_name(spec.description, spec.role.name);
    }
    std::string text;
    for (const std::string& name : spec.permissions) add_permission(spec, name, wanted, text);
    if (there == nullptr) {
      step(Kind::create_role, label, "make role " + label + text).role = std::move(wanted);
      return;
    }
    if (spec.description && *spec.description != there->description) {
      wanted.description = *spec.description;
      text += ", described as " + quoted(*spec.description);
    }
    if (!text.empty()) {
      step(Kind::complete_role, label, "complete role " + label + text).role = std::move(wanted);
    }
  }

  void add_permission(
      const RoleSpec& spec, const std::string& name, TenantRole& wanted, std::string& text
  ) {
    const std::string label = name + "@" + spec.role.application;
    const TenantPermission* found = permission(name, spec.role.application);
    if (found == nullptr) {
      const bool declared = std::any_of(
          policy_.permissions.begin(),
          policy_.permissions.end(),
          [&](const PermissionSpec& one) {
            return one.name == name && one.application == spec.role.application;
          }
      );
      refer(
          declared,
          "give role " + to_string(spec.role) + " permission " + label,
          "role " + to_string(spec.role) + " names permission " + label
      );
      return;
    }
    if (std::find(wanted.permissions.begin(), wanted.permissions.end(), found->id) !=
        wanted.permissions.end()) {
      return;
    }
    wanted.permissions.push_back(found->id);
    text += ", with permission " + name;
  }

  void compare(const GroupSpec& spec) {
    const TenantGroup* there = group(spec.name);
    if (there == nullptr) {
      TenantGroup made;
      made.name = spec.name;
      made.description = description_or_name(spec.description, spec.name);
      step(Kind::create_group, spec.name, "make group " + spec.name).group = std::move(made);
    } else if (spec.description && *spec.description != there->description) {
      TenantGroup changed;
      changed.id = there->id;
      changed.name = there->name;
      changed.description = *spec.description;
      step(
          Kind::describe_group,
          spec.name,
          "describe group " + spec.name + " as " + quoted(*spec.description)
      )
          .group = std::move(changed);
    }
  }

  void compare_roles(const GroupSpec& spec) {
    const TenantGroup* there = group(spec.name);
    std::vector<EntitlementId> missing;
    std::string names;
    for (const EntitlementName& name : spec.roles) {
      const TenantRole* found = role(name);
      if (found == nullptr || there == nullptr) {
        const bool declared = found != nullptr || declares_role(name);
        refer(
            declared,
            "attach role " + to_string(name) + " to group " + spec.name,
            "group " + spec.name + " names role " + to_string(name)
        );
        continue;
      }
      if (std::find(there->roles.begin(), there->roles.end(), found->id) != there->roles.end()) {
        continue;
      }
      missing.push_back(found->id);
      names += (names.empty() ? "" : ", ") + to_string(name);
    }
    if (missing.empty()) return;
    StructureStep& added =
        step(Kind::attach_roles, spec.name, "attach to group " + spec.name + ": " + names);
    added.group.id = there->id;
    added.ids = std::move(missing);
  }

  void compare_nesting(const GroupSpec& spec) {
    const TenantGroup* there = group(spec.name);
    std::vector<EntitlementId> missing;
    std::string names;
    for (const std::string& name : spec.nested) {
      const TenantGroup* found = group(name);
      if (found == nullptr || there == nullptr) {
        const bool declared = found != nullptr || declares_group(name);
        refer(
            declared,
            "nest group " + name + " in group " + spec.name,
            "group " + spec.name + " nests group " + name
        );
        continue;
      }
      if (std::find(there->nested.begin(), there->nested.end(), found->id) != there->nested.end()) {
        continue;
      }
      missing.push_back(found->id);
      names += (names.empty() ? "" : ", ") + name;
    }
    if (missing.empty()) return;
    StructureStep& added =
        step(Kind::nest_groups, spec.name, "nest in group " + spec.name + ": " + names);
    added.group.id = there->id;
    added.ids = std::move(missing);
  }

  bool declares_role(const EntitlementName& name) const {
    return std::any_of(policy_.roles.begin(), policy_.roles.end(), [&](const RoleSpec& one) {
      return one.role == name;
    });
  }

  bool declares_group(const std::string& name) const {
    return std::any_of(policy_.groups.begin(), policy_.groups.end(), [&](const GroupSpec& one) {
      return one.name == name;
    });
  }

  void refer(bool declared, std::string later, const std::string& problem) {
    if (declared) {
      plan_.later.push_back(std::move(later));
    } else {
      plan_.problems.push_back(problem + ", which the tenant does not have and nothing declares");
    }
  }

  const Policy& policy_;
  const TenantState& tenant_;
  const std::vector<TenantPermission>& permissions_;
  StructurePlan plan_;
};

std::vector<std::string> names_of_kind(EntitlementKind kind, const TenantState& tenant) {
  std::vector<std::string> names;
  if (kind == EntitlementKind::group) {
    for (const TenantGroup& group : tenant.groups) names.push_back(group.name);
    return names;
  }
  for (const TenantRole& role : tenant.roles) names.push_back(role.name + "@" + role.application);
  return names;
}

}  // namespace

StructurePlan structure_plan(
    const Policy& policy,
    const TenantState& tenant,
    const std::vector<TenantPermission>& permissions
) {
  return StructureComparison(policy, tenant, permissions).plan();
}

std::vector<UnknownName> unknown_names(const Policy& policy, const TenantState& tenant) {
  std::vector<UnknownName> unknown;
  for (const Rule& rule : policy.rules) {
    for (const EntitlementName& name : rule.entitlements) {
      if (tenant.find(name)) continue;
      UnknownName one;
      one.name = name;
      one.rule = rule.name;
      one.line = rule.line;
      one.nearest = nearest(to_string(name), names_of_kind(name.kind, tenant));
      unknown.push_back(std::move(one));
    }
  }
  return unknown;
}

}  // namespace rosterd
