#pragma once

#include "rosterd/ports/work_store.hpp"
#include "settle_round.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rosterd::sync {

/// Whose the parts of a settlement are that do not say so themselves.
struct Owners {
  std::unordered_map<EventId, PersonId> events;
  std::map<std::pair<AccountId, EntitlementRef>, PersonId> assignments;
  std::set<PersonId> together;  ///< not to be cut apart
};

/// At the end of a round that changed these holds.
Owners owners_in(
    const std::map<PersonId, RoundPerson>& people,
    const ApplyResult& applied,
    const std::vector<Hold>& changed
);

/// Cuts a settlement into several, to be settled in this order, because whatever is accepted
/// meanwhile waits for the one under way. Nobody is in two of them. Where there are fewer than
/// twice `people_min` (2 at least) people, nothing is cut; else each but the first has from
/// `people_min` to twice as many, if there are so many left. The first has whoever has to be in it,
/// however many.
///
/// A crash between two of them costs nothing: whoever is in a later one still has the running
/// event, the time or the policy that brought them up, and the next round looks at the tenant
/// again. For that, the first has all holds, so that no event is ever held by nothing, and with
/// them whoever must not be cut apart: people whom those holds were about before, for what was
/// approved is done, and what nobody asks for any more is over, only together with its hold; and
/// people with the same account, for what leaves the ledger for one may be given to the other. The
/// last is never somebody alone, so that a crash seldom makes anybody the only suspect.
std::vector<Settlement> slices_of(Settlement whole, const Owners& owners, std::size_t people_min);

}  // namespace rosterd::sync
