#pragma once

#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/writer.hpp"
#include "rosterd/domain/audit.hpp"
#include "rosterd/ports/crypto.hpp"

#include <cstdint>
#include <string>

namespace rosterd::sqlite {

/// The audit, as it is written: a row for every decision and operation, in the transaction that
/// makes it, each chained to the one before. On the store's thread.
class Audit {
 public:
  /// Goes on where the table ends. `crypto` outlives it.
  Audit(const SQLite::Database& database, const Crypto& crypto);

  void add(Transaction& transaction, const AuditEntry& entry);

 private:
  struct Head {
    std::int64_t id = 0;
    Digest hash = audit_origin;
  };

  void load_head(const SQLite::Database& database);
  Digest hash_after_head(std::int64_t id, const AuditEntry& entry);

  const Crypto& crypto_;
  Query insert_;
  Head head_;
  std::uint64_t moved_in_ = 0;  // the transaction that can take the head back
  std::string chained_;         // kept for its room
};

}  // namespace rosterd::sqlite
