#pragma once

#include "adapters/sqlite/audit.hpp"
#include "adapters/sqlite/query.hpp"
#include "rosterd/domain/residual.hpp"
#include "rosterd/ports/work_store.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace rosterd::sqlite {

/// Accounts of leavers whose effective access is yet to be looked at, oldest first.
std::vector<LeaverAccount> leavers_to_check(const SQLite::Database& database, std::size_t max);

/// What was left to leavers, of one person or of everybody.
std::vector<ResidualRow> residual_access(
    const SQLite::Database& database, const std::optional<PersonId>& person
);

/// Writes whose access is to be looked at and what was found. On the store's thread.
class LeaverAccess {
 public:
  LeaverAccess(const SQLite::Database& database, Audit& audit);

  void settle(Transaction& transaction, const Settlement& settlement);

 private:
  void settle_checked(Transaction& transaction, const Settlement::Checked& checked, Instant at);
  void forget(const std::vector<PersonId>& people);

  Audit& audit_;
  Query to_check_, check_again_, checked_, knows_anybody_, stay_, known_, drop_known_, save_,
      drop_person_;
};

}  // namespace rosterd::sqlite
