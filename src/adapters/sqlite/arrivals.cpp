#include "adapters/sqlite/arrivals.hpp"

#include "adapters/sqlite/codec.hpp"
#include "rosterd/base/assert.hpp"
#include "rosterd/domain/lifecycle.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>

namespace rosterd::sqlite {

Arrivals::Arrivals(SQLite::Database& database, Outbox& outbox)
    : outbox_(outbox),
      insert_event_(
          database,
          "INSERT INTO event (id, source, external_id, person, type, type_text, mode, attributes, "
          "occurred_at, effective_at, effective_on, sequence, received_at, intake, roster_row) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ),
      insert_payload_(database, "INSERT INTO event_payload (event, payload) VALUES (?, ?)"),
      insert_key_(
          database, "INSERT INTO event_key (event, key, sha256, received_at) VALUES (?, ?, ?, ?)"
      ),
      find_sha_(database, "SELECT sha256 FROM event_key WHERE event = ?"),
      find_key_(database, "SELECT key FROM event_key WHERE event = ?"),
      delete_key_(database, "DELETE FROM event_key WHERE event = ?"),
      delete_event_(database, "DELETE FROM event WHERE id = ?"),
      copy_event_(
          database,
          "INSERT INTO event (id, source, external_id, person, type, type_text, mode, attributes, "
          "occurred_at, effective_at, effective_on, sequence, received_at, intake) "
          "SELECT ?, source, external_id, person, type, type_text, mode, attributes, "
          "occurred_at, effective_at, effective_on, sequence, ?, intake FROM event WHERE id = ?"
      ),
      copy_payload_(
          database,
          "INSERT INTO event_payload (event, payload) "
          "SELECT ?, payload FROM event_payload WHERE event = ?"
      ),
      find_event_(
          database, "SELECT " + std::string(event_columns) + " FROM event e WHERE e.id = ?"
      ),
      newest_of_(
          database,
          "SELECT max(coalesce((SELECT max(event) FROM temp.open_event WHERE person = ?1), 0), "
          "coalesce((SELECT json_extract(history, '$.newest[2]') FROM person WHERE id = ?1), 0))"
      ) {
  load_keys(database);
}

void Arrivals::load_keys(SQLite::Database& database) {
  Query newest(
      database,
      "SELECT max((SELECT coalesce(max(id), 0) FROM event), "
      "(SELECT coalesce(max(event), 0) FROM event_key))"
  );
  next_id_ = newest.number().value_or(0) + 1;
  Query oldest(database, "SELECT min(event) FROM event_key");
  const EventId first = oldest.number().value_or(next_id_);
  keys_.reserve(static_cast<std::size_t>(next_id_ - first));
  Query all(database, "SELECT event, key FROM event_key");
  all.each([&](Row row) { keys_.insert(row.key(1), row.integer(0)); });
}

bool Arrivals::is_said_anew(Transaction& transaction, const ChangeEvent& event, EventId earlier) {
  const bool tells_itself_apart = !event.external_id.starts_with("sha256:") || event.occurred_at ||
                                  event.effective_at || !event.sequence.empty();
  if (tells_itself_apart) return false;
  outbox_.index_new(transaction);
  return newest_of_.number(event.person).value_or(0) > earlier;
}

std::vector<AcceptedEvent> Arrivals::judge(
    Transaction& transaction, const std::vector<const NewEvent*>& batch
) {
  std::vector<AcceptedEvent> judged(batch.size());
  std::unordered_map<Key128, std::size_t> first_with;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const NewEvent& event = *batch[i];
    bool same = true;
    auto known = keys_.find(event.key);
    if (known && is_said_anew(transaction, event.event, *known)) {
      forget_key(transaction, *known, event.key);
      known.reset();
    }
    if (known) {
      judged[i].id = *known;
      find_sha_.first([&](Row row) { same = row.digest(0) == event.sha256; }, *known);
    } else if (batch.size() == 1) {
      continue;
    } else if (const auto [at, is_first] = first_with.emplace(event.key, i); is_first) {
      continue;
    } else {
      same = batch[at->second]->sha256 == event.sha256;
    }
    judged[i].acceptance = same ? Acceptance::duplicate : Acceptance::conflict;
  }
  return judged;
}

EventId Arrivals::keep(Transaction& transaction, const NewEvent& incoming, const Filing& filing) {
  const ChangeEvent& event = incoming.event;
  const EventId id = next_id_++;
  insert_event_.run(
      id,
      event.source,
      event.external_id,
      event.person,
      to_string(event.type),
      event.type_text,
      to_string(event.mode),
      filing.attributes,
      event.occurred_at,
      effective_at(event),
      effective_on(event),
      event.sequence,
      incoming.received_at,
      incoming.intake,
      filing.roster_row
  );
  insert_payload_.run(id, std::as_bytes(std::span(incoming.payload)));
  insert_key_.run(id, incoming.key, incoming.sha256, incoming.received_at);
  remember(transaction, incoming.key, id);

  OutboxEntry entry;
  entry.event = id;
  entry.person = &event.person;
  entry.state = incoming.state;
  entry.leaver = is_leaver(event);
  entry.lane = filing.lane;
  entry.from_file = incoming.intake.has_value();
  entry.due_at = incoming.due_at;
  entry.received_at = incoming.received_at;
  outbox_.insert(transaction, entry);
  transaction.count_events(1);
  return id;
}

void Arrivals::keep_accepted(
    Transaction& transaction,
    const std::vector<const NewEvent*>& batch,
    const std::vector<Filing>& filings,
    std::vector<AcceptedEvent>& judged
) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (judged[i].acceptance == Acceptance::accepted) {
      judged[i].id = keep(transaction, *batch[i], filings[i]);
    } else if (judged[i].id == 0) {
      judged[i].id = keys_.find(batch[i]->key).value_or(0);
    }
  }
}

EventId Arrivals::keep_replay(Transaction& transaction, EventId original, Instant now) {
  const auto replayed = outbox_.find(original);
  ROSTERD_ASSERT(replayed.has_value(), "what is replayed has a row");
  const EventId id = next_id_++;
  copy_event_.run(id, now, original);
  copy_payload_.run(id, original);

  ChangeEvent event;
  find_event_.first([&](Row row) { event = decode_event(row, 0); }, id);
  OutboxEntry entry;
  entry.event = id;
  entry.person = &event.person;
  entry.leaver = is_leaver(event);
  // What the record holds already must not be said once more, after what has come since: an old
  // "active" would bring somebody back who has left.
  entry.folded = replayed->folded;
  entry.received_at = now;
  entry.replay_of = original;
  outbox_.insert(transaction, entry);
  transaction.count_events(1);
  return id;
}

void Arrivals::forget(Transaction& transaction, EventId event) {
  if (const auto row = outbox_.find(event)) outbox_.forget(transaction, *row);
  std::optional<Key128> key;
  find_key_.first([&](Row row) { key = row.key(0); }, event);
  if (key) forget_key(transaction, event, *key);
  delete_event_.run(event);
}

void Arrivals::forget_key(Transaction& transaction, EventId event, const Key128& key) {
  delete_key_.run(event);
  keys_.erase(key);
  transaction.on_rollback([this, key, event] { keys_.insert(key, event); });
}

// At once, and not after COMMIT, so that the next call that shares the commit sees it.
void Arrivals::remember(Transaction& transaction, const Key128& key, EventId event) {
  keys_.insert(key, event);
  transaction.on_rollback([this, key] { keys_.erase(key); });
}

}  // namespace rosterd::sqlite
