#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/ids.hpp"

#include <compare>
#include <map>
#include <optional>
#include <string>

namespace rosterd {

/// Where an event stands among the events of its person.
///
/// It is *said* by sequence when both have one and are of one source, else by the source's own time
/// when both have one, else by arrival (sources.md, "Order per person"). What one source counts
/// says nothing of another's events. An event that was said before it takes effect is about that
/// later day: it counts from then on, whatever was said about the time until then.
struct Stamp {
  std::string sequence;  ///< digits without leading zeros, any length; empty: none
  std::optional<Instant> occurred_at;
  EventId arrival = 0;
  std::string source = {};                   ///< whose sequence it is; empty where there is none
  std::optional<Instant> effective_at = {};  ///< only of an event that was said before it

  bool operator==(const Stamp&) const = default;
};

/// Negative: `left` takes effect strictly earlier, or at the same time and was said earlier. Zero
/// only for the same sequence or time.
std::weak_ordering order(const Stamp& left, const Stamp& right);

/// Older for the purpose of "who wins": ties go to the later arrival.
bool precedes(const Stamp& left, const Stamp& right);

/// Was said earlier, whenever it takes effect.
bool said_before(const Stamp& left, const Stamp& right);

/// `effective_at`: when the event takes effect, if it was said before that.
Stamp stamp_of(
    const ChangeEvent& event, EventId arrival, std::optional<Instant> effective_at = std::nullopt
);

/// Everything the sources have said about a person, merged.
///
/// Each attribute remembers which event set it, so that an event that arrives late changes exactly
/// what no newer event has spoken about: any order of arrival gives the same record, as long as a
/// person's events all carry a sequence of one source, or all a time. Where they mix, and where
/// three plans for one person contradict each other, `order` is not transitive, and the order of
/// arrival may decide.
struct PersonRecord {
  PersonId id;
  Attributes attributes;
  Stamp newest;                ///< the newest event folded in
  std::optional<Stamp> floor;  ///< the newest `full` event: what is older says nothing any more
  /// Attributes set or cleared by an event newer than `floor`; `status` whenever an event named it,
  /// because absence from a full event says nothing about it.
  std::map<std::string, Stamp, std::less<>> stamps;
  bool stale = false;  ///< a notice is newer than the newest values
  Instant first_seen{};
  Instant changed_at{};

  bool operator==(const PersonRecord&) const = default;
};

}  // namespace rosterd
