#pragma once

#include "rosterd/base/instant.hpp"

#include <optional>
#include <string_view>

namespace rosterd {

/// The IANA time-zone database, as the rules need it. Pure look-ups; thread-safe.
class TimeZones {
 public:
  virtual ~TimeZones() = default;

  /// The first instant of that day in that zone. Where the clock jumps over midnight, the first
  /// instant after the jump; where midnight happens twice, the first. Nothing: unknown zone.
  virtual std::optional<Instant> start_of_day(std::string_view zone, Date date) const = 0;

  virtual bool known(std::string_view zone) const = 0;

  /// The calendar day in that zone. Nothing: unknown zone.
  virtual std::optional<Date> day_at(std::string_view zone, Instant instant) const = 0;
};

}  // namespace rosterd
