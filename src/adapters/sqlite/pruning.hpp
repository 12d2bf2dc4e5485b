#pragma once

#include "adapters/sqlite/arrivals.hpp"
#include "adapters/sqlite/query.hpp"
#include "rosterd/ports/work_store.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rosterd::sqlite {

/// Deletes what retention allows, a slice at a time. Every table is walked in order of arrival
/// and only as far as it is old enough, so that a slice never looks through the whole store. On
/// the store's thread.
class Pruning {
 public:
  Pruning(const SQLite::Database& database, Arrivals& arrivals, Outbox& outbox);

  struct Slice {
    std::size_t deleted = 0;
    bool done = true;  ///< nothing is left to look at
  };
  /// Looks at no more than `rows_max` rows of each table.
  Slice prune(
      Transaction& transaction, Instant now, const WorkStore::Retention& keep, std::size_t rows_max
  );

 private:
  // A walk over a table some of whose old rows stay; 0: begins at the oldest.
  struct Walk {
    EventId after = 0;
  };
  struct Found {
    std::vector<EventId> deletable;
    bool done = true;
  };
  static Found walk(Query& query, Walk& walk, Instant before, std::size_t rows_max);

  Slice prune_payloads(Instant before, std::size_t rows_max);
  Slice prune_events(Transaction& transaction, Instant before, std::size_t rows_max);
  Slice prune_keys(Transaction& transaction, Instant before, std::size_t rows_max);
  Slice prune_operations(Instant before, std::size_t rows_max);
  Slice prune_audit(Instant before, std::size_t rows_max);

  Arrivals& arrivals_;
  Outbox& outbox_;
  Query payloads_, events_, keys_, operations_, delete_payload_, delete_event_, delete_operation_;
  Query audit_, move_anchor_, delete_audit_, delete_holds_, delete_removals_,
      delete_reconciliations_;
  Walk payload_walk_, event_walk_;
};

}  // namespace rosterd::sqlite
