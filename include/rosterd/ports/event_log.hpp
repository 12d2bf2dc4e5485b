#pragma once

#include "rosterd/base/hash.hpp"
#include "rosterd/base/instant.hpp"
#include "rosterd/base/task.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rosterd {

/// A change event on its way into the store.
struct NewEvent {
  ChangeEvent event;
  std::string payload;  ///< the event as received, for people and for later; at most the body limit
  Digest sha256{};      ///< of what makes two deliveries the same (the event's own bytes)
  Key128 key;           ///< of source and external id: what duplicates are recognised by
  EventState state = EventState::pending;  ///< pending, scheduled or ignored
  std::optional<Instant> due_at;           ///< scheduled: when it takes effect
  Instant received_at{};
  std::optional<std::int64_t> intake;  ///< the file it came from
};

enum class Acceptance {
  accepted,
  duplicate,  ///< the same id with the same content: kept once
  conflict,   ///< the same id with other content: not kept
};

struct AcceptedEvent {
  Acceptance acceptance = Acceptance::accepted;
  EventId id = 0;  ///< of the event kept: for a duplicate, the first one's
};

enum class Admission {
  admitted,
  outbox_full,  ///< over the high-water mark
  disk_full,    ///< under the floor of free bytes
};

struct AcceptResult {
  Admission admission = Admission::admitted;
  std::vector<AcceptedEvent> events;  ///< one per event given, in order; empty unless admitted
};

/// The durable end of ingest. Called on the loop; many calls may be under way and share a commit.
class EventLog {
 public:
  virtual ~EventLog() = default;

  /// Keeps the batch: when the task ends, all of it is on the disk (fsync) with its outbox rows, or
  /// nothing is. A batch with a conflict is kept not at all. Duplicates inside the batch count,
  /// too. Throws when the store is broken (disk, I/O): nothing was acknowledged, so nothing is
  /// lost.
  virtual Task<AcceptResult> accept(std::vector<NewEvent> batch) = 0;
};

}  // namespace rosterd
