#pragma once

#include "adapters/sqlite/audit.hpp"
#include "adapters/sqlite/holds.hpp"
#include "adapters/sqlite/people.hpp"
#include "adapters/sqlite/policy_sweep.hpp"
#include "adapters/sqlite/query.hpp"
#include "rosterd/ports/work_store.hpp"

#include <map>
#include <string>

namespace rosterd::sqlite {

/// Writes what was sent to the tenant and what the ledger learned from it. On the store's thread.
class Assignments {
 public:
  struct Parts {
    People& people;
    PolicySweep& policy;
    Audit& audit;
    Holds& holds;
  };
  Assignments(const SQLite::Database& database, Parts parts);

  /// Before the people and the holds of the settlement are saved: the policy that somebody was last
  /// decided under tells a change of policy from the passing of time, and an approved hold has
  /// whatever is removed by it until then.
  void settle(Transaction& transaction, const Settlement& settlement);

 private:
  // Who is behind what happened to a person, of each event and person of a settlement.
  struct Actors {
    std::map<EventId, std::string> of_event;
    std::map<PersonId, std::string> without_event;
  };
  const std::string& actor(Actors& actors, EventId event, const PersonId& person);

  void settle_operations(Transaction& transaction, const Settlement& settlement, Actors& actors);
  void record(const OperationRecord& operation);
  void settle_revoked(Transaction& transaction, const Settlement& settlement, Actors& actors);
  void settle_granted(Transaction& transaction, const Settlement& settlement, Actors& actors);

  Parts parts_;
  Query operation_, source_, decided_under_, in_ledger_;
};

}  // namespace rosterd::sqlite
