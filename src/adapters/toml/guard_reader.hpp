#pragma once

#include "adapters/toml/table_reader.hpp"
#include "rosterd/config.hpp"
#include "rosterd/domain/guard.hpp"

namespace rosterd::config_files {

/// Reads and checks `[guard]`: a budget is `NAME_at_least`, `NAME_part` and `NAME_window`.
void read_guard(TableReader& table, GuardSettings& guard);

/// Reads and checks `[reconcile]`.
void read_reconcile(TableReader& table, ReconcileConfig& reconcile);

}  // namespace rosterd::config_files
