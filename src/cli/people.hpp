#pragma once

#include "rosterd/ports/views.hpp"

#include <string>
#include <vector>

namespace rosterd::cli {

/// What people call a person, as far as the attributes tell; else empty.
std::string name_of(const Attributes& attributes);

/// A person of the store; throws a CommandError when nobody has this id.
PersonRow known_person(Views& views, const std::string& id);

/// Every kept event of a person, newest first.
std::vector<EventRow> events_of(Views& views, const PersonId& person);

}  // namespace rosterd::cli
