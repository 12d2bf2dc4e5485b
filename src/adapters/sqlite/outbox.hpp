#pragma once

#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/writer.hpp"
#include "rosterd/domain/outcome.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rosterd::sqlite {

/// Where an event that has just arrived is put.
struct OutboxEntry {
  EventId event = 0;
  const PersonId* person = nullptr;
  EventState state = EventState::pending;
  bool leaver = false;
  std::int64_t lane = 0;  ///< an intake that is being read; 0: due by its time alone
  bool from_file = false;
  bool folded = false;  ///< a replay of what is in the person's record already
  std::optional<Instant> due_at;
  Instant received_at{};
  std::optional<EventId> replay_of;
};

/// An outbox row as it is, and as it becomes.
struct OutboxRow {
  EventId event = 0;
  std::string source;
  PersonId person;
  std::optional<Key128> roster_row;
  EventState state = EventState::pending;
  std::int64_t lane = 0;
  bool from_file = false;
  bool folded = false;
  int attempts = 0;
  int crashes = 0;
  std::optional<Instant> due_at;
  std::optional<Instant> finished_at;
  std::optional<ErrorClass> error;
  std::string reason;
};

/// The rows of the outbox, and what is kept in memory about the open ones: how many there are in
/// each state, whose they are, and which lanes they wait in. All of it changes with the rows and is
/// taken back with them. On the store's thread.
class Outbox {
 public:
  /// A due time for "at once": before any clock, so that a clock set back delays nobody.
  static constexpr Instant at_once{};

  /// Reads what is open. `database` must outlive it.
  explicit Outbox(SQLite::Database& database);

  void insert(Transaction& transaction, const OutboxEntry& entry);
  std::optional<OutboxRow> find(EventId event);
  void save(Transaction& transaction, const OutboxRow& before, const OutboxRow& after);
  /// Accepting only notes whose an event is, because a row of an index by person costs as much as
  /// the event's. Whatever reads or finishes open events has those noted put in first.
  void index_new(Transaction& transaction);
  /// By arrival.
  std::vector<EventId> open_events_of(const PersonId& person);
  /// The row goes with its event.
  void forget(Transaction& transaction, const OutboxRow& row);

  /// Events of a lane are due from now on.
  void open_lane(Transaction& transaction, std::int64_t lane);
  const std::set<std::int64_t>& open_lanes() const { return lanes_; }
  bool is_open_lane(std::int64_t lane) const { return lanes_.count(lane) > 0; }
  /// Forgets lanes from which everything was taken.
  void drop_empty_lanes(Transaction& transaction);

  /// Open events that did not come from a file.
  std::size_t open_of_webhooks() const;

  /// Writes the counts that changed; the last thing in every transaction.
  void save_counts(Transaction& transaction);

 private:
  static constexpr std::size_t states_count = 11;
  using Counts = std::array<std::array<std::int64_t, 2>, states_count>;

  struct NewEvent {
    PersonId person;
    EventId event = 0;
  };

  void load_counts();
  void count(Transaction& transaction, EventState state, bool from_file, std::int64_t by);

  SQLite::Database& database_;
  Query insert_, find_, update_, add_open_, remove_open_, open_of_, lane_has_rows_, save_count_;
  Counts counts_{};
  Counts saved_counts_{};
  std::uint64_t counted_in_ = 0;  // the transaction that can take the counts back
  std::set<std::int64_t> lanes_{0};
  std::vector<NewEvent> new_;  // open, and not in temp.open_event yet
};

}  // namespace rosterd::sqlite
