#include "adapters/sqlite/settling.hpp"

#include "adapters/sqlite/audit_entries.hpp"
#include "adapters/sqlite/codec.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <unordered_set>

namespace rosterd::sqlite {
namespace {

OutboxRow changed(const OutboxRow& before, const EventResult& result, Instant at) {
  OutboxRow after = before;
  after.state = result.state;
  after.folded = before.folded || result.folded;
  after.attempts = before.attempts + (result.counted ? 1 : 0);
  after.error = result.error;
  after.reason = bounded_reason(result.reason);
  after.due_at.reset();
  after.finished_at.reset();
  switch (result.state) {
    case EventState::pending:
      after.due_at = result.next_attempt_at.value_or(Outbox::at_once);
      break;
    case EventState::scheduled:
    case EventState::waiting:
    case EventState::retrying:
      after.due_at = result.next_attempt_at;
      break;
    case EventState::running:
    case EventState::held:
      break;
    case EventState::applied:
    case EventState::superseded:
    case EventState::ignored:
    case EventState::cancelled:
    case EventState::dead:
      after.finished_at = at;
      break;
  }
  return after;
}

// Who waits for an account is looked at every half an hour, and all events of an outage again and
// again: the audit has each of them once, and each attempt that counts.
bool says_something_new(const OutboxRow& before, const OutboxRow& after) {
  switch (after.state) {
    case EventState::pending:  // given back: nothing was decided
    case EventState::running:
      return false;
    case EventState::waiting:
    case EventState::retrying:
      return after.attempts != before.attempts || after.error != before.error ||
             after.reason != before.reason;
    case EventState::scheduled:
    case EventState::held:
    case EventState::applied:
    case EventState::superseded:
    case EventState::ignored:
    case EventState::cancelled:
    case EventState::dead:
      return true;
  }
  std::abort();
}

}  // namespace

Settling::Settling(const SQLite::Database& database, Parts parts)
    : parts_(parts),
      attempt_(
          database,
          "INSERT INTO attempt (event, number, at, error, reason) SELECT ?1, "
          "1 + coalesce((SELECT max(number) FROM attempt WHERE event = ?1), 0), ?2, ?3, ?4"
      ),
      drop_rows_(database, "DELETE FROM roster_row WHERE person = ?"),
      save_row_(
          database, "INSERT OR REPLACE INTO roster_row (source, person, row) VALUES (?, ?, ?)"
      ),
      holds_(database),
      assignments_(database, Assignments::Parts{parts.people, parts.policy, parts.audit, holds_}),
      guard_(
          database,
          GuardSettling::Parts{parts.outbox, parts.people, parts.policy, parts.audit, holds_}
      ),
      leaver_access_(database, parts.audit),
      tenant_readings_(database) {}

void Settling::settle(Transaction& transaction, const Settlement& settlement) {
  assignments_.settle(transaction, settlement);
  settle_events(transaction, settlement);
  settle_people(settlement);
  for (const PersonId& person : settlement.agreed) {
    apply_waiting(transaction, person, settlement.at);
  }
  guard_.settle(transaction, settlement);
  leaver_access_.settle(transaction, settlement);
  tenant_readings_.settle(settlement);
}

void Settling::settle_events(Transaction& transaction, const Settlement& settlement) {
  std::unordered_set<EventId> newest;
  for (const PersonRecord& record : settlement.people) newest.insert(record.newest.arrival);
  for (const EventResult& result : settlement.events) {
    const auto before = parts_.outbox.find(result.id);
    if (!before) {
      throw std::runtime_error("event " + std::to_string(result.id) + " is not in the store");
    }
    const bool folded_now = settle_event(transaction, *before, result, settlement.at);
    if (folded_now) remember_roster_row(*before, newest.count(result.id) > 0);
  }
}

// What a person's earlier events wanted is in the record, and the tenant agrees with the record.
void Settling::apply_waiting(Transaction& transaction, const PersonId& person, Instant at) {
  for (const EventId event : parts_.outbox.open_events_of(person)) {
    const auto row = parts_.outbox.find(event);
    if (!row || !row->folded || row->state == EventState::running) continue;
    EventResult result;
    result.id = event;
    result.reason = "the tenant agrees since a later event";
    const OutboxRow after = changed(*row, result, at);
    parts_.outbox.save(transaction, *row, after);
    tell(transaction, *row, after, at);
  }
}

void Settling::bury(Transaction& transaction, const OutboxRow& row, ErrorClass error, Instant now) {
  EventResult result;
  result.id = row.event;
  result.state = EventState::dead;
  result.folded = row.folded;
  result.error = error;
  result.reason =
      "the process ended " + std::to_string(row.crashes + 1) + " times while working on it";
  OutboxRow after = changed(row, result, now);
  after.crashes = row.crashes + 1;
  parts_.outbox.save(transaction, row, after);
  record_attempt(result, now);
  tell(transaction, row, after, now);
}

bool Settling::settle_event(
    Transaction& transaction, const OutboxRow& before, const EventResult& result, Instant at
) {
  if (is_final(before.state)) return false;
  const OutboxRow after = changed(before, result, at);
  parts_.outbox.save(transaction, before, after);
  if (result.counted || result.error) record_attempt(result, at);
  if (says_something_new(before, after)) tell(transaction, before, after, at);
  return result.folded && !before.folded;
}

void Settling::tell(
    Transaction& transaction, const OutboxRow& before, const OutboxRow& after, Instant at
) {
  AuditEntry entry = event_entry(before, after, at);
  entry.policy_version = parts_.policy.decided_version();
  parts_.audit.add(transaction, entry);
}

void Settling::record_attempt(const EventResult& result, Instant at) {
  std::optional<std::string_view> error;
  if (result.error) error = to_string(*result.error);
  attempt_.run(result.id, at, error, bounded_reason(result.reason));
}

// A roster's row speaks for a person as long as nothing newer has been folded in: an event that
// changes the person by another way makes every row outdated, and a row that arrived late is none.
void Settling::remember_roster_row(const OutboxRow& event, bool is_newest) {
  drop_rows_.run(event.person);
  if (event.roster_row && is_newest) save_row_.run(event.source, event.person, *event.roster_row);
}

void Settling::settle_people(const Settlement& settlement) {
  People& people = parts_.people;
  const std::int64_t policy = parts_.policy.decided_under();
  for (const PersonRecord& record : settlement.people) people.save(record, policy);
  for (const auto& [person, at] : settlement.next_due) people.set_next_due(person, at, policy);
  for (const auto& [person, at] : settlement.account_recheck) {
    people.set_account_recheck(person, at);
  }
  for (const auto& [person, accounts] : settlement.links) people.unlink(person);
  for (const auto& [person, accounts] : settlement.links) {
    for (const AccountId& account : accounts) people.link(account, person);
  }
}

}  // namespace rosterd::sqlite
