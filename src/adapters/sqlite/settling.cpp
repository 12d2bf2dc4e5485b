#include "adapters/sqlite/settling.hpp"

#include <stdexcept>
#include <string>
#include <unordered_set>

namespace rosterd::sqlite {
namespace {

constexpr std::size_t reason_bytes_max = 4096;

OutboxRow changed(const OutboxRow& before, const EventResult& result, Instant at) {
  OutboxRow after = before;
  after.state = result.state;
  after.folded = before.folded || result.folded;
  after.attempts = before.attempts + (result.counted ? 1 : 0);
  after.error = result.error;
  after.reason = result.reason.substr(0, reason_bytes_max);
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

}  // namespace

Settling::Settling(
    const SQLite::Database& database, Outbox& outbox, People& people, PolicySweep& policy
)
    : outbox_(outbox),
      people_(people),
      policy_(policy),
      attempt_(
          database,
          "INSERT INTO attempt (event, number, at, error, reason) SELECT ?1, "
          "1 + coalesce((SELECT max(number) FROM attempt WHERE event = ?1), 0), ?2, ?3, ?4"
      ),
      source_row_(database, "SELECT source, person, roster_row FROM event WHERE id = ?"),
      drop_rows_(database, "DELETE FROM roster_row WHERE person = ?"),
      save_row_(
          database, "INSERT OR REPLACE INTO roster_row (source, person, row) VALUES (?, ?, ?)"
      ),
      operation_(
          database,
          "INSERT INTO operation (kind, entitlement, name_kind, name, application, account, "
          "person, "
          "event, reason, policy_version, sent_at, status, verified_at, lost) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ) {}

void Settling::settle(Transaction& transaction, const Settlement& settlement) {
  std::unordered_set<EventId> newest;
  for (const PersonRecord& record : settlement.people) newest.insert(record.newest.arrival);
  for (const EventResult& result : settlement.events) {
    const bool folded_now = settle_event(transaction, result, settlement.at);
    if (folded_now) remember_roster_row(result.id, newest.count(result.id) > 0);
  }
  settle_people(settlement);
  for (const auto& [account, entitlement] : settlement.revoked)
    people_.revoke(account, entitlement);
  for (const LedgerEntry& entry : settlement.granted) people_.grant(entry);
  for (const OperationRecord& operation : settlement.operations) record_operation(operation);
  for (const PersonId& person : settlement.agreed)
    apply_waiting(transaction, person, settlement.at);
}

// What a person's earlier events wanted is in the record, and the tenant agrees with the record.
void Settling::apply_waiting(Transaction& transaction, const PersonId& person, Instant at) {
  for (const EventId event : outbox_.open_events_of(person)) {
    const auto row = outbox_.find(event);
    if (!row || !row->folded || row->state == EventState::running) continue;
    EventResult result;
    result.id = event;
    result.reason = "the tenant agrees since a later event";
    outbox_.save(transaction, *row, changed(*row, result, at));
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
  outbox_.save(transaction, row, after);
  record_attempt(result, now);
}

bool Settling::settle_event(Transaction& transaction, const EventResult& result, Instant at) {
  const auto before = outbox_.find(result.id);
  if (!before) {
    throw std::runtime_error("event " + std::to_string(result.id) + " is not in the store");
  }
  if (is_final(before->state)) return false;
  outbox_.save(transaction, *before, changed(*before, result, at));
  if (result.counted || result.error) record_attempt(result, at);
  return result.folded && !before->folded;
}

void Settling::record_attempt(const EventResult& result, Instant at) {
  std::optional<std::string_view> error;
  if (result.error) error = to_string(*result.error);
  attempt_.run(result.id, at, error, result.reason.substr(0, reason_bytes_max));
}

// A roster's row speaks for a person as long as nothing newer has been folded in: an event that
// changes the person by another way makes every row outdated, and a row that arrived late is none.
void Settling::remember_roster_row(EventId event, bool is_newest) {
  std::string source;
  PersonId person;
  std::optional<Key128> roster_row;
  source_row_.first(
      [&](Row row) {
        source = row.text(0);
        person = PersonId(row.text(1));
        if (row.has(2)) roster_row = row.key(2);
      },
      event
  );
  drop_rows_.run(person);
  if (roster_row && is_newest) save_row_.run(source, person, *roster_row);
}

void Settling::settle_people(const Settlement& settlement) {
  const std::int64_t policy = policy_.decided_under();
  for (const PersonRecord& record : settlement.people) people_.save(record, policy);
  for (const auto& [person, at] : settlement.next_due) people_.set_next_due(person, at, policy);
  for (const auto& [person, at] : settlement.account_recheck) {
    people_.set_account_recheck(person, at);
  }
  for (const auto& [person, accounts] : settlement.links) people_.unlink(person);
  for (const auto& [person, accounts] : settlement.links) {
    for (const AccountId& account : accounts) people_.link(account, person);
  }
}

void Settling::record_operation(const OperationRecord& operation) {
  operation_.run(
      to_string(operation.kind),
      operation.entitlement.id,
      to_string(operation.entitlement.kind),
      operation.name.name,
      operation.name.application,
      operation.account,
      operation.person,
      operation.event,
      operation.reason,
      operation.policy_version,
      operation.sent_at,
      operation.status,
      operation.verified_at,
      operation.lost
  );
}

}  // namespace rosterd::sqlite
