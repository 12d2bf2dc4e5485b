#include "adapters/sqlite/outbox.hpp"

#include "adapters/sqlite/selection.hpp"
#include "rosterd/base/assert.hpp"

#include <string_view>
#include <vector>

namespace rosterd::sqlite {
namespace {

// In memory and on this connection only: an index by person on disk would dirty a page an event.
SQLite::Database& with_open_events(SQLite::Database& database) {
  database.exec(
      "CREATE TEMP TABLE open_event (person TEXT NOT NULL, event INTEGER NOT NULL, "
      "PRIMARY KEY (person, event)) WITHOUT ROWID"
  );
  database.exec(
      "INSERT INTO temp.open_event SELECT person, id FROM event WHERE id IN (" +
      std::string(open_events) + ") ORDER BY person, id"
  );
  return database;
}

EventState state_named(std::string_view text) {
  const auto state = event_state(text);
  ROSTERD_ASSERT(state.has_value(), "a CHECK keeps other states out");
  return *state;
}

std::optional<Instant> first_due_at(const OutboxEntry& entry) {
  if (is_final(entry.state)) return std::nullopt;
  if (entry.state == EventState::pending) return Outbox::at_once;
  return entry.due_at;
}

}  // namespace

Outbox::Outbox(SQLite::Database& database)
    : database_(with_open_events(database)),
      insert_(
          database,
          "INSERT INTO outbox (event, state, priority, lane, due_at, from_file, folded, "
          "finished_at, replay_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ),
      find_(
          database,
          "SELECT o.event, e.source, e.person, e.roster_row, o.state, o.lane, o.from_file, "
          "o.folded, o.attempts, o.crashes, o.due_at, o.finished_at, o.error, o.reason "
          "FROM outbox o JOIN event e ON e.id = o.event WHERE o.event = ?"
      ),
      update_(
          database,
          "UPDATE outbox SET state = ?2, lane = ?3, folded = ?4, attempts = ?5, crashes = ?6, "
          "due_at = ?7, finished_at = ?8, error = ?9, reason = ?10 WHERE event = ?1"
      ),
      add_open_(database, "INSERT INTO temp.open_event (person, event) VALUES (?, ?)"),
      remove_open_(database, "DELETE FROM temp.open_event WHERE person = ? AND event = ?"),
      open_of_(database, "SELECT event FROM temp.open_event WHERE person = ? ORDER BY event"),
      lane_has_rows_(
          database, "SELECT 1 FROM outbox WHERE lane = ? AND due_at IS NOT NULL LIMIT 1"
      ),
      save_count_(
          database,
          "INSERT INTO outbox_count (state, from_file, events) VALUES (?, ?, ?) "
          "ON CONFLICT DO UPDATE SET events = excluded.events"
      ) {
  load_counts();
  Query done(database, "SELECT id FROM intake WHERE state = 'done'");
  done.each([&](Row row) {
    if (lane_has_rows_.any(row.integer(0))) lanes_.insert(row.integer(0));
  });
}

void Outbox::load_counts() {
  Query counts(database_, "SELECT state, from_file, events FROM outbox_count");
  counts.each([&](Row row) {
    const auto state = static_cast<std::size_t>(state_named(row.text(0)));
    counts_[state][row.flag(1) ? 1 : 0] = row.integer(2);
  });
  saved_counts_ = counts_;
}

void Outbox::insert(Transaction& transaction, const OutboxEntry& entry) {
  const bool final_at_once = is_final(entry.state);
  const auto finished_at = final_at_once ? std::optional(entry.received_at) : std::nullopt;
  insert_.run(
      entry.event,
      to_string(entry.state),
      entry.leaver ? 0 : 1,
      entry.lane,
      first_due_at(entry),
      entry.from_file,
      entry.folded,
      finished_at,
      entry.replay_of
  );
  count(transaction, entry.state, entry.from_file, 1);
  if (final_at_once) return;
  new_.push_back({*entry.person, entry.event});
  transaction.on_rollback([this] { new_.pop_back(); });
}

void Outbox::index_new(Transaction& transaction) {
  if (new_.empty()) return;
  for (const NewEvent& one : new_) add_open_.run(one.person, one.event);
  transaction.on_rollback([this, before = new_] { new_ = before; });
  new_.clear();
}

std::optional<OutboxRow> Outbox::find(EventId event) {
  std::optional<OutboxRow> found;
  find_.first(
      [&](Row row) {
        OutboxRow& outbox = found.emplace();
        outbox.event = row.integer(0);
        outbox.source = row.text(1);
        outbox.person = PersonId(row.text(2));
        if (row.has(3)) outbox.roster_row = row.key(3);
        outbox.state = state_named(row.text(4));
        outbox.lane = row.integer(5);
        outbox.from_file = row.flag(6);
        outbox.folded = row.flag(7);
        outbox.attempts = row.small(8);
        outbox.crashes = row.small(9);
        outbox.due_at = row.optional_instant(10);
        outbox.finished_at = row.optional_instant(11);
        if (row.has(12)) outbox.error = error_class(row.text(12));
        outbox.reason = row.text(13);
      },
      event
  );
  return found;
}

void Outbox::save(Transaction& transaction, const OutboxRow& before, const OutboxRow& after) {
  ROSTERD_ASSERT(!is_final(before.state), "what is final stays");
  std::optional<std::string_view> error;
  if (after.error) error = to_string(*after.error);
  update_.run(
      after.event,
      to_string(after.state),
      after.lane,
      after.folded,
      after.attempts,
      after.crashes,
      after.due_at,
      after.finished_at,
      error,
      after.reason
  );
  if (before.state != after.state) {
    count(transaction, before.state, before.from_file, -1);
    count(transaction, after.state, after.from_file, 1);
  }
  if (!is_final(after.state)) return;
  index_new(transaction);
  remove_open_.run(after.person, after.event);
}

std::vector<EventId> Outbox::open_events_of(const PersonId& person) {
  ROSTERD_ASSERT(new_.empty(), "they were put in before this job");
  std::vector<EventId> events;
  open_of_.each([&](Row row) { events.push_back(row.integer(0)); }, person);
  return events;
}

void Outbox::forget(Transaction& transaction, const OutboxRow& row) {
  count(transaction, row.state, row.from_file, -1);
  if (is_final(row.state)) return;
  index_new(transaction);
  remove_open_.run(row.person, row.event);
}

void Outbox::open_lane(Transaction& transaction, std::int64_t lane) {
  if (!lanes_.insert(lane).second) return;
  transaction.on_rollback([this, lane] { lanes_.erase(lane); });
}

void Outbox::drop_empty_lanes(Transaction& transaction) {
  const auto before = lanes_;
  std::erase_if(lanes_, [&](std::int64_t lane) { return lane != 0 && !lane_has_rows_.any(lane); });
  if (lanes_ != before) transaction.on_rollback([this, before] { lanes_ = before; });
}

std::size_t Outbox::open_of_webhooks() const {
  std::int64_t open = 0;
  for (const EventState state : all_event_states()) {
    if (!is_final(state)) open += counts_[static_cast<std::size_t>(state)][0];
  }
  return static_cast<std::size_t>(open);
}

void Outbox::count(Transaction& transaction, EventState state, bool from_file, std::int64_t by) {
  if (counted_in_ != transaction.serial()) {
    counted_in_ = transaction.serial();
    transaction.on_rollback([this, before = counts_] { counts_ = before; });
  }
  counts_[static_cast<std::size_t>(state)][from_file ? 1 : 0] += by;
}

void Outbox::save_counts(Transaction& transaction) {
  if (counts_ == saved_counts_) return;
  transaction.on_rollback([this, before = saved_counts_] { saved_counts_ = before; });
  for (const EventState state : all_event_states()) {
    const auto index = static_cast<std::size_t>(state);
    for (std::size_t from_file = 0; from_file < 2; ++from_file) {
      const std::int64_t events = counts_[index][from_file];
      if (events == saved_counts_[index][from_file]) continue;
      save_count_.run(to_string(state), static_cast<std::int64_t>(from_file), events);
    }
  }
  saved_counts_ = counts_;
}

}  // namespace rosterd::sqlite
