#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "operator_api.hpp"
#include "rosterd/adapters/http/unix_client.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "run_task.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <unistd.h>

namespace rosterd::cli {

namespace {

/// Whether the person at the terminal agrees; without a terminal nobody does.
bool agreed(const std::string& question) {
  if (isatty(STDIN_FILENO) != 1) {
    throw CommandError(exit_code::usage, question + " Nobody is there to say; --yes does it.");
  }
  std::cerr << question << " [y/N] ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

std::vector<EventId> ids_in(const http::UnixAnswer& answer) {
  if (answer.status != 200) {
    throw CommandError(exit_code::failed, "the daemon refused: " + answer.body);
  }
  return nlohmann::json::parse(answer.body).at("ids").get<std::vector<EventId>>();
}

/// Asks the daemon where one runs; else does it here, under the store's lock.
template <class Direct>
std::vector<EventId> through_daemon_or_directly(
    const Config& config, const std::string& target, const std::string& body, Direct direct
) {
  if (!config.operator_.socket.empty()) {
    if (const auto answer = http::post_to_socket(config.operator_.socket, target, body)) {
      return ids_in(*answer);
    }
  }
  asio::io_context loop{1};
  sqlite::StoreOptions options;
  options.path = config.store.path;
  sqlite::Store store(options, loop.get_executor());
  auto ids = run_task(loop, direct(store.control()));
  store.close();
  return ids;
}

void print_ids(const std::vector<EventId>& ids, bool json, const std::string& what) {
  if (json) {
    nlohmann::ordered_json out;
    out["ids"] = ids;
    std::cout << out.dump(2) << '\n';
    return;
  }
  std::cout << counted(ids.size(), "event", "events") << ' ' << what;
  if (!ids.empty() && ids.size() <= 20) {
    std::cout << ':';
    for (const EventId id : ids) std::cout << ' ' << id;
  }
  std::cout << ".\n";
}

/// Who names an event means it, whatever became of it; who describes events means the dead ones.
std::vector<EventState> replayable(const EventSelection& selection) {
  if (selection.ids.empty()) return {EventState::dead};
  std::vector<EventState> states;
  for (const EventState state : all_event_states()) {
    if (is_final(state)) states.push_back(state);
  }
  return states;
}

void refuse_empty(const EventSelection& selection) {
  if (!selection.empty()) return;
  throw CommandError(
      exit_code::usage,
      "which events? Say --id, --person, --state, --class, --source, --from or --to"
  );
}

}  // namespace

int run(const EventsReplay& command) {
  refuse_empty(command.selection);
  const World world = make_world();
  const Config config = load_config_without_secrets(command.common);
  EventSelection selection = command.selection;
  if (selection.states.empty()) selection.states = replayable(selection);
  const auto count = load_views(config)->count(selection);
  if (!command.yes && count > 0 &&
      !agreed(counted(count, "event", "events") + " will go through the outbox again. Go on?")) {
    return exit_code::failed;
  }
  const auto ids = through_daemon_or_directly(
      config,
      "/api/events/replay",
      selection_json(selection, ""),
      [&](OutboxControl& control) { return control.replay(selection, world.clock->now()); }
  );
  print_ids(ids, command.common.json, "put into the outbox again");
  return exit_code::done;
}

int run(const EventsCancel& command) {
  refuse_empty(command.selection);
  const World world = make_world();
  const Config config = load_config_without_secrets(command.common);
  const auto count = load_views(config)->count(command.selection);
  if (!command.yes && count > 0 &&
      !agreed("Up to " + counted(count, "event", "events") + " will be cancelled. Go on?")) {
    return exit_code::failed;
  }
  const auto ids = through_daemon_or_directly(
      config,
      "/api/events/cancel",
      selection_json(command.selection, command.reason),
      [&](OutboxControl& control) {
        return control.cancel(command.selection, command.reason, world.clock->now());
      }
  );
  print_ids(ids, command.common.json, "cancelled");
  return exit_code::done;
}

}  // namespace rosterd::cli
