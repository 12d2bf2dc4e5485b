#pragma once

#include "rosterd/sync/explain.hpp"

#include <optional>
#include <vector>

namespace rosterd::sync {

/// The events of a person that are not done, and what they say about what is not as it should be.
class UnfinishedEvents {
 public:
  /// `newest` is the last event that the person's record holds: a dead one before it was overtaken.
  UnfinishedEvents(const std::vector<EventRow>& events, EventId newest);

  /// Open and dead ones, by arrival.
  const std::vector<EventRow>& all() const { return events_; }

  /// The last open one that found no account, or not one certain one.
  const EventRow* without_account() const;

  /// Whether an open event will see to it; then it is named in `access`.
  bool say_what_is_open(ExplainedAccess& access) const;

  /// The same for an event that was given up on.
  bool say_what_is_dead(ExplainedAccess& access) const;

 private:
  std::vector<EventRow> events_;
  EventId newest_;
};

}  // namespace rosterd::sync
