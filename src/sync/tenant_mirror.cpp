#include "rosterd/sync/tenant_mirror.hpp"

#include <utility>

namespace rosterd::sync {

namespace {

const AccountSet& accounts_of(const TenantGroup& group) {
  return group.members;
}
const AccountSet& accounts_of(const TenantRole& role) {
  return role.users;
}

}  // namespace

void TenantMirror::know(TenantState state) {
  if (known_) return;
  state_ = std::move(state);
  state_.read_at = clock_.now();
  known_ = true;
}

Task<std::optional<TargetError>> TenantMirror::read() {
  lost_.clear();
  auto groups = co_await target_.groups();
  if (!groups) co_return groups.error();
  read_back(EntitlementKind::group, *groups);
  auto roles = co_await target_.roles();
  if (!roles) co_return roles.error();
  read_back(EntitlementKind::role, *roles);
  state_.groups = std::move(*groups);
  state_.roles = std::move(*roles);
  state_.read_at = clock_.now();
  known_ = true;
  co_return std::nullopt;
}

void TenantMirror::expect(const AssignmentKey& key, bool there) {
  expected_[key.entitlement][key.account] = there;
}

template <class Records>
void TenantMirror::read_back(EntitlementKind kind, const Records& records) {
  std::map<EntitlementId, const AccountSet*> present;
  for (const auto& record : records) present[record.id] = &accounts_of(record);
  for (auto entry = expected_.begin(); entry != expected_.end();) {
    const auto& [ref, accounts] = *entry;
    if (ref.kind != kind) {
      ++entry;
      continue;
    }
    const auto found = present.find(ref.id);
    for (const auto& [account, there] : accounts) {
      const bool is_there = found != present.end() && found->second->contains(account);
      if (is_there == there) continue;
      lost_[{account, ref}] = there;
      ++lost_writes_;
    }
    entry = expected_.erase(entry);
  }
}

}  // namespace rosterd::sync
