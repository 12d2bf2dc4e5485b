#pragma once

#include "rosterd/domain/audit.hpp"

#include <ostream>

namespace rosterd::cli {

/// The names of the columns, as CSV (RFC 4180).
void write_csv_header(std::ostream& out);

/// One row as CSV; the values as they are, for programs: a spreadsheet may take one that starts
/// with `=` for a formula.
void write_csv(const AuditRow& row, std::ostream& out);

/// One row as a line of JSON.
void write_json_line(const AuditRow& row, std::ostream& out);

}  // namespace rosterd::cli
