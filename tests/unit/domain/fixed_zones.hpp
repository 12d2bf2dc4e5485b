#pragma once

#include "rosterd/domain/time_zones.hpp"

#include <map>
#include <string>

namespace rosterd::test {

/// Zones that never change their clocks: enough for rules, which only ask where a day starts.
class FixedZones : public TimeZones {
 public:
  std::optional<Instant> start_of_day(std::string_view zone, Date date) const override {
    const auto found = offsets_.find(zone);
    if (found == offsets_.end()) return std::nullopt;
    return Instant{std::chrono::sys_days{date}} - found->second;
  }

  bool known(std::string_view zone) const override { return offsets_.contains(zone); }

  std::optional<Date> day_at(std::string_view zone, Instant instant) const override {
    const auto found = offsets_.find(zone);
    if (found == offsets_.end()) return std::nullopt;
    return Date{std::chrono::floor<std::chrono::days>(instant + found->second)};
  }

 private:
  const std::map<std::string, Duration, std::less<>> offsets_{
      {"UTC", std::chrono::hours{0}},
      {"Europe/Berlin", std::chrono::hours{1}},
      {"America/New_York", std::chrono::hours{-5}},
      {"Pacific/Auckland", std::chrono::hours{13}},
  };
};

}  // namespace rosterd::test
