#pragma once

#include "applier.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/ports/crypto.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace rosterd::sync {

/// The hash of a hold's removals, as it is shown and approved.
std::string hash_of(const std::vector<HeldRemoval>& removals, const Crypto& crypto);

/// As many digits of a hold's hash as people need.
std::string short_hash(const std::string& hash);

/// The holds that the end of a plan opens, changes or ends, with hash and reason. Pure but for the
/// hash. Nothing where the tenant was not read after the last write.
std::vector<Hold> kept_holds(
    const ApplyResult& applied,
    const std::set<PersonId>& planned,
    const std::string& policy_version,
    const Crypto& crypto,
    Instant now
);

/// Of whom something waited for approval before, and nothing does after.
std::set<PersonId> no_longer_waiting(
    const std::vector<Hold>& before, const std::vector<Hold>& changed
);

/// For each person of whom something waits for approval, what and in which hold.
std::map<PersonId, std::string> waiting_in(
    const std::vector<Hold>& before, const std::vector<Hold>& changed
);

}  // namespace rosterd::sync
