#pragma once

#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/scan.hpp"
#include "rosterd/ports/intake_store.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace rosterd::sqlite {

/// Everybody the store knows, for comparing with a roster: the people, and those whose first event
/// is still on its way. Three ordered passes, merged; never a query a person. On the store's
/// thread.
class KnownPeople {
 public:
  KnownPeople(const SQLite::Database& database, const Outbox& outbox);

  using Visit = std::function<void(const KnownPerson&)>;

  /// Visits the next people from after `after`, up to `people_max` of them and as many events;
  /// gives where to go on, or nothing at the end.
  std::optional<PersonId> visit_slice(
      const KnownPeopleQuery& query,
      const PersonId& after,
      std::size_t people_max,
      const Visit& visit
  );

 private:
  // What the events of one person say that are not folded in yet.
  struct OnTheWay {
    bool any = false;
    bool leaves = false;
    std::string attributes;
    std::size_t events = 0;
  };

  OnTheWay take_events(Cursor& open, const std::string& person) const;

  const Outbox& outbox_;
  Scan people_, open_, rows_;
};

}  // namespace rosterd::sqlite
