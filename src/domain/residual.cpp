#include "rosterd/domain/residual.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace rosterd {

namespace {

constexpr const char* directly = "directly";
constexpr const char* by_mapping = "by a mapping of a connection's group";

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// How a group is reached: `member of Interns, which is nested in Staff`.
struct Way {
  std::string text;
  bool nested = false;  ///< by a group that is nested in it
};

/// Follows the ways from an account to what it effectively has.
class Ways {
 public:
  Ways(const AccountId& account, const EffectiveAccess& effective, const TenantState& tenant)
      : account_(account), effective_(effective), tenant_(tenant) {
    for (const TenantGroup& group : tenant.groups) {
      for (const EntitlementId& nested : group.nested) parents_[nested].push_back(&group);
    }
    for (const TenantGroup& group : tenant.groups) {
      if (is_direct(group)) walk_up(group, "member of " + group.name);
    }
    for (const TenantGroup* group : mapped()) {
      walk_up(*group, std::string(by_mapping) + " to " + group->name);
    }
  }

  std::vector<std::string> to_group(const std::string& name) const {
    const TenantGroup* group = group_named(name);
    if (group == nullptr) return {has(effective_.direct_groups, name) ? directly : by_mapping};
    std::vector<std::string> texts;
    for (const Way& way : ways_to(group)) {
      texts.push_back(way.nested ? way.text : is_direct(*group) ? directly : by_mapping);
    }
    if (texts.empty()) texts.emplace_back(by_mapping);
    return texts;
  }

  std::vector<std::string> to_role(const EntitlementName& name) const {
    const auto ref = tenant_.find(name);
    const AccountSet* users = ref ? tenant_.accounts_of(*ref) : nullptr;
    const auto& direct = effective_.direct_roles;
    const bool is_direct_role = (users != nullptr && users->contains(account_)) ||
                                std::find(direct.begin(), direct.end(), name) != direct.end();
    std::vector<std::string> texts;
    if (is_direct_role) texts.emplace_back(directly);
    for (const std::string& each : effective_.groups) {
      const TenantGroup* group = group_named(each);
      if (group == nullptr || !ref || !is_attached(ref->id, *group)) continue;
      for (const Way& way : ways_to(group)) texts.push_back(way.text + ", which has the role");
    }
    if (texts.empty()) texts.emplace_back(by_mapping);
    return texts;
  }

 private:
  const TenantGroup* group_named(const std::string& name) const {
    const auto ref = tenant_.find({EntitlementKind::group, name, {}});
    return ref ? tenant_.group(ref->id) : nullptr;
  }

  bool is_direct(const TenantGroup& group) const {
    return group.members.contains(account_) || has(effective_.direct_groups, group.name);
  }

  static bool is_attached(const EntitlementId& role, const TenantGroup& group) {
    return std::find(group.roles.begin(), group.roles.end(), role) != group.roles.end();
  }

  const std::vector<Way>& ways_to(const TenantGroup* group) const {
    static const std::vector<Way> none;
    const auto found = ways_.find(group);
    return found == ways_.end() ? none : found->second;
  }

  /// The groups that a mapping must lead to: no membership explains them, nor does another group
  /// that is itself unexplained.
  std::vector<const TenantGroup*> mapped() const {
    std::set<const TenantGroup*> unexplained;
    for (const std::string& name : effective_.groups) {
      const TenantGroup* group = group_named(name);
      if (group != nullptr && ways_to(group).empty()) unexplained.insert(group);
    }
    std::set<const TenantGroup*> above;
    for (const TenantGroup* group : unexplained) {
      const auto parents = parents_.find(group->id);
      if (parents == parents_.end()) continue;
      for (const TenantGroup* parent : parents->second) {
        if (parent != group) above.insert(parent);
      }
    }
    std::vector<const TenantGroup*> roots;
    for (const TenantGroup& group : tenant_.groups) {
      if (unexplained.contains(&group) && !above.contains(&group)) roots.push_back(&group);
    }
    return roots;
  }

  /// Notes how each group that `start` is nested in is reached from it: the shortest way to each.
  void walk_up(const TenantGroup& start, const std::string& entry) {
    std::set<const TenantGroup*> seen{&start};
    std::deque<std::pair<const TenantGroup*, std::string>> open{{&start, entry}};
    while (!open.empty()) {
      const auto [group, text] = std::move(open.front());
      open.pop_front();
      ways_[group].push_back({text, group != &start});
      const auto parents = parents_.find(group->id);
      if (parents == parents_.end()) continue;
      for (const TenantGroup* parent : parents->second) {
        if (!seen.insert(parent).second) continue;
        open.emplace_back(parent, text + ", which is nested in " + parent->name);
      }
    }
  }

  const AccountId& account_;
  const EffectiveAccess& effective_;
  const TenantState& tenant_;
  std::map<EntitlementId, std::vector<const TenantGroup*>> parents_;
  std::map<const TenantGroup*, std::vector<Way>> ways_;
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
