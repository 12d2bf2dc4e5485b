#include "adapters/sqlite/outbox_control.hpp"

#include "adapters/sqlite/selection.hpp"

#include <utility>

namespace rosterd::sqlite {

Task<std::vector<EventId>> SqliteOutboxControl::replay(EventSelection selection, Instant now) {
  if (selection.states.empty()) selection.states = {EventState::dead};
  return writer_.perform([this, selection = std::move(selection), now](Transaction& transaction) {
    std::vector<EventId> replays;
    for (const EventId event : selected(selection, "o.finished_at IS NOT NULL")) {
      replays.push_back(tables_.arrivals.keep_replay(transaction, event, now));
    }
    return replays;
  });
}

Task<std::vector<EventId>> SqliteOutboxControl::cancel(
    EventSelection selection, std::string reason, Instant now
) {
  return writer_.perform([this, selection = std::move(selection), reason = std::move(reason), now](
                             Transaction& transaction
                         ) { return cancel_now(transaction, selection, reason, now); });
}

std::vector<EventId> SqliteOutboxControl::cancel_now(
    Transaction& transaction,
    const EventSelection& selection,
    const std::string& reason,
    Instant now
) {
  std::vector<EventId> cancelled;
  const auto open = selected(selection, "o.finished_at IS NULL AND o.state <> 'running'");
  for (const EventId event : open) {
    const auto before = tables_.outbox.find(event);
    // What a file that is still being read has staged is that file's to drop.
    if (!before || !tables_.outbox.is_open_lane(before->lane)) continue;
    OutboxRow after = *before;
    after.state = EventState::cancelled;
    after.due_at.reset();
    after.finished_at = now;
    after.reason = reason;
    tables_.outbox.save(transaction, *before, after);
    cancelled.push_back(event);
  }
  return cancelled;
}

std::vector<EventId> SqliteOutboxControl::selected(
    const EventSelection& selection, const std::string& condition
) {
  const std::string where = where_clause(selection);
  Query query(
      tables_.database,
      "SELECT e.id FROM outbox o JOIN event e ON e.id = o.event" + where +
          (where.empty() ? " WHERE " : " AND ") + condition + " ORDER BY e.id"
  );
  bind_selection(query, selection);
  std::vector<EventId> events;
  query.each([&](Row row) { events.push_back(row.integer(0)); });
  return events;
}

}  // namespace rosterd::sqlite
