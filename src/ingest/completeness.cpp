#include "rosterd/ingest/completeness.hpp"

#include <algorithm>

namespace rosterd::ingest {

std::uint64_t missing_allowed(
    const RosterCount& count, std::size_t missing_max, double missing_part_max
) {
  const double base = static_cast<double>(count.last_people.value_or(count.known));
  return std::max<std::uint64_t>(missing_max, static_cast<std::uint64_t>(base * missing_part_max));
}

std::optional<std::string> looks_incomplete(
    const RosterCount& count, std::size_t missing_max, double missing_part_max
) {
  const std::uint64_t allowed = missing_allowed(count, missing_max, missing_part_max);
  const std::string limit = "; " + std::to_string(allowed) + " are allowed without approval";
  if (count.missing > allowed) {
    return "lacks " + std::to_string(count.missing) + " of the " + std::to_string(count.known) +
           " people known" + limit;
  }
  const std::uint64_t last = count.last_people.value_or(0);
  if (last > count.people + allowed) {
    return "has " + std::to_string(count.people) + " people, " +
           std::to_string(last - count.people) + " fewer than the last accepted roster" + limit;
  }
  return std::nullopt;
}

}  // namespace rosterd::ingest
