#pragma once

#include "rosterd/domain/time_zones.hpp"

namespace rosterd::system {

/// The machine's own zone database (/usr/share/zoneinfo), so that a new law of time arrives with
/// the system's updates; it is read when first used and kept for the life of the process.
/// Thread-safe.
class SystemTimeZones : public TimeZones {
 public:
  /// Throws when the machine has no zone database.
  SystemTimeZones();

  std::optional<Instant> start_of_day(std::string_view zone, Date date) const override;
  bool known(std::string_view zone) const override;
  std::optional<Date> day_at(std::string_view zone, Instant instant) const override;
};

}  // namespace rosterd::system
