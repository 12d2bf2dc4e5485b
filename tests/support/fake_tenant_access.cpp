#include "fake_tenant.hpp"

#include <algorithm>

namespace rosterd::test {

void FakeTenant::nests(const std::string& outer, const std::string& inner) {
  group_named(outer)->nested.push_back(group_named(inner)->id);
}

void FakeTenant::attaches(const std::string& role, const std::string& group) {
  const auto found = std::find_if(state_.roles.begin(), state_.roles.end(), [&](const auto& one) {
    return one.name == role;
  });
  group_named(group)->roles.push_back(found->id);
}

TenantGroup* FakeTenant::group_named(const std::string& name) {
  const auto found = std::find_if(state_.groups.begin(), state_.groups.end(), [&](const auto& one) {
    return one.name == name;
  });
  return found == state_.groups.end() ? nullptr : &*found;
}

bool FakeTenant::is_in(const TenantGroup& group, const AccountId& account) const {
  if (group.members.contains(account)) return true;
  return std::any_of(group.nested.begin(), group.nested.end(), [&](const EntitlementId& id) {
    const TenantGroup* inner = state_.group(id);
    return inner != nullptr && is_in(*inner, account);
  });
}

Task<Answer<EffectiveAccess>> FakeTenant::effective(AccountId account, std::string, std::string) {
  const auto plot = co_await arrive(Call::effective, account.value);
  if (plot) co_return plot->error;
  EffectiveAccess access;
  for (const TenantRole& one : state_.roles) {
    const EntitlementName name{EntitlementKind::role, one.name, one.application};
    const bool direct = one.users.contains(account);
    if (direct) access.direct_roles.push_back(name);
    const bool by_group =
        std::any_of(state_.groups.begin(), state_.groups.end(), [&](const TenantGroup& group) {
          return std::count(group.roles.begin(), group.roles.end(), one.id) > 0 &&
                 is_in(group, account);
        });
    if (direct || by_group) access.roles.push_back(name);
  }
  for (const TenantGroup& one : state_.groups) {
    if (one.members.contains(account)) access.direct_groups.push_back(one.name);
    if (is_in(one, account)) access.groups.push_back(one.name);
  }
  co_return access;
}

Task<Answer<StorageUse>> FakeTenant::storage() {
  const auto plot = co_await arrive(Call::storage, {});
  if (plot) co_return plot->error;
  StorageUse use;
  use.bytes = storage_bytes;
  use.type = "default";
  co_return use;
}

}  // namespace rosterd::test
