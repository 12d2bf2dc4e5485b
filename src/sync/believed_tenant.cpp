#include "believed_tenant.hpp"

#include <algorithm>
#include <cstdlib>

namespace rosterd::sync {

namespace {

class Believed {
 public:
  void exists(const EntitlementRef& ref, const EntitlementName& name) { accounts(ref, name); }
  void has(const EntitlementRef& ref, const EntitlementName& name, const AccountId& account) {
    accounts(ref, name).insert(account);
  }
  const TenantState& state() const { return tenant_; }

 private:
  AccountSet& accounts(const EntitlementRef& ref, const EntitlementName& name) {
    if (ref.kind == EntitlementKind::group) {
      for (TenantGroup& group : tenant_.groups) {
        if (group.id == ref.id) return group.members;
      }
      TenantGroup& group = tenant_.groups.emplace_back();
      group.id = ref.id;
      group.name = name.name;
      return group.members;
    }
    for (TenantRole& role : tenant_.roles) {
      if (role.id == ref.id) return role.users;
    }
    TenantRole& role = tenant_.roles.emplace_back();
    role.id = ref.id;
    role.name = name.name;
    role.application = name.application;
    return role.users;
  }

  TenantState tenant_;
};

/// Whether the last reconciliation found that this grant is not there any more.
bool was_missing(const LedgerEntry& entry, const std::vector<DriftRow>& drift) {
  return std::any_of(drift.begin(), drift.end(), [&](const DriftRow& row) {
    return row.there && row.drift.kind == DriftKind::missing && row.last_seen >= entry.since &&
           row.drift.key() == AssignmentKey{entry.account, entry.entitlement};
  });
}

bool is_surplus(const DriftRow& row) {
  switch (row.drift.kind) {
    case DriftKind::unexpected:
    case DriftKind::foreign:
      return row.there;
    case DriftKind::missing:
    case DriftKind::orphan_account:
      return false;
  }
  std::abort();
}

}  // namespace

TenantState believed_tenant(const Subject& subject, const std::vector<DriftRow>& drift) {
  Believed believed;
  for (const LedgerEntry& entry : subject.ledger) {
    believed.exists(entry.entitlement, entry.name);
    if (was_missing(entry, drift)) continue;
    believed.has(entry.entitlement, entry.name, entry.account);
  }
  for (const DriftRow& row : drift) {
    if (row.drift.person != subject.person || !is_surplus(row)) continue;
    believed.has(row.drift.entitlement, row.drift.name, row.drift.account);
  }
  for (const Desired& desired : subject.desired) {
    const EntitlementName& name = desired.entitlement;
    if (believed.state().find(name)) continue;
    believed.exists({name.kind, EntitlementId("wanted: " + to_string(name))}, name);
  }
  return believed.state();
}

}  // namespace rosterd::sync
