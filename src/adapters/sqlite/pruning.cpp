#include "adapters/sqlite/pruning.hpp"

#include <utility>

namespace rosterd::sqlite {
namespace {

Pruning::Slice operator+(Pruning::Slice left, Pruning::Slice right) {
  return Pruning::Slice{left.deleted + right.deleted, left.done && right.done};
}

Pruning::Slice delete_slice(Query& query, Instant before, std::size_t rows_max) {
  const auto deleted = static_cast<std::size_t>(query.run(before, rows_max));
  return Pruning::Slice{deleted, deleted < rows_max};
}

}  // namespace

Pruning::Pruning(const SQLite::Database& database, Arrivals& arrivals, Outbox& outbox)
    : arrivals_(arrivals),
      outbox_(outbox),
      payloads_(
          database,
          "SELECT y.event, e.received_at, o.finished_at, o.state = 'dead' FROM event_payload y "
          "JOIN event e ON e.id = y.event JOIN outbox o ON o.event = y.event "
          "WHERE y.event > ? ORDER BY y.event LIMIT ?"
      ),
      // The newest event stays whatever its age, so that no id is ever given twice.
      events_(
          database,
          "SELECT e.id, e.received_at, o.finished_at, o.state = 'dead' FROM event e "
          "JOIN outbox o ON o.event = e.id "
          "WHERE e.id > ? AND e.id < (SELECT max(id) FROM event) ORDER BY e.id LIMIT ?"
      ),
      keys_(database, "SELECT event, received_at, key FROM event_key ORDER BY event LIMIT ?"),
      operations_(database, "SELECT id, sent_at FROM operation ORDER BY id LIMIT ?"),
      delete_payload_(database, "DELETE FROM event_payload WHERE event = ?"),
      delete_event_(database, "DELETE FROM event WHERE id = ?"),
      delete_operation_(database, "DELETE FROM operation WHERE id = ?"),
      audit_(database, "SELECT id, at, hash FROM audit ORDER BY id LIMIT ?"),
      move_anchor_(database, "UPDATE audit_anchor SET id = ?, hash = ?"),
      delete_audit_(database, "DELETE FROM audit WHERE id <= ?"),
      delete_holds_(
          database,
          "DELETE FROM hold WHERE id IN (SELECT id FROM hold WHERE finished_at IS NOT NULL "
          "AND finished_at < ? ORDER BY finished_at LIMIT ?)"
      ),
      delete_removals_(
          database,
          "DELETE FROM removal WHERE (account, kind, entitlement, person, leaver) IN (SELECT "
          "account, kind, entitlement, person, leaver FROM removal WHERE at < ? ORDER BY at LIMIT "
          "?)"
      ),
      delete_reconciliations_(
          database,
          "DELETE FROM reconciliation WHERE id IN "
          "(SELECT id FROM reconciliation WHERE finished_at < ? ORDER BY id LIMIT ?)"
      ) {}

Pruning::Slice Pruning::prune(
    Transaction& transaction, Instant now, const WorkStore::Retention& keep, std::size_t rows_max
) {
  return prune_payloads(now - keep.payload, rows_max) +
         prune_events(transaction, now - keep.events, rows_max) +
         prune_keys(transaction, now - keep.deduplication, rows_max) +
         prune_operations(now - keep.operations, rows_max) +
         prune_audit(now - keep.operations, rows_max) +
         delete_slice(delete_holds_, now - keep.operations, rows_max) +
         delete_slice(delete_removals_, now - keep.operations, rows_max) +
         delete_slice(delete_reconciliations_, now - keep.operations, rows_max);
}

// What finished is not older than what came in, so the walk ends at the first event that came too
// late. Dead and open ones are passed over, and looked at again by the next walk only.
Pruning::Found Pruning::walk(Query& query, Walk& walk, Instant before, std::size_t rows_max) {
  Found found;
  std::size_t looked_at = 0;
  bool too_young = false;
  query.each(
      [&](Row row) {
        ++looked_at;
        too_young = too_young || row.instant(1) >= before;
        if (too_young) return;
        walk.after = row.integer(0);
        const auto finished_at = row.optional_instant(2);
        const bool dead = row.flag(3);
        if (finished_at && *finished_at < before && !dead) found.deletable.push_back(walk.after);
      },
      walk.after,
      rows_max
  );
  found.done = too_young || looked_at < rows_max;
  if (found.done) walk.after = 0;
  return found;
}

Pruning::Slice Pruning::prune_payloads(Instant before, std::size_t rows_max) {
  const Found found = walk(payloads_, payload_walk_, before, rows_max);
  for (const EventId event : found.deletable) delete_payload_.run(event);
  return Slice{found.deletable.size(), found.done};
}

Pruning::Slice Pruning::prune_events(
    Transaction& transaction, Instant before, std::size_t rows_max
) {
  const Found found = walk(events_, event_walk_, before, rows_max);
  for (const EventId event : found.deletable) {
    if (const auto row = outbox_.find(event)) outbox_.forget(transaction, *row);
    delete_event_.run(event);
  }
  return Slice{found.deletable.size(), found.done};
}

Pruning::Slice Pruning::prune_keys(Transaction& transaction, Instant before, std::size_t rows_max) {
  std::vector<std::pair<EventId, Key128>> old;
  keys_.each(
      [&](Row row) {
        if (row.instant(1) < before) old.emplace_back(row.integer(0), row.key(2));
      },
      rows_max
  );
  for (const auto& [event, key] : old) arrivals_.forget_key(transaction, event, key);
  return Slice{old.size(), old.size() < rows_max};
}

Pruning::Slice Pruning::prune_operations(Instant before, std::size_t rows_max) {
  std::vector<std::int64_t> old;
  operations_.each(
      [&](Row row) {
        if (row.instant(1) < before) old.push_back(row.integer(0));
      },
      rows_max
  );
  for (const std::int64_t operation : old) delete_operation_.run(operation);
  return Slice{old.size(), old.size() < rows_max};
}

// In order and without a gap: the first row that is too young ends it. The anchor moves first,
// because a row beyond it cannot be deleted.
Pruning::Slice Pruning::prune_audit(Instant before, std::size_t rows_max) {
  std::size_t old = 0;
  bool too_young = false;
  std::int64_t last = 0;
  Digest hash{};
  const auto look = [&](Row row) {
    too_young = too_young || row.instant(1) >= before;
    if (too_young) return;
    ++old;
    last = row.integer(0);
    hash = row.digest(2);
  };
  audit_.each(look, rows_max);
  if (old > 0) {
    move_anchor_.run(last, hash);
    delete_audit_.run(last);
  }
  return Slice{old, old < rows_max};
}

}  // namespace rosterd::sqlite
