#include "drift_output.hpp"

#include "exit_code.hpp"
#include "rosterd/base/text.hpp"
#include "table.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace rosterd::cli {

namespace {

constexpr std::size_t rows_max = 200;
constexpr std::size_t contended_max = 20;
constexpr std::size_t line_bytes_max = 400;

Tone tone_of(DriftKind kind) {
  switch (kind) {
    case DriftKind::missing:
    case DriftKind::unexpected:
      return Tone::careful;
    case DriftKind::foreign:
    case DriftKind::orphan_account:
      return Tone::plain;
  }
  std::abort();
}

std::size_t differences(const ReconcileReport& report) {
  std::size_t sum = 0;
  for (const auto& [kind, count] : report.found) sum += count;
  return sum;
}

std::string in_words(const DriftRow& contended) {
  const Drift& drift = contended.drift;
  const auto times = static_cast<std::size_t>(contended.times);
  return "! contended: " + std::string(to_string(drift.entitlement.kind)) + " " +
         to_string(drift.name) + " for " + drift.account.value + " (person " + drift.person.value +
         ") was " + std::string(to_string(drift.kind)) + " " + counted(times, "time", "times") +
         " since " + brief(contended.first_seen) + ": repaired, and undone by another writer";
}

}  // namespace

std::string_view in_words(DriftKind kind) {
  switch (kind) {
    case DriftKind::missing:
      return "wanted and not there";
    case DriftKind::unexpected:
      return "there, not wanted, and rosterd's to remove";
    case DriftKind::foreign:
      return "there, not wanted, and not given by rosterd";
    case DriftKind::orphan_account:
      return "of an account that belongs to nobody";
  }
  std::abort();
}

void print_drift_counts(const std::map<DriftKind, std::uint64_t>& counts, std::ostream& out) {
  Table table({"DRIFT", "COUNT", "MEANING"});
  for (const DriftKind kind : all_drift_kinds()) {
    const auto found = counts.find(kind);
    const std::uint64_t count = found == counts.end() ? 0 : found->second;
    const Tone tone = count == 0 ? Tone::dim : tone_of(kind);
    table.add({
        Cell(std::string(to_string(kind)), tone),
        std::to_string(count),
        std::string(in_words(kind)),
    });
  }
  table.print(out);
}

void print_drift(const std::vector<DriftRow>& rows, std::ostream& out) {
  Table table({"DRIFT", "ENTITLEMENT", "KIND", "ACCOUNT", "PERSON", "SINCE", "TIMES", "WHY"});
  std::size_t there = 0;
  for (const DriftRow& row : rows) {
    if (!row.there || ++there > rows_max) continue;
    table.add({
        Cell(std::string(to_string(row.drift.kind)), tone_of(row.drift.kind)),
        to_string(row.drift.name),
        std::string(to_string(row.drift.entitlement.kind)),
        row.drift.account.value,
        row.drift.person.value,
        brief(row.first_seen),
        std::to_string(row.times),
        row.drift.detail,
    });
  }
  if (!table.empty()) table.print(out);
  if (there > rows_max) out << "… and " << there - rows_max << " more; --json has all.\n";
}

void print_contended(const std::vector<DriftRow>& rows, std::ostream& out) {
  std::size_t count = 0;
  for (const DriftRow& row : rows) {
    if (!row.contended() || ++count > contended_max) continue;
    out << toned(printable(in_words(row), line_bytes_max), Tone::bad) << '\n';
  }
  if (count > contended_max) out << "! and " << count - contended_max << " more are contended\n";
}

void print_reconciliation(
    const ReconcileReport& report, const std::vector<DriftRow>& rows, std::ostream& out
) {
  out << "Compared " << counted(report.people, "person", "people") << " with the tenant in "
      << to_string(Duration{report.finished_at - report.started_at}) << ".\n\n";
  std::map<DriftKind, std::uint64_t> counts;
  for (const auto& [kind, count] : report.found) counts[kind] = count;
  print_drift_counts(counts, out);
  out << '\n';
  print_drift(rows, out);
  print_contended(rows, out);
  if (differences(report) == 0) {
    out << "Nothing differs.\n";
  } else if (!report.repairs) {
    out << "\nNothing is repaired: this only looked.\n";
  } else {
    out << '\n'
        << counted(report.people_to_repair, "person was", "people were")
        << " put before the worker, which repairs what their modes and the guard allow; rosterd "
           "status and rosterd holds list tell what became of it.\n";
  }
}

int exit_code_of(const ReconcileReport& report) {
  return differences(report) == 0 ? exit_code::done : exit_code::changes;
}

}  // namespace rosterd::cli
