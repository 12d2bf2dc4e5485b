#pragma once

#include "adapters/sqlite/arrivals.hpp"
#include "adapters/sqlite/audit.hpp"
#include "adapters/sqlite/due_work.hpp"
#include "adapters/sqlite/known_people.hpp"
#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/people.hpp"
#include "adapters/sqlite/policy_sweep.hpp"
#include "adapters/sqlite/pruning.hpp"
#include "adapters/sqlite/settling.hpp"
#include "rosterd/ports/crypto.hpp"

namespace rosterd::sqlite {

/// Everything that reads and writes on the one writing connection. Made before the store's thread
/// starts, and then used by it alone.
struct Tables {
  Tables(SQLite::Database& writing, const Crypto& crypto)
      : database(writing),
        audit(writing, crypto),
        outbox(writing),
        arrivals(writing, outbox),
        people(writing),
        policy(writing),
        due_work(writing, outbox, policy),
        settling(writing, Settling::Parts{outbox, people, policy, audit}),
        pruning(writing, arrivals, outbox),
        known_people(writing, outbox) {}

  SQLite::Database& database;
  Audit audit;
  Outbox outbox;
  Arrivals arrivals;
  People people;
  PolicySweep policy;
  DueWork due_work;
  Settling settling;
  Pruning pruning;
  KnownPeople known_people;
};

}  // namespace rosterd::sqlite
