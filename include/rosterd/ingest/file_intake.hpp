#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/config.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ingest/row_mapper.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/crypto.hpp"
#include "rosterd/ports/file_handler.hpp"
#include "rosterd/ports/intake_store.hpp"
#include "rosterd/ports/log.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rosterd::ingest {

/// Somebody about whom the file contradicts itself or the store: nothing was done about them, and
/// they count as present.
struct QuarantinedKey {
  PersonId person;
  std::vector<std::uint64_t> lines;  ///< at most the first hundred
  std::string reason;
};

/// What happened to a file, for people. Holds personal data.
struct IntakeReport {
  Intake intake;  ///< state, counts and reason; id 0: nothing was written to the store
  std::vector<RowProblem> problems;  ///< by line; at most `errors_max`
  std::uint64_t problems_total = 0;
  std::vector<QuarantinedKey> quarantined;  ///< by line; at most `errors_max`
  std::uint64_t keys_unreadable = 0;        ///< while there are any, nobody is ended
  std::uint64_t people_known = 0;           ///< of the roster's scope, who have not left
  std::uint64_t missing = 0;                ///< of those, not in the file
  std::uint64_t missing_allowed = 0;        ///< more of them would need an approval
  std::vector<PersonId> missing_people;     ///< at most the first hundred
};

struct RosterChanges {
  IntakeReport report;
  std::vector<ChangeEvent> events;  ///< that would be accepted, in order
};

struct IntakeProgress {
  enum class Phase { fingerprint, checking, staging };
  Phase phase = Phase::fingerprint;
  std::uint64_t bytes_done = 0;  ///< of this phase
  std::uint64_t bytes_total = 0;
  std::uint64_t rows = 0;
};

struct IntakeOptions {
  bool approve_missing = false;   ///< a person has looked: the file is complete
  bool even_if_repeated = false;  ///< the bytes of the last accepted file, but another mapping
  /// Is given `errors_csv` before the file counts, so that no crash can come between; not that of a
  /// repeated file, whose report is the one that was kept the first time. Nothing: nobody.
  ReportKeeper* report_keeper = nullptr;
  std::function<void(const IntakeProgress&)> progress;  ///< called on the loop, often
};

/// Takes files of change events and rosters into the store (sources.md, "CSV drops").
///
/// The file is read for its SHA-256, to check every row, and once more to stage events of the rows
/// that say something new, unless these were few enough to be kept (8 MiB). Nothing is staged
/// before the whole file has been checked, and what is staged becomes due all at once, so a file
/// counts entirely or not at all. After a crash the same file goes on with the same events. Memory
/// grows with the number of people, about a hundred bytes each, and not with the file. Works on the
/// loop in slices of a few milliseconds.
///
/// A file that cannot be taken is a report with the state `rejected` or `held`, never an
/// exception; a broken disk or store throws. One file at a time.
class FileIntake {
 public:
  struct Parts {
    IntakeStore& store;
    const Crypto& crypto;
    const Clock& clock;
    const TimeZones& zones;
    Log& log;
  };

  explicit FileIntake(const Parts& parts) : parts_(parts) {}

  Task<IntakeReport> run(
      const DropConfig& config, std::filesystem::path file, IntakeOptions options
  );

  /// The same without writing anything: what `run` would do now.
  Task<RosterChanges> preview(
      const DropConfig& config, std::filesystem::path file, IntakeOptions options
  );

 private:
  Parts parts_;
};

/// `NAME.errors.csv` (RFC 4180, header line,column,value,reason): the failed rows and quarantined
/// people by line. A value that a spreadsheet would take for a formula begins with an apostrophe.
/// Empty when the file had nothing wrong.
std::string errors_csv(const IntakeReport& report);

}  // namespace rosterd::ingest
