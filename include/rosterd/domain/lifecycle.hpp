#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/time_zones.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rosterd {

enum class LifecycleState { prehire, active, on_leave, suspended, left };

/// `[lifecycle]` of the policy.
struct LifecycleSettings {
  enum class Leave { keep, suspend };
  enum class LastDay { end_of_day, start_of_day };
  enum class Leaver { revoke_all, revoke_granted };

  std::string time_zone = "UTC";  ///< the person's own `time_zone` wins
  Duration lead{0};               ///< access this long before `start_date`
  Leave leave = Leave::keep;
  LastDay last_day = LastDay::end_of_day;
  Leaver leaver = Leaver::revoke_all;
};

struct Lifecycle {
  LifecycleState state = LifecycleState::active;
  bool entitled = true;  ///< whether the policy's rules apply at all
  /// When time alone will change the state. Nothing: never.
  std::optional<Instant> next_change_at;
  std::string why;  ///< for people: `last_day 2026-03-31 has passed in Europe/Berlin`
};

/// Where a person stands at `now`. Pure.
///
/// `status = left` is left at once, whatever the dates say. Otherwise `last_day` (inclusive by
/// default) that has passed means left, unless `start_date` lies after it (a rehire); `start_date`
/// less `lead` that has not come means prehire. A prehire whose day has come is active. A zone or
/// date that cannot be read is said in `why`; an unreadable `last_day` or `start_date` counts as
/// absent, an unknown zone as the policy's, an unknown status as suspended.
Lifecycle lifecycle_of(
    const Attributes& attributes,
    const LifecycleSettings& settings,
    const TimeZones& zones,
    Instant now
);

/// The instant at which an event takes effect: a date is the start of that day in the person's
/// zone.
Instant effective_instant(
    const Effective& effective,
    const Attributes& attributes,
    const LifecycleSettings& settings,
    const TimeZones& zones
);

/// Whether somebody leaves with this event: by its type, or by the status that it sets.
bool is_leaver(const ChangeEvent& event);

std::string_view to_string(LifecycleState state);
std::optional<LifecycleState> lifecycle_state(std::string_view text);

}  // namespace rosterd
