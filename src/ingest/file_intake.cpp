#include "rosterd/ingest/file_intake.hpp"

#include "ingest/intake_run.hpp"

#include <cstdlib>
#include <utility>

namespace rosterd::ingest {

Task<IntakeReport> FileIntake::run(
    const DropConfig& config, std::filesystem::path file, IntakeOptions options
) {
  IntakeRun run(parts_, config, std::move(file), std::move(options));
  co_await run.into_store();
  co_return std::move(run.report());
}

Task<RosterChanges> FileIntake::preview(
    const DropConfig& config, std::filesystem::path file, IntakeOptions options
) {
  IntakeRun run(parts_, config, std::move(file), std::move(options));
  RosterChanges changes;
  changes.events = co_await run.into_list();
  changes.report = std::move(run.report());
  co_return changes;
}

Task<FileVerdict> DropIntake::handle(std::filesystem::path file) {
  const IntakeReport report = co_await intake_.run(config_, std::move(file), options_);
  FileVerdict verdict;
  verdict.errors_csv = errors_csv(report);
  switch (report.intake.state) {
    case IntakeState::done:
    case IntakeState::repeated:
      verdict.outcome = FileVerdict::Outcome::done;
      co_return verdict;
    case IntakeState::rejected:
      verdict.outcome = FileVerdict::Outcome::rejected;
      co_return verdict;
    case IntakeState::held:
      verdict.outcome = FileVerdict::Outcome::held;
      co_return verdict;
    case IntakeState::reading:
      break;
  }
  std::abort();
}

}  // namespace rosterd::ingest
