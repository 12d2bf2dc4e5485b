#include "adapters/sqlite/holds.hpp"

#include "adapters/sqlite/codec.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace rosterd::sqlite {
namespace {

const std::string head_columns =
    "id, cause, state, hash, why, policy_version, opened_at, changed_at, decided_at, decided_by, "
    "note, finished_at";

const std::string removals_of_hold =
    "SELECT account, kind, entitlement, name, application, person, reason, leaver, event "
    "FROM hold_removal WHERE hold = ? ORDER BY account, kind, entitlement, person";

Hold decode_head(Row row) {
  Hold hold;
  hold.id = row.integer(0);
  const auto cause = hold_cause(row.text(1));
  const auto state = hold_state(row.text(2));
  if (!cause || !state) throw std::runtime_error("the store holds a hold that nobody understands");
  hold.cause = *cause;
  hold.state = *state;
  hold.hash = row.text(3);
  hold.why = row.text(4);
  hold.policy_version = row.text(5);
  hold.opened_at = row.instant(6);
  hold.changed_at = row.instant(7);
  hold.decided_at = row.optional_instant(8);
  hold.decided_by = row.text(9);
  hold.note = row.text(10);
  hold.finished_at = row.optional_instant(11);
  return hold;
}

HeldRemoval decode_removal(Row row) {
  HeldRemoval removal;
  removal.account = AccountId(row.text(0));
  removal.entitlement.kind = decode_entitlement_kind(row.text(1));
  removal.entitlement.id = EntitlementId(row.text(2));
  removal.name.kind = removal.entitlement.kind;
  removal.name.name = row.text(3);
  removal.name.application = row.text(4);
  removal.person = PersonId(row.text(5));
  removal.reason = row.text(6);
  removal.leaver = row.flag(7);
  removal.event = row.integer(8);
  return removal;
}

std::optional<Instant> finished_at(const Hold& hold, Instant at) {
  if (is_in_force(hold.state)) return std::nullopt;
  return hold.finished_at.value_or(at);
}

}  // namespace

std::vector<Hold> holds_in_force(const SQLite::Database& database) {
  Query query(
      database, "SELECT " + head_columns + " FROM hold WHERE finished_at IS NULL ORDER BY id"
  );
  std::vector<Hold> holds;
  query.each([&](Row row) { holds.push_back(decode_head(row)); });
  return holds;
}

std::vector<Hold> holds_over(const SQLite::Database& database, std::size_t limit) {
  Query query(
      database,
      "SELECT " + head_columns + " FROM hold WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT ?"
  );
  std::vector<Hold> holds;
  query.each([&](Row row) { holds.push_back(decode_head(row)); }, limit);
  return holds;
}

void add_removals(const SQLite::Database& database, std::vector<Hold>& holds) {
  Query query(database, removals_of_hold);
  for (Hold& hold : holds) {
    query.each([&](Row row) { hold.removals.push_back(decode_removal(row)); }, hold.id);
  }
}

Holds::Holds(const SQLite::Database& database)
    : find_(database, "SELECT " + head_columns + " FROM hold WHERE id = ?"),
      any_approved_(
          database, "SELECT 1 FROM hold WHERE finished_at IS NULL AND state = 'approved' LIMIT 1"
      ),
      approver_(
          database,
          "SELECT h.decided_by FROM hold_removal r JOIN hold h ON h.id = r.hold "
          "WHERE r.person = ? AND r.account = ? AND r.kind = ? AND r.entitlement = ? "
          "AND h.state = 'approved' LIMIT 1"
      ),
      insert_(
          database,
          "INSERT INTO hold (cause, state, hash, why, policy_version, opened_at, changed_at, "
          "decided_at, decided_by, note, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "RETURNING id"
      ),
      update_(
          database,
          "UPDATE hold SET cause = ?2, state = ?3, hash = ?4, why = ?5, policy_version = ?6, "
          "opened_at = ?7, changed_at = ?8, decided_at = ?9, decided_by = ?10, note = ?11, "
          "finished_at = ?12 WHERE id = ?1"
      ),
      removals_(database, removals_of_hold),
      save_removal_(
          database,
          "INSERT OR REPLACE INTO hold_removal (hold, account, kind, entitlement, name, "
          "application, person, reason, leaver, event) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ),
      delete_removal_(
          database,
          "DELETE FROM hold_removal WHERE hold = ? AND account = ? AND kind = ? AND entitlement = "
          "? "
          "AND person = ?"
      ),
      delete_removals_(database, "DELETE FROM hold_removal WHERE hold = ?") {}

std::optional<Hold> Holds::find(std::int64_t id) {
  std::optional<Hold> found;
  find_.first([&](Row row) { found = decode_head(row); }, id);
  return found;
}

bool Holds::any_approved() {
  return any_approved_.any();
}

std::optional<std::string> Holds::approver_of(
    const PersonId& person, const AssignmentKey& removal
) {
  std::optional<std::string> approver;
  approver_.first(
      [&](Row row) { approver = row.text(0); },
      person,
      removal.account,
      to_string(removal.entitlement.kind),
      removal.entitlement.id
  );
  return approver;
}

std::int64_t Holds::save(const Hold& hold, Instant at) {
  const std::int64_t id = save_head(hold, at);
  if (is_in_force(hold.state)) {
    replace_removals(id, hold.removals);
  } else {
    delete_removals_.run(id);
  }
  return id;
}

std::int64_t Holds::save_head(const Hold& hold, Instant at) {
  const auto write = [&](const auto& run) {
    return run(
        to_string(hold.cause),
        to_string(hold.state),
        hold.hash,
        hold.why,
        hold.policy_version,
        hold.opened_at,
        hold.changed_at,
        hold.decided_at,
        hold.decided_by,
        hold.note,
        finished_at(hold, at)
    );
  };
  if (hold.id == 0) {
    return write([this](const auto&... values) { return insert_.number(values...).value(); });
  }
  const int updated = write([&](const auto&... values) { return update_.run(hold.id, values...); });
  if (updated == 0) {
    throw std::runtime_error("hold " + std::to_string(hold.id) + " is not in the store");
  }
  return hold.id;
}

void Holds::replace_removals(std::int64_t hold, const std::vector<HeldRemoval>& removals) {
  std::map<HeldKey, HeldRemoval> stored;
  const auto remember = [&](Row row) {
    HeldRemoval removal = decode_removal(row);
    HeldKey identity = removal.identity();
    stored.emplace(std::move(identity), std::move(removal));
  };
  removals_.each(remember, hold);
  for (const HeldRemoval& removal : removals) {
    const auto known = stored.extract(removal.identity());
    if (known && known.mapped() == removal) continue;
    save_removal_.run(
        hold,
        removal.account,
        to_string(removal.entitlement.kind),
        removal.entitlement.id,
        removal.name.name,
        removal.name.application,
        removal.person,
        removal.reason,
        removal.leaver,
        removal.event
    );
  }
  for (const auto& [identity, gone] : stored) {
    delete_removal_.run(
        hold, gone.account, to_string(gone.entitlement.kind), gone.entitlement.id, gone.person
    );
  }
}

}  // namespace rosterd::sqlite
