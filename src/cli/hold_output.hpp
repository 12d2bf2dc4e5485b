#pragma once

#include "rosterd/domain/hold.hpp"

#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace rosterd::cli {

/// What brought the removals of a hold up.
struct HoldOrigins {
  std::map<std::string, std::size_t> events;  ///< by source
  std::size_t forgotten = 0;                  ///< events that are not kept any more
  bool time_or_policy = false;
};

/// `7 events of hr, time or policy`
std::string in_words(const HoldOrigins& origins);

/// `12 assignments of 7 people`
std::string extent_of(const Hold& hold);

/// What each hold is about, one a line.
void print_holds(const std::vector<Hold>& holds, std::ostream& out);

/// Who would lose what and why, then a sum by group and role.
void print_removals(const Hold& hold, std::ostream& out);

/// All of one hold, and what can be done about it.
void print_hold(const Hold& hold, const HoldOrigins& origins, std::ostream& out);

}  // namespace rosterd::cli
