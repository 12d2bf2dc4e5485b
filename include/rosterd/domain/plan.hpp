#pragma once

#include "rosterd/domain/ledger.hpp"
#include "rosterd/domain/lifecycle.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/tenant.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace rosterd {

/// What is known of one person when the tenant is compared with the policy.
struct Subject {
  PersonId person;
  Lifecycle lifecycle;
  std::vector<AccountId> accounts;
  std::vector<Desired> desired;
  std::vector<LedgerEntry> ledger;  ///< of all accounts, also ones no longer linked
  EventId event = 0;                ///< what brought the person up; 0: time or policy
};

/// One assignment to add or to remove.
struct Change {
  enum class Kind { grant, revoke, adopt, forget };
  ///< adopt: wanted, there, not in the ledger. forget: in the ledger, neither wanted nor there.

  Kind kind = Kind::grant;
  PersonId person;
  AccountId account;
  EntitlementRef entitlement;
  EntitlementName name;
  std::string reason;   ///< rule names for a grant; why it goes for a removal
  bool leaver = false;  ///< a removal from somebody who has left
  EventId event = 0;
};

/// Something wanted, or to be removed, that will not be done, and why.
struct Unmet {
  PersonId person;
  AccountId account;  ///< empty: the person has none
  EntitlementName name;
  enum class Why {
    no_account,
    unknown_entitlement,
    report_mode,
    additive_mode,
    is_protected,
  } why;
  bool removal = false;
};

/// What takes the tenant from what is to what should be, for the subjects given.
struct Plan {
  std::vector<Change> changes;  ///< leavers' removals, other removals, grants, then adopt/forget
  std::vector<Unmet> unmet;

  bool touches_tenant() const;
  std::size_t count(Change::Kind kind) const;
};

/// Compares. Pure: the same function serves the worker, dry runs, reconciliation and approval.
///
/// desired − observed = grants; observed − desired is removed when the ledger has it, when the
/// entitlement's mode is `exact`, or when the person has left and the policy revokes all.
/// `additive` never removes (but a leaver under `revoke_all` loses it, too), `report` never writes.
/// What is protected is never removed. Accounts that no subject names are not touched; a subject
/// without a person id stands for accounts that belong to nobody.
Plan diff(const std::vector<Subject>& subjects, const TenantState& observed, const Policy& policy);

/// One call to the tenant.
struct Operation {
  enum class Kind { add_members, remove_members, add_roles, remove_roles };

  Kind kind = Kind::add_members;
  EntitlementRef group;              ///< members calls
  AccountId account;                 ///< role calls
  std::vector<std::size_t> changes;  ///< indexes into `Plan::changes` that this call makes true
  bool leaver = false;               ///< removes something from somebody who has left
};

std::string_view to_string(Operation::Kind kind);
/// Whether it gives something; else it takes something away.
bool adds(Operation::Kind kind);

/// The calls a plan needs, in the order to make them: removals before grants, leavers first; one
/// removing and one adding call per touched group, cut so that no body is over `body_bytes_max`;
/// one removing and one adding role call per account.
std::vector<Operation> operations(const Plan& plan, std::size_t body_bytes_max);

}  // namespace rosterd
