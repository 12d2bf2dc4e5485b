#include "rosterd/ingest/file_intake.hpp"

#include "ingest/intake_run.hpp"

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

}  // namespace rosterd::ingest
