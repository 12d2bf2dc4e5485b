#include "adapters/sqlite/due_work.hpp"

#include "adapters/sqlite/codec.hpp"
#include "rosterd/base/assert.hpp"

#include <algorithm>
#include <unordered_set>

namespace rosterd::sqlite {
namespace {

constexpr int leavers = 0;
constexpr int others = 1;

// Taken in a job, so that webhooks do not wait.
constexpr std::size_t events_a_slice = 250;

/// How many events may be taken together with one that the process died on.
std::size_t part_of(std::size_t events_max, int crashes) {
  std::size_t part = events_max;
  for (int crash = 0; crash < crashes && part > 1; ++crash) part /= 8;
  return std::max<std::size_t>(part, 1);
}

}  // namespace

DueWork::DueWork(const SQLite::Database& database, Outbox& outbox, PolicySweep& policy)
    : outbox_(outbox),
      policy_(policy),
      due_at_once_(
          database,
          "SELECT event FROM outbox WHERE lane = ? AND priority = ? AND due_at = 0 "
          "ORDER BY event LIMIT ?"
      ),
      due_by_time_(
          database,
          "SELECT event FROM outbox WHERE lane = ? AND priority = ? AND due_at > 0 AND due_at <= ? "
          "ORDER BY due_at LIMIT ?"
      ),
      due_of_person_(
          database,
          "SELECT o.event, o.lane, o.crashes FROM temp.open_event t JOIN outbox o ON o.event = "
          "t.event "
          "WHERE t.person = ? AND o.due_at <= ? ORDER BY t.event"
      ),
      person_of_(database, "SELECT person FROM event WHERE id = ?"),
      event_(database, "SELECT " + std::string(event_columns) + " FROM event e WHERE e.id = ?"),
      people_due_(
          database, "SELECT id FROM person WHERE next_due_at <= ? ORDER BY next_due_at LIMIT ?"
      ),
      next_event_(
          database, "SELECT min(due_at) FROM outbox WHERE lane = ? AND priority = ? AND due_at > ?"
      ),
      next_person_(database, "SELECT min(next_due_at) FROM person WHERE next_due_at > ?") {}

bool DueWork::take_events(
    Transaction& transaction, Instant now, std::size_t events_max, Taken& taken
) {
  outbox_.drop_empty_lanes(transaction);
  const std::size_t enough = taken.events.size() + events_a_slice;
  std::unordered_set<EventId> seen;
  for (const int priority : {leavers, others}) {
    for (const EventId candidate :
         candidates(now, priority, std::min(events_max, events_a_slice))) {
      if (seen.count(candidate) > 0) continue;
      PersonId person;
      person_of_.first([&](Row row) { person = PersonId(row.text(0)); }, candidate);
      DueOfPerson due = due_of_person(person, now);
      if (due.events.size() > events_max) due.events.resize(events_max);
      taken.room = std::min(taken.room, part_of(events_max, due.crashes));
      const bool first = taken.events.empty();
      if (!first && taken.events.size() + due.events.size() > taken.room) return false;
      for (const EventId event : due.events) {
        seen.insert(event);
        taken.events.push_back(mark_taken(transaction, event));
      }
      taken.people.insert(std::move(person));
      if (taken.events.size() >= enough) return true;
    }
  }
  return false;
}

void DueWork::take_people(
    Transaction& transaction, Instant now, std::size_t people_max, Taken& taken
) {
  std::size_t people_left = people_max;
  people_due_.each(
      [&](Row row) {
        taken.people.emplace(row.text(0));
        --people_left;
      },
      now,
      people_max
  );
  for (PersonId& person : policy_.next(transaction, now, people_left)) {
    taken.people.insert(std::move(person));
  }
}

std::vector<EventId> DueWork::candidates(Instant now, int priority, std::size_t limit) {
  std::vector<EventId> events;
  const auto collect = [&](Row row) { events.push_back(row.integer(0)); };
  for (const std::int64_t lane : outbox_.open_lanes()) {
    due_at_once_.each(collect, lane, priority, limit);
    due_by_time_.each(collect, lane, priority, now, limit);
  }
  std::sort(events.begin(), events.end());
  if (events.size() > limit) events.resize(limit);
  return events;
}

DueWork::DueOfPerson DueWork::due_of_person(const PersonId& person, Instant now) {
  DueOfPerson due;
  due_of_person_.each(
      [&](Row row) {
        if (!outbox_.is_open_lane(row.integer(1))) return;
        due.events.push_back(row.integer(0));
        due.crashes = std::max(due.crashes, row.small(2));
      },
      person,
      now
  );
  return due;
}

DueEvent DueWork::mark_taken(Transaction& transaction, EventId event) {
  const auto before = outbox_.find(event);
  ROSTERD_ASSERT(before.has_value(), "what is due has a row");
  OutboxRow after = *before;
  after.state = EventState::running;
  after.lane = 0;
  after.due_at.reset();
  outbox_.save(transaction, *before, after);

  DueEvent due;
  due.id = event;
  due.state = before->state;
  due.folded = before->folded;
  due.attempts = before->attempts;
  event_.first(
      [&](Row row) {
        due.event = decode_event(row, 0);
        due.received_at = row.instant(event_columns_count - 1);
      },
      event
  );
  return due;
}

bool DueWork::is_anything_due(Instant now) {
  return policy_.is_walking() || !candidates(now, leavers, 1).empty() ||
         !candidates(now, others, 1).empty() || people_due_.any(now, 1);
}

bool DueWork::leaver_is_waiting(Instant now) {
  return !candidates(now, leavers, 1).empty();
}

std::optional<Instant> DueWork::next_due_at(Instant now) {
  std::optional<std::int64_t> next = next_person_.number(now);
  const auto consider = [&](std::optional<std::int64_t> at) {
    if (at && (!next || *at < *next)) next = at;
  };
  for (const std::int64_t lane : outbox_.open_lanes()) {
    consider(next_event_.number(lane, leavers, now));
    consider(next_event_.number(lane, others, now));
  }
  if (!next) return std::nullopt;
  return from_micros(*next);
}

}  // namespace rosterd::sqlite
