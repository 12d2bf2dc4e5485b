#pragma once

#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/policy_sweep.hpp"
#include "adapters/sqlite/query.hpp"
#include "rosterd/ports/work_store.hpp"

#include <optional>
#include <set>
#include <vector>

namespace rosterd::sqlite {

/// Finds what is due and marks it as taken. On the store's thread.
class DueWork {
 public:
  DueWork(const SQLite::Database& database, Outbox& outbox, PolicySweep& policy);

  struct Taken {
    explicit Taken(std::size_t events_max) : room(events_max) {}

    std::vector<DueEvent> events;
    std::set<PersonId> people;
    std::size_t room;  ///< for this many events, those taken already included
  };
  /// Adds the next few people with all their events that are due; gives whether there may be more.
  bool take_events(Transaction& transaction, Instant now, std::size_t events_max, Taken& taken);
  /// Once the events are taken: the policy is what they are decided by.
  void take_people(Transaction& transaction, Instant now, std::size_t people_max, Taken& taken);

  /// Whether there is anything to take.
  bool is_anything_due(Instant now);
  bool leaver_is_waiting(Instant now);
  std::optional<Instant> next_due_at(Instant now);

 private:
  // Events due in the order to take them, `limit` at most.
  std::vector<EventId> candidates(Instant now, int priority, std::size_t limit);
  struct DueOfPerson {
    std::vector<EventId> events;
    int crashes = 0;  ///< the most that one of them has seen
  };
  DueOfPerson due_of_person(const PersonId& person, Instant now);
  DueEvent mark_taken(Transaction& transaction, EventId event);

  Outbox& outbox_;
  PolicySweep& policy_;
  Query due_at_once_, due_by_time_, due_of_person_, person_of_, event_, people_due_, next_event_,
      next_person_;
};

}  // namespace rosterd::sqlite
