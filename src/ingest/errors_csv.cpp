#include "rosterd/ingest/file_intake.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace rosterd::ingest {

namespace {

void append_field(std::string& out, std::string_view field) {
  constexpr std::string_view formula_starts = "=+-@\t\r";
  std::string safe;
  if (!field.empty() && formula_starts.find(field.front()) != std::string_view::npos) safe = "'";
  safe += field;
  if (safe.find_first_of(",\"\r\n") == std::string::npos) {
    out += safe;
    return;
  }
  out += '"';
  for (const char c : safe) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_row(std::string& out, const RowProblem& problem) {
  if (problem.line > 0) out += std::to_string(problem.line);
  out += ',';
  append_field(out, problem.column);
  out += ',';
  append_field(out, problem.value);
  out += ',';
  append_field(out, problem.reason);
  out += "\r\n";
}

RowProblem about_the_file(std::string reason) {
  RowProblem problem;
  problem.reason = std::move(reason);
  return problem;
}

}  // namespace

std::string errors_csv(const IntakeReport& report) {
  std::vector<RowProblem> rows = report.problems;
  for (const QuarantinedKey& key : report.quarantined) {
    for (const std::uint64_t line : key.lines) {
      rows.push_back(RowProblem{
          .line = line, .column = "", .value = key.person.value, .reason = key.reason});
    }
  }
  const bool whole_file =
      report.intake.state == IntakeState::rejected || report.intake.state == IntakeState::held;
  if (rows.empty() && !whole_file) return {};
  std::stable_sort(rows.begin(), rows.end(), [](const RowProblem& left, const RowProblem& right) {
    return left.line < right.line;
  });
  std::string csv = "line,column,value,reason\r\n";
  if (whole_file) append_row(csv, about_the_file(report.intake.reason));
  for (const RowProblem& row : rows) append_row(csv, row);
  if (report.problems_total > report.problems.size()) {
    const std::uint64_t more = report.problems_total - report.problems.size();
    append_row(csv, about_the_file("and " + std::to_string(more) + " more errors"));
  }
  return csv;
}

}  // namespace rosterd::ingest
