#pragma once

#include "adapters/sqlite/query.hpp"
#include "rosterd/domain/ledger.hpp"
#include "rosterd/ports/work_store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::sqlite {

inline constexpr std::string_view person_columns =
    "p.id, p.stale, p.first_seen, p.changed_at, p.attributes, p.history, p.next_due_at, "
    "p.account_recheck_at";
PersonRecord decode_person(Row row);
inline constexpr int person_next_due_at_column = 6;
inline constexpr int person_account_recheck_at_column = 7;

inline constexpr std::string_view ledger_columns =
    "l.account, l.kind, l.entitlement, l.name, l.application, l.person, l.event, l.rule, "
    "l.policy_version, l.since, l.adopted";
LedgerEntry decode_ledger_entry(Row row);

/// Reads and writes people with their accounts and what was granted to them.
class People {
 public:
  explicit People(const SQLite::Database& database);

  /// `exists` is false, and only the id is set, for somebody nobody has heard of.
  WorkPerson load(const PersonId& id);

  void save(const PersonRecord& record, std::int64_t policy);
  void set_next_due(const PersonId& id, std::optional<Instant> at, std::int64_t policy);
  /// Whoever it is, if they are known.
  void make_due(const PersonId& id, Instant at);
  void set_account_recheck(const PersonId& id, std::optional<Instant> at);

  void unlink(const PersonId& id);
  void link(const AccountId& account, const PersonId& id);
  std::optional<PersonId> owner_of(const AccountId& account);
  /// `email` in lower case. Of several, one who has not left.
  std::optional<PersonId> holder_of_email(const std::string& email);

  void grant(const LedgerEntry& entry);
  /// Gives what the ledger had, if it had it.
  std::optional<LedgerEntry> revoke(const AccountId& account, const EntitlementRef& entitlement);

 private:
  Query load_, load_accounts_, load_ledger_, save_, set_next_due_, make_due_, set_account_recheck_,
      unlink_, link_, owner_, holder_, grant_, revoke_;
};

}  // namespace rosterd::sqlite
