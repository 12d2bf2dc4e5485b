#pragma once

#include "account_resolver.hpp"
#include "applier.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/ports/work_store.hpp"

#include <optional>
#include <vector>

namespace rosterd::sync {

/// What a look-up of accounts means for a person.
struct LinkDecision {
  std::vector<AccountId> accounts;
  std::optional<Trouble> trouble;
  bool plan = true;  ///< whether the tenant can be compared all the same
};

/// Whether the tenant must be asked for accounts of somebody who may have some: what they are found
/// by has changed, or had changed when the last look-up came to no end.
bool wants_relink(const WorkPerson& known, bool changed, Instant now);

/// What is known stays known when nothing better is found. Somebody who should have nothing loses
/// it on the accounts that are known, whatever the look-up says; a leaver on old and new ones.
LinkDecision decide_link(
    const Subject& subject, const std::vector<AccountId>& known, const LinkOutcome& outcome
);

}  // namespace rosterd::sync
