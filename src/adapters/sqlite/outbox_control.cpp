#include "adapters/sqlite/outbox_control.hpp"

#include "adapters/sqlite/audit_entries.hpp"
#include "adapters/sqlite/codec.hpp"
#include "adapters/sqlite/selection.hpp"

#include <utility>

namespace rosterd::sqlite {

Task<std::vector<EventId>> SqliteOutboxControl::replay(
    EventSelection selection, std::string by, Instant now
) {
  Request request{std::move(selection), {}, std::move(by), now};
  if (request.selection.states.empty()) request.selection.states = {EventState::dead};
  return writer_.perform([this, request = std::move(request)](Transaction& transaction) {
    return replay_now(transaction, request);
  });
}

std::vector<EventId> SqliteOutboxControl::replay_now(
    Transaction& transaction, const Request& request
) {
  std::vector<EventId> replays;
  for (const EventId event : selected(request.selection, "o.finished_at IS NOT NULL")) {
    const EventId replay = tables_.arrivals.keep_replay(transaction, event, request.at);
    replays.push_back(replay);
    const OutboxRow original = tables_.outbox.find(event).value();
    const OutboxRow again = tables_.outbox.find(replay).value();
    AuditEntry entry = event_entry(original, again, request.at);
    entry.actor = operator_actor(request.by);
    entry.action = "event replayed";
    entry.rule = "event " + std::to_string(event) + " again";
    entry.policy_version = tables_.policy.version();
    tables_.audit.add(transaction, entry);
  }
  return replays;
}

Task<std::vector<EventId>> SqliteOutboxControl::cancel(
    EventSelection selection, std::string reason, std::string by, Instant now
) {
  Request request{std::move(selection), std::move(reason), std::move(by), now};
  return writer_.perform([this, request = std::move(request)](Transaction& transaction) {
    return cancel_now(transaction, request);
  });
}

std::vector<EventId> SqliteOutboxControl::cancel_now(
    Transaction& transaction, const Request& request
) {
  std::vector<EventId> cancelled;
  const std::string is_open = "o.event IN (" + std::string(open_events) + ")";
  const auto open = selected(request.selection, is_open + " AND o.state <> 'running'");
  for (const EventId event : open) {
    const auto before = tables_.outbox.find(event);
    // What a file that is still being read has staged is that file's to drop.
    if (!before || !tables_.outbox.is_open_lane(before->lane)) continue;
    OutboxRow after = *before;
    after.state = EventState::cancelled;
    after.due_at.reset();
    after.finished_at = request.at;
    after.reason = bounded_reason(request.reason);
    tables_.outbox.save(transaction, *before, after);
    cancelled.push_back(event);
    AuditEntry entry = event_entry(*before, after, request.at);
    entry.actor = operator_actor(request.by);
    entry.policy_version = tables_.policy.version();
    tables_.audit.add(transaction, entry);
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
