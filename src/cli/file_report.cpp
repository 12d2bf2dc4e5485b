#include "file_report.hpp"

#include "json.hpp"
#include "rosterd/base/text.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <iostream>

namespace rosterd::cli {

namespace {

std::string lines_text(const std::vector<std::uint64_t>& lines) {
  constexpr std::size_t lines_max = 10;
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < lines_max; ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(lines[i]);
  }
  return lines.size() > lines_max ? text + ", …" : text;
}

void print_counts(const ingest::IntakeReport& report, std::ostream& out) {
  const Intake& intake = report.intake;
  Table table(
      {"FILE",
       "STATE",
       "ROWS",
       "FAILED",
       "PEOPLE",
       "QUARANTINED",
       "JOINED",
       "CHANGED",
       "LEFT",
       "UNCHANGED"}
  );
  table.add({
      intake.file_name,
      std::string(to_string(intake.state)),
      std::to_string(intake.rows),
      std::to_string(intake.rows_failed),
      std::to_string(intake.people),
      std::to_string(intake.quarantined),
      std::to_string(intake.joined),
      std::to_string(intake.changed),
      std::to_string(intake.left),
      std::to_string(intake.unchanged),
  });
  table.print(out);
  if (!intake.reason.empty()) out << '\n' << printable(intake.reason, 1000) << '\n';
}

void print_problems(const ingest::IntakeReport& report, std::size_t rows_max, std::ostream& out) {
  if (report.problems.empty()) return;
  out << "\nRows that failed; their people count as present and are unchanged:\n";
  Table table({"LINE", "COLUMN", "VALUE", "REASON"});
  for (std::size_t i = 0; i < report.problems.size() && i < rows_max; ++i) {
    const auto& problem = report.problems[i];
    table.add({std::to_string(problem.line), problem.column, problem.value, problem.reason});
  }
  table.print(out);
  if (report.problems_total > rows_max) {
    out << "… and " << report.problems_total - rows_max << " more.\n";
  }
}

void print_quarantined(
    const ingest::IntakeReport& report, std::size_t rows_max, std::ostream& out
) {
  if (report.quarantined.empty()) return;
  out << "\nPeople in quarantine; they count as present and are unchanged:\n";
  Table table({"PERSON", "LINES", "REASON"});
  for (std::size_t i = 0; i < report.quarantined.size() && i < rows_max; ++i) {
    const ingest::QuarantinedKey& key = report.quarantined[i];
    table.add({key.person.value, lines_text(key.lines), key.reason});
  }
  table.print(out);
  if (report.quarantined.size() > rows_max) {
    out << "… and " << report.quarantined.size() - rows_max << " more.\n";
  }
}

const char* name_of(ingest::IntakeProgress::Phase phase) {
  switch (phase) {
    case ingest::IntakeProgress::Phase::fingerprint:
      return "reading";
    case ingest::IntakeProgress::Phase::checking:
      return "checking";
    case ingest::IntakeProgress::Phase::staging:
      return "comparing";
  }
  std::abort();
}

}  // namespace

void print_report(const ingest::IntakeReport& report, std::size_t rows_max, std::ostream& out) {
  print_counts(report, out);
  print_problems(report, rows_max, out);
  print_quarantined(report, rows_max, out);
}

void print_report_json(const ingest::IntakeReport& report) {
  using Json = nlohmann::ordered_json;
  Json out = json_of(report.intake);
  out["problems"] = Json::array();
  for (const auto& problem : report.problems) {
    Json one;
    one["line"] = problem.line;
    one["column"] = problem.column;
    one["value"] = problem.value;
    one["reason"] = problem.reason;
    out["problems"].push_back(std::move(one));
  }
  out["problems_total"] = report.problems_total;
  out["quarantine"] = Json::array();
  for (const ingest::QuarantinedKey& key : report.quarantined) {
    Json one;
    one["person"] = key.person.value;
    one["lines"] = key.lines;
    one["reason"] = key.reason;
    out["quarantine"].push_back(std::move(one));
  }
  out["missing"] = report.missing;
  out["missing_allowed"] = report.missing_allowed;
  std::cout << out.dump(2) << '\n';
}

void print_intake_json(const Intake& intake) {
  nlohmann::ordered_json out = json_of(intake);
  out["problems"] = nullptr;
  out["problems_total"] = intake.rows_failed;
  out["quarantine"] = nullptr;
  out["missing"] = nullptr;
  out["missing_allowed"] = nullptr;
  std::cout << out.dump(2) << '\n';
}

void FileProgress::show(const ingest::IntakeProgress& progress) {
  if (progress.bytes_total == 0) return;
  constexpr int bar_width = 30;
  const int part = static_cast<int>(progress.bytes_done * 100 / progress.bytes_total);
  const int now = static_cast<int>(progress.phase) * 1000 + part;
  if (now == shown_) return;
  shown_ = now;
  const auto filled = static_cast<std::size_t>(part * bar_width / 100);
  line_.show(
      std::string(name_of(progress.phase)) + " [" + std::string(filled, '#') +
      std::string(bar_width - filled, ' ') + "] " + std::to_string(part) + " %, " +
      counted(progress.rows, "row", "rows")
  );
}

}  // namespace rosterd::cli
