#include "rosterd/domain/tenant.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <cstdlib>

namespace rosterd {

namespace {

template <class Record>
const Record* with_id(const std::vector<Record>& records, const EntitlementId& id) {
  const auto found = std::find_if(records.begin(), records.end(), [&](const Record& record) {
    return record.id == id;
  });
  return found == records.end() ? nullptr : &*found;
}

std::optional<EntitlementRef> find_group(
    const std::vector<TenantGroup>& groups, const std::string& name
) {
  const TenantGroup* alike = nullptr;
  std::size_t alike_count = 0;
  for (const TenantGroup& group : groups) {
    if (group.name == name) return EntitlementRef{EntitlementKind::group, group.id};
    if (!equal_ignoring_case(group.name, name)) continue;
    alike = &group;
    ++alike_count;
  }
  if (alike_count != 1) return std::nullopt;
  return EntitlementRef{EntitlementKind::group, alike->id};
}

std::optional<EntitlementRef> find_role(
    const std::vector<TenantRole>& roles, const EntitlementName& name
) {
  for (const TenantRole& role : roles) {
    if (role.name == name.name && role.application == name.application) {
      return EntitlementRef{EntitlementKind::role, role.id};
    }
  }
  return std::nullopt;
}

}  // namespace

const TenantGroup* TenantState::group(const EntitlementId& id) const {
  return with_id(groups, id);
}

const TenantRole* TenantState::role(const EntitlementId& id) const {
  return with_id(roles, id);
}

std::optional<EntitlementRef> TenantState::find(const EntitlementName& name) const {
  switch (name.kind) {
    case EntitlementKind::group:
      return find_group(groups, name.name);
    case EntitlementKind::role:
      return find_role(roles, name);
  }
  std::abort();
}

std::optional<EntitlementName> TenantState::name_of(const EntitlementRef& ref) const {
  switch (ref.kind) {
    case EntitlementKind::group:
      if (const TenantGroup* found = group(ref.id)) {
        return EntitlementName{EntitlementKind::group, found->name, {}};
      }
      return std::nullopt;
    case EntitlementKind::role:
      if (const TenantRole* found = role(ref.id)) {
        return EntitlementName{EntitlementKind::role, found->name, found->application};
      }
      return std::nullopt;
  }
  std::abort();
}

const AccountSet* TenantState::accounts_of(const EntitlementRef& ref) const {
  switch (ref.kind) {
    case EntitlementKind::group: {
      const TenantGroup* found = group(ref.id);
      return found == nullptr ? nullptr : &found->members;
    }
    case EntitlementKind::role: {
      const TenantRole* found = role(ref.id);
      return found == nullptr ? nullptr : &found->users;
    }
  }
  std::abort();
}

std::vector<EntitlementRef> TenantState::assignments_of(const AccountId& account) const {
  std::vector<EntitlementRef> assignments;
  for (const TenantGroup& each : groups) {
    if (each.members.contains(account)) assignments.push_back({EntitlementKind::group, each.id});
  }
  for (const TenantRole& each : roles) {
    if (each.users.contains(account)) assignments.push_back({EntitlementKind::role, each.id});
  }
  return assignments;
}

}  // namespace rosterd
