#pragma once

#include "rosterd/domain/ids.hpp"
#include "rosterd/ports/views.hpp"

#include <vector>

namespace rosterd::cli {

/// People whose leaving was given up: the event is dead, and none of theirs was applied after it.
/// They may still have access. By id.
std::vector<PersonId> leavers_given_up(Views& views);

}  // namespace rosterd::cli
