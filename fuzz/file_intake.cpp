#include "rosterd/ingest/file_intake.hpp"

#include "fuzzing.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/ingest/csv_reader.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_intake_store.hpp"
#include "support/run.hpp"
#include "unit/domain/fixed_zones.hpp"
#include "watched_log.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>

// First line: the drop; second: a manifest, or nothing. Below them the file.

namespace rosterd::ingest {
namespace {

constexpr std::string_view personal = "nobody-may-log-this@example.com";

/// A folder of its own, gone with the process.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "rosterd-fuzz-XXXXXX").string();
    fuzz::require(::mkdtemp(name.data()) != nullptr, "there is a temporary folder");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path write(const char* name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }
  void remove(const char* name) const { std::filesystem::remove(path_ / name); }

 private:
  std::filesystem::path path_;
};

ColumnConfig column(const char* header, const char* attribute, const char* type = "string") {
  ColumnConfig made;
  made.column = header;
  made.attribute = attribute;
  made.type = type;
  return made;
}

DropConfig roster() {
  DropConfig drop;
  drop.name = "hr";
  drop.key = "id";
  drop.columns = {
      column("mail", "email"),
      column("dept", "department"),
      column("start", "start_date", "date"),
      column("grade", "grade", "integer"),
      column("rate", "rate", "number"),
      column("temp", "contractor", "boolean"),
      column("teams", "teams", "list")};
  ColumnConfig status = column("state", "status");
  status.values = {{"on", "active"}, {"off", "left"}};
  status.otherwise = "error";
  drop.columns.push_back(status);
  drop.columns[2].empty = {"0000-00-00"};
  drop.columns[3].default_value = "1";
  drop.overrides = {OverrideConfig{{{"state", "on"}, {"away", "yes"}}, "status", "on_leave"}};
  drop.constants = {{"company", "Example"}};
  drop.date_formats = {"%Y-%m-%d", "%d.%m.%Y"};
  drop.missing_max = 1;
  return drop;
}

/// Fewer columns, as most files have.
DropConfig small_roster() {
  DropConfig drop = roster();
  drop.columns.resize(2);
  drop.overrides.clear();
  drop.rows_max = 20;
  drop.errors_max = 3;
  drop.field_bytes_max = 100;
  drop.encoding = "windows-1252";
  return drop;
}

DropConfig changes() {
  DropConfig drop = small_roster();
  drop.kind = "changes";
  drop.encoding = "utf-8";
  drop.delimiter = "tab";
  drop.type_column = "what";
  drop.id_column = "event";
  drop.mode_column = "mode";
  drop.occurred_at_column = "at";
  drop.effective_at_column = "from";
  drop.sequence_column = "n";
  drop.types = {{"HIRE", "person.joined"}, {"TERM", "person.left"}};
  drop.time_zone = "Europe/Berlin";
  return drop;
}

struct Intakes {
  test::MemoryIntakeStore store;
  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  test::ManualClock clock;
  test::FixedZones zones;
  fuzz::WatchedLog log{std::string(personal)};

  FileIntake::Parts parts() { return {store, *crypto, clock, zones, log}; }
};

void require_report(const IntakeReport& report, const DropConfig& drop) {
  const Intake& intake = report.intake;
  fuzz::require(intake.state != IntakeState::reading, "a file comes to an end", intake.reason);
  const bool told = intake.state == IntakeState::done || !intake.reason.empty();
  fuzz::require(told, "what is not taken says why", to_string(intake.state));
  if (!intake.reason.empty()) fuzz::require_sentence(intake.reason, 4096);
  fuzz::require(intake.rows_failed <= intake.rows, "what failed is a row");
  fuzz::require(report.problems.size() <= drop.errors_max, "as many problems as configured");
  for (const RowProblem& problem : report.problems) {
    fuzz::require(problem.line > 0, "a problem has a line", problem.reason);
    fuzz::require_sentence(problem.reason, 500);
    fuzz::require(problem.value.size() <= 200, "a value is cut", problem.value);
  }
}

/// The report beside the file can be read by whoever reads CSV.
void require_readable(const IntakeReport& report) {
  const std::string text = errors_csv(report);
  const IntakeState state = report.intake.state;
  const bool whole_file = state == IntakeState::rejected || state == IntakeState::held;
  const bool wrong = whole_file || !report.problems.empty() || !report.quarantined.empty();
  fuzz::require(wrong != text.empty(), "there is a report when something is wrong", text);
  MemorySource source(text);
  CsvFormat format;
  format.block_bytes = text.size() + 1;
  CsvReader reader(source, format);
  reader.expect_fields(4);
  for (auto step = reader.next(); step != CsvReader::Step::end; step = reader.next()) {
    fuzz::require(step == CsvReader::Step::row, "the report is CSV", text);
    for (const std::string_view field : reader.row().fields) {
      const bool formula = !field.empty() && std::string_view("=+-@").find(field[0]) != field.npos;
      fuzz::require(!formula, "no spreadsheet computes with it", text);
    }
  }
}

void require_events(const test::MemoryIntakeStore& store, const DropConfig& drop) {
  std::set<std::string> ids;
  for (const NewEvent& event : store.accepted) {
    fuzz::require(event.event.source == drop.name, "an event is of its drop");
    fuzz::require(!event.event.person.value.empty(), "and about somebody");
    fuzz::require(ids.insert(event.event.external_id).second, "and the only one with its id");
  }
}

void take_twice(const DropConfig& drop, const std::filesystem::path& path) {
  Intakes intakes;
  FileIntake intake(intakes.parts());
  const RosterChanges seen = test::run(intake.preview(drop, path, {}));
  fuzz::require(intakes.store.intakes.empty(), "a preview leaves no trace");

  const IntakeReport report = test::run(intake.run(drop, path, {}));
  require_report(report, drop);
  require_readable(report);
  require_events(intakes.store, drop);
  const bool done = report.intake.state == IntakeState::done;
  const std::size_t accepted = intakes.store.accepted.size();
  fuzz::require(seen.events.size() == (done ? accepted : 0), "what was shown is what is done");
  const std::uint64_t counted = report.intake.joined + report.intake.changed + report.intake.left;
  fuzz::require(!done || counted == accepted, "events are counted");
  if (!done) return;

  IntakeOptions again;
  again.even_if_repeated = true;
  const IntakeReport repeated = test::run(intake.run(drop, path, std::move(again)));
  const bool roster = drop.kind == "roster";
  const bool nothing_new = intakes.store.accepted.size() == accepted;
  fuzz::require(!roster || nothing_new, "the same roster once more says nothing new");
  const IntakeReport third = test::run(intake.run(drop, path, {}));
  fuzz::require(third.intake.state == IntakeState::repeated, "and is known");
  fuzz::require(repeated.intake.rows == report.intake.rows, "with as many rows");
}

}  // namespace
}  // namespace rosterd::ingest

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  using namespace rosterd::ingest;
  static const std::vector<DropConfig> drops = {roster(), small_roster(), changes()};
  static const Folder folder;
  fuzz::Input input(data, size);
  fuzz::Choices choices(input.line());
  const DropConfig& drop = drops[choices.next(drops.size())];
  const std::string_view manifest = input.line();
  const auto path = folder.write("file.csv", input.rest());
  if (!manifest.empty()) folder.write("file.csv.manifest.json", manifest);
  take_twice(drop, path);
  if (!manifest.empty()) folder.remove("file.csv.manifest.json");
  return 0;
}
