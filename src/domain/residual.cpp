#include "rosterd/domain/residual.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace rosterd {

namespace {

const std::string directly = "directly";
const std::string by_mapping = "by a mapping of a connection's group";

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Follows the ways from an account to what it effectively has.
class Ways {
 public:
  Ways(const AccountId& account, const EffectiveAccess& effective, const TenantState& tenant)
      : account_(account), effective_(effective), tenant_(tenant) {
    for (const TenantGroup& group : tenant.groups) {
      for (const EntitlementId& nested : group.nested) parents_[nested].push_back(&group);
    }
    for (const TenantGroup& group : tenant.groups) {
      if (is_direct(group)) walk_up(group);
    }
  }

  /// What to say of a group: `directly`, `member of Interns, which is nested in Staff`.
  std::vector<std::string> to_group(const std::string& name) const {
    std::vector<std::string> ways;
    const TenantGroup* group = group_named(name);
    if (group != nullptr && is_direct(*group)) ways.push_back(directly);
    if (group == nullptr && has(effective_.direct_groups, name)) ways.push_back(directly);
    for (const std::string& chain : chains_to(group)) {
      if (chain != name) ways.push_back("member of " + chain);
    }
    if (ways.empty()) ways.push_back(by_mapping);
    return ways;
  }

  std::vector<std::string> to_role(const EntitlementName& name) const {
    std::vector<std::string> ways;
    const auto ref = tenant_.find(name);
    const TenantRole* role = ref ? tenant_.role(ref->id) : nullptr;
    const auto& direct = effective_.direct_roles;
    const bool said = std::find(direct.begin(), direct.end(), name) != direct.end();
    if (said || (role != nullptr && role->users.contains(account_))) ways.push_back(directly);
    if (role != nullptr) {
      for (const std::string& group : effective_.groups) {
        for (std::string& way : to_role_of(group, *role)) ways.push_back(std::move(way));
      }
    }
    if (ways.empty()) ways.push_back(by_mapping);
    return ways;
  }

 private:
  const TenantGroup* group_named(const std::string& name) const {
    const auto ref = tenant_.find({EntitlementKind::group, name, {}});
    return ref ? tenant_.group(ref->id) : nullptr;
  }

  bool is_direct(const TenantGroup& group) const {
    return group.members.contains(account_) || has(effective_.direct_groups, group.name);
  }

  /// Notes how each group that `start` is nested in is reached from it; the shortest way of each.
  void walk_up(const TenantGroup& start) {
    std::set<const TenantGroup*> seen{&start};
    std::deque<std::pair<const TenantGroup*, std::string>> open{{&start, start.name}};
    while (!open.empty()) {
      const auto [group, chain] = std::move(open.front());
      open.pop_front();
      chains_[group].push_back(chain);
      const auto parents = parents_.find(group->id);
      if (parents == parents_.end()) continue;
      for (const TenantGroup* parent : parents->second) {
        if (!seen.insert(parent).second) continue;
        open.emplace_back(parent, chain + ", which is nested in " + parent->name);
      }
    }
  }

  std::vector<std::string> chains_to(const TenantGroup* group) const {
    const auto found = chains_.find(group);
    return found == chains_.end() ? std::vector<std::string>{} : found->second;
  }

  std::vector<std::string> to_role_of(const std::string& group_name, const TenantRole& role) const {
    const TenantGroup* group = group_named(group_name);
    if (group == nullptr) return {};
    const auto& roles = group->roles;
    if (std::find(roles.begin(), roles.end(), role.id) == roles.end()) return {};
    std::vector<std::string> ways;
    for (const std::string& chain : chains_to(group)) {
      ways.push_back("member of " + chain + ", which has the role");
    }
    if (ways.empty()) ways.push_back(by_mapping + " to " + group->name + ", which has the role");
    return ways;
  }

  const AccountId& account_;
  const EffectiveAccess& effective_;
  const TenantState& tenant_;
  std::map<EntitlementId, std::vector<const TenantGroup*>> parents_;
  std::map<const TenantGroup*, std::vector<std::string>> chains_;
};

bool comes_before(const ResidualAccess& left, const ResidualAccess& right) {
  return std::tie(left.name, left.way) < std::tie(right.name, right.way);
}

}  // namespace

std::vector<ResidualAccess> residual_of(
    const AccountId& account, const EffectiveAccess& effective, const TenantState& tenant
) {
  const Ways ways(account, effective, tenant);
  std::vector<ResidualAccess> remains;
  for (const std::string& group : effective.groups) {
    const EntitlementName name{EntitlementKind::group, group, {}};
    for (std::string& way : ways.to_group(group)) remains.push_back({name, std::move(way)});
  }
  for (const EntitlementName& role : effective.roles) {
    for (std::string& way : ways.to_role(role)) remains.push_back({role, std::move(way)});
  }
  std::sort(remains.begin(), remains.end(), comes_before);
  remains.erase(std::unique(remains.begin(), remains.end()), remains.end());
  return remains;
}

}  // namespace rosterd
