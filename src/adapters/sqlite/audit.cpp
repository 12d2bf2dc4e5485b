#include "adapters/sqlite/audit.hpp"

namespace rosterd::sqlite {

Audit::Audit(const SQLite::Database& database, const Crypto& crypto)
    : crypto_(crypto),
      insert_(
          database,
          "INSERT INTO audit (id, at, actor, action, person, account, entitlement, event, rule, "
          "policy_version, was, became, answer, verified_at, hash) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ) {
  load_head(database);
}

void Audit::load_head(const SQLite::Database& database) {
  const auto keep = [this](Row row) { head_ = Head{row.integer(0), row.digest(1)}; };
  Query newest(database, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1");
  if (newest.first(keep)) return;
  Query anchor(database, "SELECT id, hash FROM audit_anchor");
  anchor.first(keep);
}

void Audit::add(Transaction& transaction, const AuditEntry& entry) {
  if (moved_in_ != transaction.serial()) {
    moved_in_ = transaction.serial();
    transaction.on_rollback([this, before = head_] { head_ = before; });
  }
  const std::int64_t id = head_.id + 1;
  const Digest hash = hash_after_head(id, entry);
  insert_.run(
      id,
      entry.at,
      entry.actor,
      entry.action,
      entry.person,
      entry.account,
      entry.entitlement,
      entry.event,
      entry.rule,
      entry.policy_version,
      entry.before,
      entry.after,
      entry.answer,
      entry.verified_at,
      hash
  );
  head_ = Head{id, hash};
}

Digest Audit::hash_after_head(std::int64_t id, const AuditEntry& entry) {
  chained_.assign(reinterpret_cast<const char*>(head_.hash.data()), head_.hash.size());
  chained_ += canonical_text(id, entry);
  return crypto_.sha256(chained_);
}

}  // namespace rosterd::sqlite
