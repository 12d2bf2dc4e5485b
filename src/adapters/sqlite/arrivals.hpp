#pragma once

#include "adapters/sqlite/key_set.hpp"
#include "adapters/sqlite/outbox.hpp"
#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/writer.hpp"
#include "rosterd/ports/event_log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sqlite {

/// How new events get into the tables, once each. On the store's thread.
class Arrivals {
 public:
  /// Reads every key the store remembers.
  Arrivals(SQLite::Database& database, Outbox& outbox);

  /// What each event of the batch is, seen in order: the first of its key is `accepted`, with id 0
  /// as long as it is not kept.
  ///
  /// An event that its sender gave neither an id nor a place in time is a duplicate only while it
  /// is the last that was heard of its person: who left, came back and leaves again has left.
  std::vector<AcceptedEvent> judge(
      Transaction& transaction, const std::vector<const NewEvent*>& batch
  );

  /// What goes into an event's rows beside the event.
  struct Filing {
    std::int64_t lane = 0;
    std::optional<Key128> roster_row;
    std::string attributes;  ///< of the event, encoded
  };
  /// Keeps an event that was judged `accepted`.
  EventId keep(Transaction& transaction, const NewEvent& event, const Filing& filing);

  /// Keeps the batch as `judge` found it and fills in the ids; conflicts are left out.
  void keep_accepted(
      Transaction& transaction,
      const std::vector<const NewEvent*>& batch,
      const std::vector<Filing>& filings,
      std::vector<AcceptedEvent>& judged
  );

  /// A new row for an event there is already; it has no key, because nobody sends it again.
  EventId keep_replay(Transaction& transaction, EventId original, Instant now);

  /// Takes back an event and its key, as if it had never come.
  void forget(Transaction& transaction, EventId event);

  /// Forgets a key whose time is over.
  void forget_key(Transaction& transaction, EventId event, const Key128& key);

 private:
  bool is_said_anew(Transaction& transaction, const ChangeEvent& event, EventId earlier);
  void load_keys(SQLite::Database& database);
  void remember(Transaction& transaction, const Key128& key, EventId event);

  Outbox& outbox_;
  Query insert_event_, insert_payload_, insert_key_, find_sha_, find_key_, delete_key_,
      delete_event_, copy_event_, copy_payload_, find_event_, newest_of_;
  KeySet keys_;
  EventId next_id_ = 1;
};

}  // namespace rosterd::sqlite
