#pragma once

#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/scan.hpp"
#include "rosterd/ports/intake_store.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sqlite {

/// Everybody the store knows, for comparing with a roster: the people, and those whose first event
/// is still on its way. Ordered passes, merged; never a query a person. Where no attributes are
/// asked for, the people come from the index over their status, a pass for each status there is.
/// On the store's thread.
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

  using Cursors = std::vector<std::unique_ptr<Cursor>>;
  Cursors people_after(const PersonId& after, bool with_attributes);
  bool by_status(const PersonId& after, Cursors& cursors);
  OnTheWay take_events(Cursor& open, const std::string& person) const;

  // Two scans of one status: who is stale, and who is not.
  struct OfStatus {
    explicit OfStatus(const SQLite::Database& database);
    Scan fresh, stale;
    std::string status;
  };

  const SQLite::Database& database_;
  const Outbox& outbox_;
  Query first_status_, next_status_;
  Scan people_, open_, rows_;
  std::vector<std::unique_ptr<OfStatus>> of_status_;
};

}  // namespace rosterd::sqlite
