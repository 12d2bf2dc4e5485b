#include "blast_radius.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "file_report.hpp"
#include "plan_output.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/sync/preview.hpp"
#include "run_task.hpp"
#include "snapshot.hpp"
#include "tenant.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <optional>

namespace rosterd::cli {

namespace {

std::unique_ptr<Views> views_if_any(const Config& config) {
  if (!std::filesystem::exists(config.store.path)) return nullptr;
  return load_views(config);
}

/// The events that the file would bring; throws when the file as a whole cannot be taken.
std::vector<ChangeEvent> events_of_file(
    const PlanCommand& command,
    const World& world,
    const Config& config,
    TenantAccess& tenant,
    Snapshot& snapshot
) {
  const DropConfig& drop = choose_drop(config, command.drop);
  ingest::FileIntake intake({snapshot, *world.crypto, *world.clock, *world.zones, tenant.log});
  FileProgress progress;
  ingest::IntakeOptions options;
  options.even_if_repeated = true;
  options.progress = [&](const ingest::IntakeProgress& at) { progress.show(at); };
  auto changes = run_task(tenant.loop, intake.preview(drop, command.roster, std::move(options)));
  progress.clear();
  constexpr std::size_t rows_max = 10'000;
  std::ostream& out = command.common.json ? std::cerr : std::cout;
  print_report(changes.report, rows_max, out);
  out << '\n';
  if (changes.report.intake.state == IntakeState::rejected) {
    throw CommandError(exit_code::failed, "the file would be rejected");
  }
  if (changes.report.intake.state == IntakeState::held) {
    out << "The file would be held: nothing of it would be done before somebody approves it.\n";
  }
  return std::move(changes.events);
}

void keep_only(const PersonId& person, sync::PreviewInput& input) {
  std::erase_if(input.people, [&](const WorkPerson& one) { return one.record.id != person; });
  std::erase_if(input.events, [&](const ChangeEvent& one) { return one.person != person; });
  if (input.people.empty() && input.events.empty()) {
    throw CommandError(exit_code::failed, "nobody knows person " + printable(person.value));
  }
}

/// Nothing: no other policy was named, or none is in force to compare it with.
std::optional<BlastRadius> radius_of(
    const PlanCommand& command,
    const World& world,
    const Config& config,
    const Policy& after,
    const std::vector<WorkPerson>& people
) {
  if (command.policy.empty() || !std::filesystem::exists(config.policy_file)) return std::nullopt;
  const auto before = load_policy(world, config.policy_file);
  return blast_radius(people, *before, after, *world.zones, world.clock->now());
}

}  // namespace

int run(const PlanCommand& command) {
  const World world = make_world();
  const Config config = load_config(world, command.common);
  const auto policy =
      load_policy(world, command.policy.empty() ? config.policy_file : command.policy);
  if (!command.roster.empty()) refuse_missing_file(command.roster);
  const auto views = views_if_any(config);
  Snapshot snapshot(views.get());
  TenantAccess tenant(world, config);

  sync::PreviewInput input;
  input.people = snapshot.people();
  input.events = snapshot.open_events();
  if (views) {
    input.guard = views->guard_state(world.clock->now(), config.guard.longest_window());
  }
  if (!command.roster.empty()) {
    auto events = events_of_file(command, world, config, tenant, snapshot);
    std::move(events.begin(), events.end(), std::back_inserter(input.events));
  }
  if (!command.person.empty()) keep_only(PersonId(command.person), input);
  const auto radius = radius_of(command, world, config, *policy, input.people);

  const sync::Previewer::Parts parts{
      tenant.client, tenant.client, snapshot, *world.zones, *world.clock};
  sync::Previewer previewer(parts, policy, config.guard, config.worker.bulk_lookup_min);
  const auto preview = run_task(tenant.loop, previewer.preview(std::move(input)));
  if (!preview) throw CommandError(exit_code::failed, explained(preview.error()));
  const BlastRadius* shown = radius ? &*radius : nullptr;
  if (command.common.json) {
    std::cout << json_of(*preview, shown).dump(2) << '\n';
  } else {
    print_plan(*preview, shown, std::cout);
  }
  return exit_code_of(*preview);
}

}  // namespace rosterd::cli
