#pragma once

#include "adapters/sqlite/query.hpp"
#include "rosterd/domain/drift.hpp"
#include "rosterd/domain/storage.hpp"
#include "rosterd/ports/work_store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace rosterd::sqlite {

/// What was last read of the tenant. Drift comes back in the order it was settled in.
std::vector<DriftRow> drift_rows(const SQLite::Database& database);
/// What the last reconciliation found, by kind; every kind. Cheap, however much there is.
struct DriftCounts {
  std::map<DriftKind, std::uint64_t> there;
  std::uint64_t contended = 0;
};
DriftCounts count_drift(const SQLite::Database& database);
std::optional<ReconcileReport> last_reconciliation(const SQLite::Database& database);
std::optional<StorageReading> last_storage_reading(const SQLite::Database& database);

/// Writes what was read of the tenant. On the store's thread.
class TenantReadings {
 public:
  explicit TenantReadings(const SQLite::Database& database);

  void settle(const Settlement& settlement);

 private:
  void replace_drift(const std::vector<DriftRow>& rows);
  void add(const ReconcileReport& report);

  Query drop_drift_, save_drift_, add_reconciliation_, drop_old_reconciliations_, save_storage_;
};

}  // namespace rosterd::sqlite
