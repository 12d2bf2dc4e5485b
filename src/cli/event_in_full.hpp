#pragma once

#include "rosterd/ports/views.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <vector>

namespace rosterd::cli {

/// An event with what was done about it.
struct EventInFull {
  EventRow row;
  std::vector<AttemptRow> attempts;
  std::vector<OperationRecord> operations;  ///< newest first
};

/// Nothing: there is no such event.
std::optional<EventInFull> event_in_full(Views& views, EventId id);

/// The keys of an `EventRow` and `attributes`, `attempt_log`, `operations`; they are stable.
nlohmann::ordered_json json_of(const EventInFull& event);

}  // namespace rosterd::cli
