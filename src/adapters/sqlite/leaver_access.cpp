#include "adapters/sqlite/leaver_access.hpp"

#include "adapters/sqlite/audit_entries.hpp"
#include "adapters/sqlite/codec.hpp"

#include <algorithm>

namespace rosterd::sqlite {
namespace {

ResidualAccess decode_access(Row row) {
  ResidualAccess access;
  access.name.kind = decode_entitlement_kind(row.text(0));
  access.name.name = row.text(1);
  access.name.application = row.text(2);
  access.way = row.text(3);
  return access;
}

AuditEntry found_entry(const LeaverAccount& of, const ResidualAccess& access, Instant at) {
  AuditEntry entry;
  entry.at = at;
  entry.actor = worker_actor;
  entry.action = "residual access found";
  entry.person = of.person;
  entry.account = of.account;
  entry.entitlement = to_string(access.name);
  entry.rule = access.way;
  entry.after = "present";
  return entry;
}

}  // namespace

std::vector<LeaverAccount> leavers_to_check(const SQLite::Database& database, std::size_t max) {
  Query query(database, "SELECT person, account FROM leaver_check ORDER BY id LIMIT ?");
  std::vector<LeaverAccount> leavers;
  const auto add = [&](Row row) {
    LeaverAccount& leaver = leavers.emplace_back();
    leaver.person = PersonId(row.text(0));
    leaver.account = AccountId(row.text(1));
  };
  query.each(add, max);
  return leavers;
}

std::vector<ResidualRow> residual_access(
    const SQLite::Database& database, const std::optional<PersonId>& person
) {
  const std::string condition = person ? "WHERE person = ? " : "";
  Query query(
      database,
      "SELECT kind, name, application, way, person, account, seen_at FROM residual " + condition +
          "ORDER BY person, account, kind, name, application, way"
  );
  if (person) query.bind_next(*person);
  std::vector<ResidualRow> rows;
  query.each([&](Row row) {
    ResidualRow& residual = rows.emplace_back();
    residual.access = decode_access(row);
    residual.of.person = PersonId(row.text(4));
    residual.of.account = AccountId(row.text(5));
    residual.seen_at = row.instant(6);
  });
  return rows;
}

LeaverAccess::LeaverAccess(const SQLite::Database& database, Audit& audit)
    : audit_(audit),
      to_check_(database, "INSERT OR IGNORE INTO leaver_check (person, account) VALUES (?, ?)"),
      check_again_(
          database,
          "INSERT OR IGNORE INTO leaver_check (person, account) "
          "SELECT DISTINCT person, account FROM residual ORDER BY person, account"
      ),
      checked_(database, "DELETE FROM leaver_check WHERE person = ? AND account = ?"),
      knows_anybody_(
          database, "SELECT 1 FROM leaver_check UNION ALL SELECT 1 FROM residual LIMIT 1"
      ),
      stay_(database, "DELETE FROM leaver_check WHERE person = ?"),
      known_(database, "SELECT kind, name, application, way FROM residual WHERE account = ?"),
      drop_known_(database, "DELETE FROM residual WHERE account = ?"),
      save_(
          database,
          "INSERT OR REPLACE INTO residual (account, kind, name, application, way, person, "
          "seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
      ),
      drop_person_(database, "DELETE FROM residual WHERE person = ?") {}

void LeaverAccess::settle(Transaction& transaction, const Settlement& settlement) {
  for (const Settlement::Checked& checked : settlement.checked) {
    settle_checked(transaction, checked, settlement.at);
  }
  forget(settlement.not_left);
  for (const LeaverAccount& leaver : settlement.to_check) {
    to_check_.run(leaver.person, leaver.account);
  }
  if (settlement.reconciled) check_again_.run();
}

// What was known already is not told once more.
void LeaverAccess::settle_checked(
    Transaction& transaction, const Settlement::Checked& checked, Instant at
) {
  const LeaverAccount& of = checked.of;
  checked_.run(of.person, of.account);
  std::vector<ResidualAccess> known;
  known_.each([&](Row row) { known.push_back(decode_access(row)); }, of.account);
  drop_known_.run(of.account);
  for (const ResidualAccess& access : checked.remains) {
    save_.run(
        of.account,
        to_string(access.name.kind),
        access.name.name,
        access.name.application,
        access.way,
        of.person,
        at
    );
    const bool is_new = std::find(known.begin(), known.end(), access) == known.end();
    if (is_new) audit_.add(transaction, found_entry(of, access, at));
  }
}

// Nearly everybody has not left, and of nearly everybody nothing is known.
void LeaverAccess::forget(const std::vector<PersonId>& people) {
  if (people.empty() || !knows_anybody_.any()) return;
  for (const PersonId& person : people) {
    stay_.run(person);
    drop_person_.run(person);
  }
}

}  // namespace rosterd::sqlite
