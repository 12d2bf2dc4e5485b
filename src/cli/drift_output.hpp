#pragma once

#include "rosterd/domain/drift.hpp"

#include <cstdint>
#include <map>
#include <ostream>
#include <string_view>
#include <vector>

namespace rosterd::cli {

/// `wanted and not there`, …
std::string_view in_words(DriftKind kind);

/// How many of each kind were found, and what the kind means.
void print_drift_counts(const std::map<DriftKind, std::uint64_t>& counts, std::ostream& out);

/// The differences that are there now.
void print_drift(const std::vector<DriftRow>& rows, std::ostream& out);

/// Those that are repaired and come back, a line each: another writer is at work.
void print_contended(const std::vector<DriftRow>& rows, std::ostream& out);

/// A reconciliation for people; `rows` are what the store knows after it.
void print_reconciliation(
    const ReconcileReport& report, const std::vector<DriftRow>& rows, std::ostream& out
);

/// Changes, as `rosterd plan` means it, when something differs.
int exit_code_of(const ReconcileReport& report);

}  // namespace rosterd::cli
