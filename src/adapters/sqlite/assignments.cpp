#include "adapters/sqlite/assignments.hpp"

#include "adapters/sqlite/audit_entries.hpp"

#include <set>
#include <utility>

namespace rosterd::sqlite {

Assignments::Assignments(const SQLite::Database& database, Parts parts)
    : parts_(parts),
      operation_(
          database,
          "INSERT INTO operation (kind, entitlement, name_kind, name, application, account, "
          "person, event, reason, policy_version, sent_at, status, verified_at, lost) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ),
      source_(database, "SELECT source FROM event WHERE id = ?"),
      decided_under_(database, "SELECT policy FROM person WHERE id = ?"),
      in_ledger_(
          database, "SELECT 1 FROM ledger WHERE account = ? AND kind = ? AND entitlement = ?"
      ) {}

void Assignments::settle(Transaction& transaction, const Settlement& settlement) {
  Actors actors;
  settle_operations(transaction, settlement, actors);
  settle_revoked(transaction, settlement, actors);
  settle_granted(transaction, settlement, actors);
}

// Behind what was held is whoever approved it.
void Assignments::settle_operations(
    Transaction& transaction, const Settlement& settlement, Actors& actors
) {
  const bool some_are_approved = !settlement.operations.empty() && parts_.holds.any_approved();
  for (const OperationRecord& operation : settlement.operations) {
    record(operation);
    AuditEntry entry = operation_entry(operation);
    std::optional<std::string> approver;
    if (some_are_approved && !adds(operation.kind)) {
      const AssignmentKey removal{operation.account, operation.entitlement};
      approver = parts_.holds.approver_of(operation.person, removal);
    }
    entry.actor =
        approver ? operator_actor(*approver) : actor(actors, operation.event, operation.person);
    parts_.audit.add(transaction, entry);
  }
}

const std::string& Assignments::actor(Actors& actors, EventId event, const PersonId& person) {
  if (event != 0) {
    const auto [known, is_new] = actors.of_event.try_emplace(event);
    std::string source;
    if (is_new) {
      source_.first([&](Row row) { source = row.text(0); }, event);
      known->second = event_actor(event, source);
    }
    return known->second;
  }
  const auto [known, is_new] = actors.without_event.try_emplace(person);
  if (is_new) {
    const auto before = decided_under_.number(person);
    const bool by_policy = before && *before != parts_.policy.decided_under();
    known->second = by_policy ? "policy " + parts_.policy.decided_version() : "time";
  }
  return known->second;
}

void Assignments::record(const OperationRecord& operation) {
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

// What was sent is told as an operation; what only leaves the ledger is told as that.
void Assignments::settle_revoked(
    Transaction& transaction, const Settlement& settlement, Actors& actors
) {
  if (settlement.revoked.empty()) return;
  std::set<std::pair<AccountId, EntitlementRef>> sent;
  for (const OperationRecord& operation : settlement.operations) {
    sent.emplace(operation.account, operation.entitlement);
  }
  for (const auto& revoked : settlement.revoked) {
    const auto entry = parts_.people.revoke(revoked.first, revoked.second);
    if (!entry || sent.contains(revoked)) continue;
    // Claimed in the round that ends, and not sent.
    const bool only_claimed = !entry->adopted && entry->since >= parts_.policy.taken_at();
    if (only_claimed) continue;
    AuditEntry forgotten = forgotten_entry(*entry, settlement.at);
    forgotten.actor = actor(actors, 0, entry->person);
    forgotten.policy_version = parts_.policy.decided_version();
    parts_.audit.add(transaction, forgotten);
  }
}

// A claim, made before a grant is sent, is no grant yet: only what is adopted is told here.
void Assignments::settle_granted(
    Transaction& transaction, const Settlement& settlement, Actors& actors
) {
  for (const LedgerEntry& entry : settlement.granted) {
    const EntitlementRef& entitlement = entry.entitlement;
    const bool is_told =
        entry.adopted &&
        !in_ledger_.any(entry.account, to_string(entitlement.kind), entitlement.id);
    parts_.people.grant(entry);
    if (!is_told) continue;
    AuditEntry adopted = adoption_entry(entry);
    adopted.actor = actor(actors, entry.event, entry.person);
    parts_.audit.add(transaction, adopted);
  }
}

}  // namespace rosterd::sqlite
