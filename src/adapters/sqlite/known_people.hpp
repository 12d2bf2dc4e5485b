#pragma once

#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/query.hpp"
#include "rosterd/ports/intake_store.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sqlite {

/// Everybody the store knows, for comparing with a roster: the people, and those whose first event
/// is still on its way. Three ordered passes, merged; never a query a person. On the store's
/// thread.
class KnownPeople {
 public:
  KnownPeople(const SQLite::Database& database, const Outbox& outbox);

  using Visit = std::function<void(const KnownPerson&)>;

  /// Visits the next `people_max` or so from after `after`; gives where to go on, or nothing at the
  /// end.
  std::optional<PersonId> visit_slice(
      const KnownPeopleQuery& query,
      const PersonId& after,
      std::size_t people_max,
      const Visit& visit
  );

 private:
  // What the events say that are not folded in yet, the newest of them last.
  struct OnTheWay {
    bool leaves = false;
    std::string attributes;
  };

  std::optional<PersonId> end_of_slice(const PersonId& after, std::size_t people_max);
  std::map<PersonId, OnTheWay> on_the_way(
      const PersonId& after, const std::optional<PersonId>& last
  );
  std::map<PersonId, Key128> rows(
      const std::string& source, const PersonId& after, const std::optional<PersonId>& last
  );

  const Outbox& outbox_;
  Query nth_person_, nth_open_, people_, open_, rows_;
};

}  // namespace rosterd::sqlite
