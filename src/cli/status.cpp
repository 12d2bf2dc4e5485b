#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "json.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace rosterd::cli {

namespace {

Tone tone_of(EventState state) {
  switch (state) {
    case EventState::dead:
      return Tone::bad;
    case EventState::retrying:
    case EventState::held:
      return Tone::careful;
    case EventState::applied:
      return Tone::good;
    case EventState::pending:
    case EventState::running:
    case EventState::scheduled:
    case EventState::waiting:
    case EventState::superseded:
    case EventState::ignored:
    case EventState::cancelled:
      return Tone::plain;
  }
  std::abort();
}

void print_events(const StatusView& view, Instant now) {
  Table table({"EVENTS", "COUNT"});
  for (const auto& [state, count] : view.events) {
    const Tone tone = count == 0 ? Tone::dim : tone_of(state);
    table.add({Cell(std::string(to_string(state)), tone), std::to_string(count)});
  }
  table.print(std::cout);
  if (view.oldest_open_received_at) {
    std::cout << "\nThe oldest open event was received " << brief(*view.oldest_open_received_at)
              << ", " << to_string(Duration{now - *view.oldest_open_received_at}) << " ago.\n";
  }
}

void print_people(const StatusView& view) {
  std::cout << '\n' << counted(view.people, "person", "people");
  for (const auto& [state, count] : view.people_by_status) {
    std::cout << ", " << count << ' ' << to_string(state);
  }
  std::cout << "; " << counted(view.links, "account", "accounts") << " linked; "
            << counted(view.ledger, "assignment", "assignments") << " in the ledger; policy "
            << (view.policy_version.empty() ? "none yet" : view.policy_version) << ".\n";
}

void print_files(const StatusView& view) {
  if (view.intakes.empty()) return;
  std::cout << '\n';
  Table table({"FILE", "DROP", "STATE", "TAKEN", "ROWS", "FAILED", "JOINED", "CHANGED", "LEFT"});
  for (const Intake& intake : view.intakes) {
    table.add({
        intake.file_name,
        intake.source,
        std::string(to_string(intake.state)),
        brief(intake.taken_at),
        std::to_string(intake.rows),
        std::to_string(intake.rows_failed),
        std::to_string(intake.joined),
        std::to_string(intake.changed),
        std::to_string(intake.left),
    });
  }
  table.print(std::cout);
}

}  // namespace

int run(const Status& command) {
  const World world = make_world();
  const Config config = load_config_without_secrets(command.common);
  const auto views = load_views(config);
  const StatusView view = views->status();
  if (command.common.json) {
    std::cout << json_of(view).dump(2) << '\n';
    return exit_code::done;
  }
  print_events(view, world.clock->now());
  print_people(view);
  print_files(view);
  return exit_code::done;
}

}  // namespace rosterd::cli
