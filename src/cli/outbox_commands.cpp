#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "operator_api.hpp"
#include "rosterd/adapters/http/unix_client.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/base/text.hpp"
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
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !json.is_object() || !json.contains("ids")) {
    const bool said = json.is_object() && json.contains("error") && json["error"].is_string();
    throw CommandError(
        exit_code::failed,
        "the daemon refused (HTTP " + std::to_string(answer.status) + ")" +
            (said ? ": " + printable(json["error"].get<std::string>()) : std::string())
    );
  }
  return json["ids"].get<std::vector<EventId>>();
}

/// Asks the daemon where one runs; else does it here, under the store's lock.
template <class Direct>
std::vector<EventId> through_daemon_or_directly(
    const Config& config,
    Instant now,
    const std::string& target,
    const std::string& body,
    Direct direct
) {
  if (!config.operator_.socket.empty()) {
    if (const auto answer = http::post_to_socket(config.operator_.socket, target, body)) {
      return ids_in(*answer);
    }
  }
  asio::io_context loop{1};
  sqlite::StoreOptions options;
  options.path = config.store.path;
  options.now = now;
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
  if (ids.empty()) {
    std::cout << "No event that can be " << what << " matches; nothing was done.\n";
    return;
  }
  std::cout << counted(ids.size(), "event", "events") << ' ' << what;
  if (ids.size() <= 20) {
    std::cout << ':';
    for (const EventId id : ids) std::cout << ' ' << id;
  }
  std::cout << ".\n";
}

/// Whether it is to be done: somebody said so, now or with `--yes`.
bool go_on(bool yes, const std::string& question) {
  if (yes || agreed(question)) return true;
  std::cerr << "Nothing was done.\n";
  return false;
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

/// What is being sent cannot be called back.
std::vector<EventState> cancellable() {
  std::vector<EventState> states;
  for (const EventState state : all_event_states()) {
    if (!is_final(state) && state != EventState::running) states.push_back(state);
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
  const Instant now = make_world().clock->now();
  const Config config = load_config_without_secrets(command.common);
  EventSelection selection = command.selection;
  if (selection.states.empty()) selection.states = replayable(selection);
  const auto done = [&](const std::vector<EventId>& ids) {
    print_ids(ids, command.common.json, "put into the outbox again");
    return exit_code::done;
  };
  const auto count = load_views(config)->count(selection);
  if (count == 0) return done({});
  if (!go_on(
          command.yes,
          counted(count, "event", "events") + " will go through the outbox again. Go on?"
      )) {
    return exit_code::failed;
  }
  return done(through_daemon_or_directly(
      config,
      now,
      "/api/events/replay",
      selection_json(selection, ""),
      [&](OutboxControl& control) { return control.replay(selection, now); }
  ));
}

int run(const EventsCancel& command) {
  refuse_empty(command.selection);
  const Instant now = make_world().clock->now();
  const Config config = load_config_without_secrets(command.common);
  EventSelection selection = command.selection;
  if (selection.states.empty()) selection.states = cancellable();
  const auto done = [&](const std::vector<EventId>& ids) {
    print_ids(ids, command.common.json, "cancelled");
    return exit_code::done;
  };
  const auto count = load_views(config)->count(selection);
  if (count == 0) return done({});
  if (!go_on(
          command.yes, "Up to " + counted(count, "event", "events") + " will be cancelled. Go on?"
      )) {
    return exit_code::failed;
  }
  return done(through_daemon_or_directly(
      config,
      now,
      "/api/events/cancel",
      selection_json(selection, command.reason),
      [&](OutboxControl& control) { return control.cancel(selection, command.reason, now); }
  ));
}

}  // namespace rosterd::cli
