#pragma once

#include "rosterd/domain/drift.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/domain/tenant.hpp"

#include <vector>

namespace rosterd::sync {

/// The tenant as far as the store tells about one person, when it cannot be asked: what is in the
/// ledger is there, but for what the last reconciliation found missing; what it found besides is
/// there, too; and every group and role that the person should have exists. Pure.
TenantState believed_tenant(const Subject& subject, const std::vector<DriftRow>& drift);

}  // namespace rosterd::sync
