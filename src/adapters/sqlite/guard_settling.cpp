#include "adapters/sqlite/guard_settling.hpp"

#include "adapters/sqlite/audit_entries.hpp"
#include "adapters/sqlite/codec.hpp"

#include <utility>

namespace rosterd::sqlite {
namespace {

std::vector<Removal> removals_since(const SQLite::Database& database, Instant since) {
  Query query(
      database,
      "SELECT account, kind, entitlement, person, leaver, at FROM removal WHERE at > ? ORDER BY at"
  );
  std::vector<Removal> removals;
  const auto add = [&](Row row) {
    Removal& removal = removals.emplace_back();
    removal.account = AccountId(row.text(0));
    removal.entitlement.kind = decode_entitlement_kind(row.text(1));
    removal.entitlement.id = EntitlementId(row.text(2));
    removal.person = PersonId(row.text(3));
    removal.leaver = row.flag(4);
    removal.at = row.instant(5);
  };
  query.each(add, since);
  return removals;
}

std::size_t count_of(const SQLite::Database& database, const std::string& sql) {
  Query query(database, sql);
  return static_cast<std::size_t>(query.number().value_or(0));
}

}  // namespace

GuardState guard_state(const SQLite::Database& database, Instant now, Duration window) {
  GuardState state;
  // Two ranges of the index: `<>` would not use it.
  state.people = count_of(database, "SELECT count(*) FROM person WHERE status < 'left'") +
                 count_of(database, "SELECT count(*) FROM person WHERE status > 'left'");
  state.ledger = count_of(database, "SELECT count(*) FROM ledger");
  state.removals = removals_since(database, now - window);
  state.holds = holds_in_force(database);
  add_removals(database, state.holds);
  return state;
}

GuardSettling::GuardSettling(const SQLite::Database& database, Parts parts)
    : parts_(parts),
      begin_removal_(
          database,
          "INSERT INTO removal (account, kind, entitlement, person, leaver, at) "
          "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)"
      ) {}

void GuardSettling::settle(Transaction& transaction, const Settlement& settlement) {
  for (const Removal& removal : settlement.removals) {
    begin_removal_.run(
        removal.account,
        to_string(removal.entitlement.kind),
        removal.entitlement.id,
        removal.person,
        removal.leaver,
        removal.at
    );
  }
  settle_holds(transaction, settlement);
  for (const PersonId& person : settlement.released) release(transaction, person, settlement);
  for (const PersonId& person : settlement.refused) refuse(transaction, person, settlement);
}

void GuardSettling::settle_holds(Transaction& transaction, const Settlement& settlement) {
  for (const Hold& hold : settlement.holds) {
    std::optional<Hold> before;
    if (hold.id != 0) before = parts_.holds.find(hold.id);
    Hold after = hold;
    after.id = parts_.holds.save(hold, settlement.at);
    auto entry = hold_entry(before, after, settlement.at);
    if (!entry) continue;
    if (!settlement.decided_by.empty()) entry->actor = operator_actor(settlement.decided_by);
    parts_.audit.add(transaction, *entry);
  }
}

void GuardSettling::release(
    Transaction& transaction, const PersonId& person, const Settlement& settlement
) {
  const auto held = held_events_of(person);
  for (const OutboxRow& before : held) {
    OutboxRow after = before;
    after.state = EventState::pending;
    after.due_at = Outbox::at_once;
    after.error.reset();
    after.reason = settlement.decided_by.empty() ? "not held any more"
                                                 : "approved by " + settlement.decided_by;
    decide(transaction, before, after, settlement);
  }
  if (held.empty()) parts_.people.make_due(person, settlement.at);
}

void GuardSettling::refuse(
    Transaction& transaction, const PersonId& person, const Settlement& settlement
) {
  for (const OutboxRow& before : held_events_of(person)) {
    OutboxRow after = before;
    after.state = EventState::cancelled;
    after.finished_at = settlement.at;
    after.reason = bounded_reason(settlement.refused_reason);
    decide(transaction, before, after, settlement);
  }
}

std::vector<OutboxRow> GuardSettling::held_events_of(const PersonId& person) {
  std::vector<OutboxRow> held;
  for (const EventId event : parts_.outbox.open_events_of(person)) {
    auto row = parts_.outbox.find(event);
    if (row && row->state == EventState::held) held.push_back(std::move(*row));
  }
  return held;
}

void GuardSettling::decide(
    Transaction& transaction,
    const OutboxRow& before,
    const OutboxRow& after,
    const Settlement& settlement
) {
  parts_.outbox.save(transaction, before, after);
  AuditEntry entry = event_entry(before, after, settlement.at);
  entry.policy_version = parts_.policy.version();
  if (!settlement.decided_by.empty()) entry.actor = operator_actor(settlement.decided_by);
  parts_.audit.add(transaction, entry);
}

}  // namespace rosterd::sqlite
