#pragma once

#include "rosterd/domain/hold.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace rosterd::cli {

/// The digits by which tables and hints name a hold.
std::string short_hash(const Hold& hold);

/// The one hold whose hash starts with these digits: of those in force, else of those that are
/// over, the newest (`holds` as `Views::holds` gives them). Throws a CommandError when there is
/// none or more than one.
const Hold& choose_hold(const std::vector<Hold>& holds, const std::string& hash);

/// Throws a CommandError when nothing is left to be decided about it, with what has become of it.
void refuse_undecidable(const Hold& hold, bool approve);

/// The hold with the removals of these people alone; all of them where `people` is empty. Throws a
/// CommandError when the hold does not concern one of them.
Hold only(Hold hold, const std::set<PersonId>& people);

/// How many it concerns. An account of nobody is nobody.
std::size_t people_in(const Hold& hold);
std::size_t leavers_in(const Hold& hold);

}  // namespace rosterd::cli
