#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace rosterd::ingest {

/// What tells a roster that was cut off from one that is complete.
struct RosterCount {
  std::uint64_t people = 0;   ///< different keys in the file
  std::uint64_t missing = 0;  ///< people of its scope who have not left, and are not in the file
  std::uint64_t known = 0;    ///< people of its scope who have not left
  std::optional<std::uint64_t> last_people;  ///< different keys in the last accepted roster
};

/// How many people a roster may lack: `missing_max`, or that part of the last accepted roster (the
/// first one: of the people known), whichever is more.
std::uint64_t missing_allowed(
    const RosterCount& count, std::size_t missing_max, double missing_part_max
);

/// Why nobody should act on the roster before a person has looked at it, if so.
std::optional<std::string> looks_incomplete(
    const RosterCount& count, std::size_t missing_max, double missing_part_max
);

}  // namespace rosterd::ingest
