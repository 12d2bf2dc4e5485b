#pragma once

#include "adapters/sqlite/audit.hpp"
#include "adapters/sqlite/holds.hpp"
#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/people.hpp"
#include "adapters/sqlite/policy_sweep.hpp"
#include "adapters/sqlite/query.hpp"
#include "rosterd/domain/guard.hpp"
#include "rosterd/ports/work_store.hpp"

#include <vector>

namespace rosterd::sqlite {

/// What the guard has to know.
GuardState guard_state(const SQLite::Database& database, Instant now, Duration window);

/// Writes what the guard held, what it let go, and what people decided. On the store's thread.
class GuardSettling {
 public:
  struct Parts {
    Outbox& outbox;
    People& people;
    PolicySweep& policy;
    Audit& audit;
    Holds& holds;
  };
  GuardSettling(const SQLite::Database& database, Parts parts);

  void settle(Transaction& transaction, const Settlement& settlement);

 private:
  void settle_holds(Transaction& transaction, const Settlement& settlement);
  void release(Transaction& transaction, const PersonId& person, const Settlement& settlement);
  void refuse(Transaction& transaction, const PersonId& person, const Settlement& settlement);
  std::vector<OutboxRow> held_events_of(const PersonId& person);
  void decide(
      Transaction& transaction,
      const OutboxRow& before,
      const OutboxRow& after,
      const Settlement& settlement
  );

  Parts parts_;
  Query begin_removal_;
};

}  // namespace rosterd::sqlite
