#pragma once

#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/people.hpp"
#include "adapters/sqlite/policy_sweep.hpp"
#include "adapters/sqlite/query.hpp"
#include "rosterd/ports/work_store.hpp"

namespace rosterd::sqlite {

/// Writes the end of a round: events, attempts, people, links, ledger, operations. On the store's
/// thread.
class Settling {
 public:
  Settling(const SQLite::Database& database, Outbox& outbox, People& people, PolicySweep& policy);

  void settle(Transaction& transaction, const Settlement& settlement);

  /// An event gives up for a reason of the store's own.
  void bury(Transaction& transaction, const OutboxRow& row, ErrorClass error, Instant now);

 private:
  // Gives whether the event was folded into its person's record just now.
  bool settle_event(Transaction& transaction, const EventResult& result, Instant at);
  void record_attempt(const EventResult& result, Instant at);
  void remember_roster_row(EventId event, bool is_newest);
  void apply_waiting(Transaction& transaction, const PersonId& person, Instant at);
  void settle_people(const Settlement& settlement);
  void record_operation(const OperationRecord& operation);

  Outbox& outbox_;
  People& people_;
  PolicySweep& policy_;
  Query attempt_, source_row_, drop_rows_, save_row_, operation_;
};

}  // namespace rosterd::sqlite
