#include "adapters/sqlite/people.hpp"

#include "adapters/sqlite/codec.hpp"
#include "rosterd/base/text.hpp"

namespace rosterd::sqlite {

PersonRecord decode_person(Row row) {
  PersonRecord record;
  record.id = PersonId(row.text(0));
  record.stale = row.flag(1);
  record.first_seen = row.instant(2);
  record.changed_at = row.instant(3);
  record.attributes = decode_attributes(row.text(4));
  decode_history(row.text(5), record);
  return record;
}

LedgerEntry decode_ledger_entry(Row row) {
  LedgerEntry entry;
  entry.account = AccountId(row.text(0));
  entry.entitlement.kind = decode_entitlement_kind(row.text(1));
  entry.entitlement.id = EntitlementId(row.text(2));
  entry.name.kind = entry.entitlement.kind;
  entry.name.name = row.text(3);
  entry.name.application = row.text(4);
  entry.person = PersonId(row.text(5));
  entry.event = row.integer(6);
  entry.rule = row.text(7);
  entry.policy_version = row.text(8);
  entry.since = row.instant(9);
  entry.adopted = row.flag(10);
  return entry;
}

People::People(const SQLite::Database& database)
    : load_(database, "SELECT " + std::string(person_columns) + " FROM person p WHERE p.id = ?"),
      load_accounts_(database, "SELECT account FROM link WHERE person = ? ORDER BY account"),
      load_ledger_(
          database,
          "SELECT " + std::string(ledger_columns) +
              " FROM ledger l WHERE l.person = ? ORDER BY l.account, l.kind, l.entitlement"
      ),
      save_(
          database,
          "INSERT INTO person (id, status, email, policy, stale, first_seen, changed_at, "
          "attributes, history) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
          "status = excluded.status, email = excluded.email, policy = excluded.policy, "
          "stale = excluded.stale, first_seen = excluded.first_seen, "
          "changed_at = excluded.changed_at, attributes = excluded.attributes, "
          "history = excluded.history"
      ),
      set_next_due_(database, "UPDATE person SET next_due_at = ?2, policy = ?3 WHERE id = ?1"),
      make_due_(database, "UPDATE person SET next_due_at = ?2 WHERE id = ?1"),
      set_account_recheck_(database, "UPDATE person SET account_recheck_at = ?2 WHERE id = ?1"),
      unlink_(database, "DELETE FROM link WHERE person = ?"),
      link_(
          database,
          "INSERT INTO link (account, person) VALUES (?, ?) "
          "ON CONFLICT DO UPDATE SET person = excluded.person"
      ),
      owner_(database, "SELECT person FROM link WHERE account = ?"),
      holder_(
          database, "SELECT id FROM person WHERE email = ? ORDER BY status = 'left', id LIMIT 1"
      ),
      grant_(
          database,
          "INSERT OR REPLACE INTO ledger (account, kind, entitlement, name, application, person, "
          "event, rule, policy_version, since, adopted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ),
      revoke_(
          database,
          "DELETE FROM ledger WHERE account = ? AND kind = ? AND entitlement = ? RETURNING "
          "account, "
          "kind, entitlement, name, application, person, event, rule, policy_version, since, "
          "adopted"
      ) {}

WorkPerson People::load(const PersonId& id) {
  WorkPerson person;
  person.record.id = id;
  person.exists = load_.first(
      [&](Row row) {
        person.record = decode_person(row);
        person.due_at = row.optional_instant(person_next_due_at_column);
        person.account_recheck_at = row.optional_instant(person_account_recheck_at_column);
      },
      id
  );
  load_accounts_.each([&](Row row) { person.accounts.emplace_back(row.text(0)); }, id);
  load_ledger_.each([&](Row row) { person.ledger.push_back(decode_ledger_entry(row)); }, id);
  return person;
}

void People::save(const PersonRecord& record, std::int64_t policy) {
  const auto status = text_of(record.attributes, attribute::status);
  auto email = text_of(record.attributes, attribute::email);
  if (email) email = lower_case(*email);
  save_.run(
      record.id,
      status.value_or(""),
      email,
      policy,
      record.stale,
      record.first_seen,
      record.changed_at,
      encode(record.attributes),
      encode_history(record)
  );
}

void People::set_next_due(const PersonId& id, std::optional<Instant> at, std::int64_t policy) {
  set_next_due_.run(id, at, policy);
}

void People::make_due(const PersonId& id, Instant at) {
  make_due_.run(id, at);
}

void People::set_account_recheck(const PersonId& id, std::optional<Instant> at) {
  set_account_recheck_.run(id, at);
}

void People::unlink(const PersonId& id) {
  unlink_.run(id);
}

void People::link(const AccountId& account, const PersonId& id) {
  link_.run(account, id);
}

std::optional<PersonId> People::owner_of(const AccountId& account) {
  std::optional<PersonId> owner;
  owner_.first([&](Row row) { owner = PersonId(row.text(0)); }, account);
  return owner;
}

std::optional<PersonId> People::holder_of_email(const std::string& email) {
  std::optional<PersonId> holder;
  holder_.first([&](Row row) { holder = PersonId(row.text(0)); }, email);
  return holder;
}

void People::grant(const LedgerEntry& entry) {
  grant_.run(
      entry.account,
      to_string(entry.entitlement.kind),
      entry.entitlement.id,
      entry.name.name,
      entry.name.application,
      entry.person,
      entry.event,
      entry.rule,
      entry.policy_version,
      entry.since,
      entry.adopted
  );
}

std::optional<LedgerEntry> People::revoke(
    const AccountId& account, const EntitlementRef& entitlement
) {
  std::optional<LedgerEntry> entry;
  revoke_.first(
      [&](Row row) { entry = decode_ledger_entry(row); },
      account,
      to_string(entitlement.kind),
      entitlement.id
  );
  return entry;
}

}  // namespace rosterd::sqlite
