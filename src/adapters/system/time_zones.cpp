#include "rosterd/adapters/system/time_zones.hpp"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>

namespace rosterd::system {

namespace {

/// date::locate_zone throws on a name it does not have; names come from HR, so that is no
/// exception here.
const date::time_zone* find_zone(std::string_view name) {
  const auto& zones = date::get_tzdb().zones;
  const auto found = std::lower_bound(
      zones.begin(),
      zones.end(),
      name,
      [](const date::time_zone& zone, std::string_view wanted) { return zone.name() < wanted; }
  );
  return found != zones.end() && found->name() == name ? &*found : nullptr;
}

}  // namespace

SystemTimeZones::SystemTimeZones() {
  date::get_tzdb();
}

bool SystemTimeZones::known(std::string_view zone) const {
  return find_zone(zone) != nullptr;
}

std::optional<Instant> SystemTimeZones::start_of_day(std::string_view zone, Date date) const {
  const auto* found = find_zone(zone);
  if (found == nullptr) return std::nullopt;
  const date::local_days midnight{std::chrono::sys_days{date}.time_since_epoch()};
  const date::local_info info = found->get_info(midnight);
  if (info.result == date::local_info::nonexistent) return info.first.end;
  // Of two midnights, the first is the one before the clock goes back.
  return Instant{midnight.time_since_epoch() - info.first.offset};
}

std::optional<Date> SystemTimeZones::day_at(std::string_view zone, Instant instant) const {
  const auto* found = find_zone(zone);
  if (found == nullptr) return std::nullopt;
  const auto local = found->to_local(instant).time_since_epoch();
  return Date{std::chrono::floor<std::chrono::days>(Instant{local})};
}

}  // namespace rosterd::system
