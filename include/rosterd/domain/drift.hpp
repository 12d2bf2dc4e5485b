#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/entitlement.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/ids.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/tenant.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rosterd {

/// How the tenant differs from what it should be.
enum class DriftKind {
  missing,         ///< wanted and not there
  unexpected,      ///< there, not wanted, and rosterd's to remove
  foreign,         ///< a person has it that the policy does not give, and that is not rosterd's
  orphan_account,  ///< an account that belongs to no person has what the policy gives
};

std::string_view to_string(DriftKind kind);
std::optional<DriftKind> drift_kind(std::string_view text);
const std::vector<DriftKind>& all_drift_kinds();

/// One difference.
struct Drift {
  DriftKind kind = DriftKind::missing;
  PersonId person;  ///< empty for an orphan account
  AccountId account;
  EntitlementRef entitlement;
  EntitlementName name;
  std::string detail;  ///< for people: the rule that wants it, why it would go, what becomes of it
  bool held = false;   ///< waits for a person or was rejected: it is not repaired now

  AssignmentKey key() const { return {account, entitlement}; }
};

/// A difference over several reconciliations.
struct DriftRow {
  Drift drift;
  Instant first_seen{};
  Instant last_seen{};
  int times = 1;      ///< reconciliations that found it; where it is repaired, that did so
  bool there = true;  ///< the last one found it

  /// Repaired and back again and again: somebody else writes to it.
  bool contended() const;
};

/// How often what should have been repaired must come back to be called contended.
inline constexpr int contended_times = 3;
/// For how long a repaired difference is remembered.
inline constexpr Duration drift_memory = std::chrono::hours{24 * 7};

/// What is known of drift after a reconciliation found `found`. What it does not repair, because it
/// only looks or because a hold has it, is no proof of another writer and is not counted again.
/// Pure.
std::vector<DriftRow> drift_after(
    const std::vector<DriftRow>& before,
    const std::vector<Drift>& found,
    Instant now,
    bool repairs = true
);

/// Marks the removals that a hold has, and says what is decided about them. Pure.
void note_holds(std::vector<Drift>& found, const std::vector<Hold>& holds);

/// The differences between the tenant and these people; `plan` is their `diff`. Of what the policy
/// names, assignments that the ledger does not have and no rule gives are `foreign`. Pure; by kind,
/// then entitlement and account.
std::vector<Drift> drift_of(
    const std::vector<Subject>& subjects,
    const Plan& plan,
    const TenantState& observed,
    const Policy& policy
);

/// Accounts without a person that have what the policy names; `owners` are the people of all linked
/// accounts. Pure; by entitlement, then account.
std::vector<Drift> orphans_of(
    const TenantState& observed,
    const Policy& policy,
    const std::unordered_map<AccountId, PersonId>& owners
);

/// The end of a reconciliation.
struct ReconcileReport {
  Instant started_at{};
  Instant finished_at{};
  bool repairs = false;    ///< false: it only looked
  std::size_t people = 0;  ///< compared
  std::map<DriftKind, std::size_t> found;
  std::size_t contended = 0;
  std::size_t people_to_repair = 0;  ///< put before the worker
};

}  // namespace rosterd
