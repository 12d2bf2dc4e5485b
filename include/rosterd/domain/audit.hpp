#pragma once

#include "rosterd/base/hash.hpp"
#include "rosterd/base/instant.hpp"
#include "rosterd/domain/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace rosterd {

/// One decision or operation, for the record. Holds ids and names of entitlements; no attributes,
/// no payload, no token.
struct AuditEntry {
  Instant at{};
  std::string actor;        ///< `event 17 of hr`, `policy 3f2a…`, `time`, `operator anna`
  std::string action;       ///< `granted`, `removed`, `event applied`, `hold approved`, …
  PersonId person;          ///< empty: none in particular
  AccountId account;        ///< empty: none
  std::string entitlement;  ///< `Engineering`, `Developer@app`; empty: none
  EventId event = 0;        ///< 0: none
  std::string rule;         ///< or why
  std::string policy_version;
  std::string before;  ///< `absent`, `pending`, …
  std::string after;   ///< `present`, `applied`, …
  std::string answer;  ///< of the tenant: `HTTP 204`; empty: it was not asked
  std::optional<Instant> verified_at;
};

/// An entry in its place. Rows are chained: `hash` is the SHA-256 of the hash before it and of the
/// row's `canonical_text`, so that a row that was changed, taken out or put in breaks the chain.
struct AuditRow {
  std::int64_t id = 0;
  AuditEntry entry;
  Digest hash{};
};

/// The row as the hash is over it: every field with its length before it, so that no two rows have
/// the same text.
std::string canonical_text(std::int64_t id, const AuditEntry& entry);

/// What the first row follows.
inline constexpr Digest audit_origin{};

}  // namespace rosterd
