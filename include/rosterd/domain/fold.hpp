#pragma once

#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/person.hpp"

namespace rosterd {

enum class FoldEffect {
  changed,     ///< the record says something new
  unchanged,   ///< newest, and the record said so already
  superseded,  ///< strictly older than what is folded in, and nothing of it still counts
  noticed,     ///< a notice: the person is stale until values arrive
};

/// Merges `event` into `record` at `now`. Pure; folding the same event again changes nothing.
/// An empty record is a new one. `event` must not be of unknown type. A record has to be kept also
/// when it is `unchanged`: which event spoke last about an attribute may have moved.
///
/// * `partial` sets and clears what it names; `full` also clears what it does not name.
/// * `status` is never cleared by absence: only an event that names it, or `person.left` (which
///   sets `left`), changes it. A late update of somebody's address must not bring a leaver back.
/// * Somebody has left if that was said last, or if it is about a later day than what was said
///   since: a leave that is planned for the end of the month stands, though HR says `active` until
///   then. Somebody comes back only by what was said last and is about that day or a later one.
/// * A record that is new and was given no status is `active`.
///
/// `effective_at`: when the event takes effect, if it was said before that.
FoldEffect fold(
    PersonRecord& record,
    const ChangeEvent& event,
    EventId arrival,
    Instant now,
    std::optional<Instant> effective_at = std::nullopt
);

}  // namespace rosterd
