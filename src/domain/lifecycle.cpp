#include "rosterd/domain/lifecycle.hpp"

#include "domain/enum_names.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <cstdlib>

namespace rosterd {

namespace {

struct Zone {
  std::string name;
  std::string problem;
};

struct Day {
  std::optional<Date> date;
  std::string problem;
};

std::string quoted(std::string_view text) {
  return "\"" + printable(text, 40) + "\"";
}

Zone zone_of(
    const Attributes& attributes, const LifecycleSettings& settings, const TimeZones& zones
) {
  const std::optional<std::string> own = text_of(attributes, attribute::time_zone);
  if (!own) return {settings.time_zone, {}};
  if (zones.known(*own)) return {*own, {}};
  return {
      settings.time_zone,
      "time_zone " + quoted(*own) + " is unknown, " + settings.time_zone + " is used"};
}

/// A day, also when the source writes the instant of its midnight: the day as it is written.
Day day_of(const Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  if (found == attributes.end()) return {};
  const std::string text = to_text(found->second);
  if (text.empty()) return {};
  if (const auto date = parse_date(text)) return {date, {}};
  if (parse_rfc3339(text)) return {parse_date(std::string_view(text).substr(0, 10)), {}};
  return {
      std::nullopt,
      std::string(name) + " " + quoted(text) +
          " is not a date (YYYY-MM-DD) and is "
          "left out"};
}

Date day_after(Date date) {
  return Date{std::chrono::sys_days{date} + std::chrono::days{1}};
}

Instant start_of_day(const TimeZones& zones, const std::string& zone, Date date) {
  if (const auto start = zones.start_of_day(zone, date)) return *start;
  return Instant{std::chrono::sys_days{date}};
}

LifecycleState status_of(const Attributes& attributes, std::string& problem) {
  const std::optional<std::string> text = text_of(attributes, attribute::status);
  if (!text) return LifecycleState::active;
  if (const auto state = lifecycle_state(*text)) return *state;
  problem = "status " + quoted(*text) + " is unknown and counts as suspended";
  return LifecycleState::suspended;
}

void note(std::string& why, const std::string& problem) {
  if (!problem.empty()) why += "; " + problem;
}

/// The dates of a person as instants; nothing where a date is absent or does not count.
struct Span {
  std::optional<Date> start_date;
  std::optional<Instant> start;
  std::optional<Date> last_day;
  std::optional<Instant> end;
};

Span span_of(
    const Day& start_date,
    const Day& last_day,
    const std::string& zone,
    const LifecycleSettings& settings,
    const TimeZones& zones
) {
  Span span;
  if (start_date.date) {
    span.start_date = start_date.date;
    span.start = start_of_day(zones, zone, *start_date.date) - settings.lead;
  }
  const bool rehired = start_date.date && last_day.date && *start_date.date > *last_day.date;
  if (last_day.date && !rehired) {
    const bool inclusive = settings.last_day == LifecycleSettings::LastDay::end_of_day;
    const Date gone = inclusive ? day_after(*last_day.date) : *last_day.date;
    span.last_day = last_day.date;
    span.end = start_of_day(zones, zone, gone);
  }
  return span;
}

/// What dates and status make of a person, without the policy's opinion on leave.
Lifecycle state_at(
    const Span& span,
    LifecycleState status,
    const std::string& zone,
    const LifecycleSettings& settings,
    Instant now
) {
  Lifecycle life;
  if (span.end && *span.end <= now) {
    const bool inclusive = settings.last_day == LifecycleSettings::LastDay::end_of_day;
    life.state = LifecycleState::left;
    life.why = "last_day " + to_string(*span.last_day) + (inclusive ? " has passed" : " has come") +
               " in " + zone;
    return life;
  }
  if (span.start && *span.start > now) {
    life.state = LifecycleState::prehire;
    life.why = "start_date " + to_string(*span.start_date) + " has not come in " + zone;
    if (settings.lead > Duration{0}) life.why += " (lead " + to_string(settings.lead) + ")";
    life.next_change_at = span.end ? std::min(*span.start, *span.end) : *span.start;
    return life;
  }
  life.state = status;
  life.next_change_at = span.end;
  life.why = "status is " + std::string(to_string(status));
  if (status == LifecycleState::prehire && span.start) {
    life.state = LifecycleState::active;
    life.why = "start_date " + to_string(*span.start_date) + " has come in " + zone;
  }
  return life;
}

}  // namespace

Lifecycle lifecycle_of(
    const Attributes& attributes,
    const LifecycleSettings& settings,
    const TimeZones& zones,
    Instant now
) {
  std::string status_problem;
  const LifecycleState status = status_of(attributes, status_problem);
  if (status == LifecycleState::left) {
    return {.state = status, .entitled = false, .next_change_at = {}, .why = "status is left"};
  }

  const Zone zone = zone_of(attributes, settings, zones);
  const Day start_date = day_of(attributes, attribute::start_date);
  const Day last_day = day_of(attributes, attribute::last_day);
  const Span span = span_of(start_date, last_day, zone.name, settings, zones);

  Lifecycle life = state_at(span, status, zone.name, settings, now);
  const bool keeps_on_leave = settings.leave == LifecycleSettings::Leave::keep;
  life.entitled = life.state == LifecycleState::active ||
                  (life.state == LifecycleState::on_leave && keeps_on_leave);
  for (const std::string& problem :
       {status_problem, zone.problem, start_date.problem, last_day.problem}) {
    note(life.why, problem);
  }
  return life;
}

Instant effective_instant(
    const Effective& effective,
    const Attributes& attributes,
    const LifecycleSettings& settings,
    const TimeZones& zones
) {
  if (const auto* instant = std::get_if<Instant>(&effective)) return *instant;
  const Zone zone = zone_of(attributes, settings, zones);
  return start_of_day(zones, zone.name, std::get<Date>(effective));
}

bool is_leaver(const ChangeEvent& event) {
  if (event.type == ChangeType::left) return true;
  const auto status = event.attributes.find(attribute::status);
  if (status == event.attributes.end() || !status->second) return false;
  const auto* text = std::get_if<std::string>(&*status->second);
  return text != nullptr && lifecycle_state(*text) == LifecycleState::left;
}

std::string_view to_string(LifecycleState state) {
  switch (state) {
    case LifecycleState::prehire:
      return "prehire";
    case LifecycleState::active:
      return "active";
    case LifecycleState::on_leave:
      return "on_leave";
    case LifecycleState::suspended:
      return "suspended";
    case LifecycleState::left:
      return "left";
  }
  std::abort();
}

std::optional<LifecycleState> lifecycle_state(std::string_view text) {
  // Most texts are written as we write them, and a text is long to change for so short a question.
  if (const auto state = enum_named(text, LifecycleState::left)) return state;
  return enum_named(lower_case(text), LifecycleState::left);
}

}  // namespace rosterd
