#pragma once

#include "adapters/sqlite/assignments.hpp"
#include "adapters/sqlite/audit.hpp"
#include "adapters/sqlite/guard_settling.hpp"
#include "adapters/sqlite/holds.hpp"
#include "adapters/sqlite/leaver_access.hpp"
#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/people.hpp"
#include "adapters/sqlite/policy_sweep.hpp"
#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/tenant_readings.hpp"
#include "rosterd/ports/work_store.hpp"

namespace rosterd::sqlite {

/// Writes the end of a round, whole: events, attempts, people and links itself, the rest through
/// its parts. On the store's thread.
class Settling {
 public:
  struct Parts {
    Outbox& outbox;
    People& people;
    PolicySweep& policy;
    Audit& audit;
  };
  Settling(const SQLite::Database& database, Parts parts);

  void settle(Transaction& transaction, const Settlement& settlement);

  /// An event gives up for a reason of the store's own.
  void bury(Transaction& transaction, const OutboxRow& row, ErrorClass error, Instant now);

 private:
  void settle_events(Transaction& transaction, const Settlement& settlement);
  // Gives whether the event was folded into its person's record just now.
  bool settle_event(
      Transaction& transaction, const OutboxRow& before, const EventResult& result, Instant at
  );
  void record_attempt(const EventResult& result, Instant at);
  void remember_roster_row(const OutboxRow& event, bool is_newest);
  void apply_waiting(Transaction& transaction, const PersonId& person, Instant at);
  void settle_people(const Settlement& settlement);
  void tell(Transaction& transaction, const OutboxRow& before, const OutboxRow& after, Instant at);

  Parts parts_;
  Query attempt_, drop_rows_, save_row_;
  Holds holds_;
  Assignments assignments_;
  GuardSettling guard_;
  LeaverAccess leaver_access_;
  TenantReadings tenant_readings_;
};

}  // namespace rosterd::sqlite
