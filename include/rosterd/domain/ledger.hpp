#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/entitlement.hpp"
#include "rosterd/domain/ids.hpp"

#include <string>

namespace rosterd {

/// An assignment that rosterd granted or adopted, and why. The only assignments that may be
/// removed, except under `exact` and from leavers under `revoke_all`.
struct LedgerEntry {
  AccountId account;
  EntitlementRef entitlement;
  EntitlementName name;  ///< as it was called when granted
  PersonId person;
  EventId event = 0;  ///< 0: time or policy, not an event
  std::string rule;
  std::string policy_version;
  Instant since{};
  bool adopted = false;  ///< was there, and wanted, when first seen
};

}  // namespace rosterd
