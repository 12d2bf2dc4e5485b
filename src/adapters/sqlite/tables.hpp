#pragma once

#include "adapters/sqlite/arrivals.hpp"
#include "adapters/sqlite/due_work.hpp"
#include "adapters/sqlite/known_people.hpp"
#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/people.hpp"
#include "adapters/sqlite/policy_sweep.hpp"
#include "adapters/sqlite/pruning.hpp"
#include "adapters/sqlite/settling.hpp"

namespace rosterd::sqlite {

/// Everything that reads and writes on the one writing connection. Made before the store's thread
/// starts, and then used by it alone.
struct Tables {
  explicit Tables(SQLite::Database& writing)
      : database(writing),
        outbox(writing),
        arrivals(writing, outbox),
        people(writing),
        policy(writing),
        due_work(writing, outbox, policy),
        settling(writing, outbox, people, policy),
        pruning(writing, arrivals, outbox),
        known_people(writing, outbox) {}

  SQLite::Database& database;
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
