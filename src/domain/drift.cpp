#include "rosterd/domain/drift.hpp"

#include "domain/enum_names.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>
#include <utility>

namespace rosterd {

namespace {

using Kinded = std::pair<DriftKind, AssignmentKey>;

Kinded identity_of(const Drift& drift) {
  return {drift.kind, drift.key()};
}

bool comes_before(const Drift& left, const Drift& right) {
  return std::tie(left.kind, left.name, left.account, left.entitlement) <
         std::tie(right.kind, right.name, right.account, right.entitlement);
}

/// Calls `visit` with each group and role that the policy names and with who has it.
template <class Visit>
void each_named(const TenantState& observed, const Policy& policy, Visit visit) {
  for (const TenantGroup& group : observed.groups) {
    const EntitlementName name{EntitlementKind::group, group.name, {}};
    const EntitlementRef ref{EntitlementKind::group, group.id};
    if (policy.names(name)) visit(ref, name, group.members);
  }
  for (const TenantRole& role : observed.roles) {
    const EntitlementName name{EntitlementKind::role, role.name, role.application};
    const EntitlementRef ref{EntitlementKind::role, role.id};
    if (policy.names(name)) visit(ref, name, role.users);
  }
}

Drift drift_from(DriftKind kind, const Change& change) {
  return {kind, change.person, change.account, change.entitlement, change.name, change.reason};
}

class Comparison {
 public:
  Comparison(const std::vector<Subject>& subjects, const Plan& plan, const TenantState& observed)
      : plan_(plan), observed_(observed) {
    for (const Subject& subject : subjects) know(subject);
    for (const Change& change : plan.changes) {
      if (change.kind == Change::Kind::revoke) {
        accounted_for_.insert({change.account, change.entitlement});
      }
    }
  }

  std::vector<Drift> differences(const Policy& policy) {
    std::vector<Drift> found;
    for (const Change& change : plan_.changes) {
      if (change.kind == Change::Kind::revoke) {
        found.push_back(drift_from(DriftKind::unexpected, change));
      }
      if (change.kind != Change::Kind::grant) continue;
      found.push_back(drift_from(DriftKind::missing, change));
      const bool granted = ledger_.contains({change.account, change.entitlement});
      if (granted) found.back().detail += "; was granted before";
    }
    each_named(observed_, policy, [&](const auto& ref, const auto& name, const auto& members) {
      for (const AccountId& account : members) note_foreign(account, ref, name, found);
    });
    std::sort(found.begin(), found.end(), comes_before);
    return found;
  }

 private:
  void know(const Subject& subject) {
    for (const LedgerEntry& entry : subject.ledger) {
      ledger_.insert({entry.account, entry.entitlement});
    }
    if (subject.person.value.empty()) return;
    for (const AccountId& account : subject.accounts) owners_.emplace(account, subject.person);
    for (const Desired& desired : subject.desired) {
      const auto ref = resolve(desired.entitlement);
      if (!ref) continue;
      for (const AccountId& account : subject.accounts) accounted_for_.insert({account, *ref});
    }
  }

  std::optional<EntitlementRef> resolve(const EntitlementName& name) {
    const auto known = resolved_.find(name);
    if (known != resolved_.end()) return known->second;
    return resolved_[name] = observed_.find(name);
  }

  void note_foreign(
      const AccountId& account,
      const EntitlementRef& ref,
      const EntitlementName& name,
      std::vector<Drift>& found
  ) const {
    const auto owner = owners_.find(account);
    if (owner == owners_.end()) return;
    const AssignmentKey key{account, ref};
    if (accounted_for_.contains(key) || ledger_.contains(key)) return;
    found.push_back(
        {DriftKind::foreign,
         owner->second,
         account,
         ref,
         name,
         "no rule gives it, and rosterd did not grant it: it stays"}
    );
  }

  const Plan& plan_;
  const TenantState& observed_;
  std::unordered_map<AccountId, PersonId> owners_;
  std::set<AssignmentKey> accounted_for_;  ///< wanted, or about to go
  std::set<AssignmentKey> ledger_;
  std::map<EntitlementName, std::optional<EntitlementRef>> resolved_;
};

/// What becomes of an assignment of an account that belongs to nobody.
std::string fate_of(const AccountId& account, const EntitlementName& name, const Policy& policy) {
  if (policy.mode_of(name) != Mode::exact) return "belongs to nobody: it stays";
  const auto protection = policy.protected_things.protects({}, account, name);
  if (protection) return "belongs to nobody: it stays, " + *protection;
  return "belongs to nobody: it goes, the mode is exact";
}

/// Whether rosterd does anything about it: that the others are still there says nothing.
bool is_repaired(DriftKind kind) {
  switch (kind) {
    case DriftKind::missing:
    case DriftKind::unexpected:
      return true;
    case DriftKind::foreign:
    case DriftKind::orphan_account:
      return false;
  }
  std::abort();
}

std::string_view standing_in(HoldState state) {
  switch (state) {
    case HoldState::open:
      return "; waits for approval";
    case HoldState::approved:
      return "; approved";
    case HoldState::rejected:
      return "; stays, by a person's decision";
    case HoldState::done:
    case HoldState::lapsed:
      break;
  }
  std::abort();
}

}  // namespace

std::string_view to_string(DriftKind kind) {
  switch (kind) {
    case DriftKind::missing:
      return "missing";
    case DriftKind::unexpected:
      return "unexpected";
    case DriftKind::foreign:
      return "foreign";
    case DriftKind::orphan_account:
      return "orphan_account";
  }
  std::abort();
}

std::optional<DriftKind> drift_kind(std::string_view text) {
  return enum_named(text, DriftKind::orphan_account);
}

const std::vector<DriftKind>& all_drift_kinds() {
  static const std::vector<DriftKind> kinds = {
      DriftKind::missing,
      DriftKind::unexpected,
      DriftKind::foreign,
      DriftKind::orphan_account,
  };
  return kinds;
}

bool DriftRow::contended() const {
  return is_repaired(drift.kind) && times >= contended_times;
}

std::vector<DriftRow> drift_after(
    const std::vector<DriftRow>& before, const std::vector<Drift>& found, Instant now, bool repairs
) {
  std::map<Kinded, DriftRow> rows;
  for (const DriftRow& row : before) {
    if (now - row.last_seen > drift_memory) continue;
    DriftRow& kept = rows[identity_of(row.drift)] = row;
    kept.there = false;
  }
  for (const Drift& drift : found) {
    const auto [place, is_new] = rows.try_emplace(identity_of(drift));
    DriftRow& row = place->second;
    row.drift = drift;
    if (is_new) row.first_seen = now;
    const bool is_counted = !is_repaired(drift.kind) || (repairs && !drift.held);
    if (!is_new && !row.there && is_counted) ++row.times;
    row.there = true;
    row.last_seen = now;
  }
  std::vector<DriftRow> after;
  after.reserve(rows.size());
  for (auto& [identity, row] : rows) after.push_back(std::move(row));
  std::sort(after.begin(), after.end(), [](const DriftRow& left, const DriftRow& right) {
    return comes_before(left.drift, right.drift);
  });
  return after;
}

void note_holds(std::vector<Drift>& found, const std::vector<Hold>& holds) {
  std::map<HeldKey, HoldState> states;
  for (const Hold& hold : holds) {
    if (!is_in_force(hold.state)) continue;
    for (const HeldRemoval& removal : hold.removals) states.emplace(removal.identity(), hold.state);
  }
  for (Drift& drift : found) {
    const auto state = states.find({drift.key(), drift.person});
    if (drift.kind != DriftKind::unexpected || state == states.end()) continue;
    drift.held = state->second != HoldState::approved;
    drift.detail += standing_in(state->second);
  }
}

std::vector<Drift> drift_of(
    const std::vector<Subject>& subjects,
    const Plan& plan,
    const TenantState& observed,
    const Policy& policy
) {
  return Comparison(subjects, plan, observed).differences(policy);
}

std::vector<Drift> orphans_of(
    const TenantState& observed,
    const Policy& policy,
    const std::unordered_map<AccountId, PersonId>& owners
) {
  std::vector<Drift> found;
  each_named(observed, policy, [&](const auto& ref, const auto& name, const auto& members) {
    for (const AccountId& account : members) {
      if (owners.contains(account)) continue;
      std::string fate = fate_of(account, name, policy);
      found.push_back({DriftKind::orphan_account, {}, account, ref, name, std::move(fate)});
    }
  });
  std::sort(found.begin(), found.end(), comes_before);
  return found;
}

}  // namespace rosterd
