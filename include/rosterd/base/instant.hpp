#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rosterd {

/// A point in time, UTC, in whole microseconds: sources order their events by fractions of a
/// second, and the store keeps instants as integers.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// A calendar day without a zone.
using Date = std::chrono::year_month_day;

constexpr std::int64_t to_micros(Instant instant) {
  return instant.time_since_epoch().count();
}
constexpr Instant from_micros(std::int64_t micros) {
  return Instant{Duration{micros}};
}

/// RFC 3339 in UTC, with as many fractional digits as are needed: `2026-03-01T09:00:00Z`.
std::string to_string(Instant instant);

/// `2026-03-01`
std::string to_string(Date date);

/// Parses RFC 3339 (offset required; `T` or a space; up to nine fractional digits, cut to
/// microseconds; a leap second counts as the second after). Nothing else is accepted.
std::optional<Instant> parse_rfc3339(std::string_view text);

/// Parses `YYYY-MM-DD` of a day that exists.
std::optional<Date> parse_date(std::string_view text);

/// Parses a duration as configuration writes it: `250ms`, `30s`, `15m`, `8h`, `7d`, also several
/// parts (`1h30m`). Not negative.
std::optional<Duration> parse_duration(std::string_view text);

/// For people: `3m 20s`, `2d 4h`, `850ms`.
std::string to_string(Duration duration);

}  // namespace rosterd
