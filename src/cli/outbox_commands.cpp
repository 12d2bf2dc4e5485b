#include "agreement.hpp"
#include "ask_daemon.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "operator_request.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "run_task.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>

namespace rosterd::cli {

namespace {

constexpr std::chrono::minutes answer_max{2};

std::vector<EventId> ids_in(const http::UnixAnswer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !json.is_object() || !json.contains("ids")) refused(answer);
  return json["ids"].get<std::vector<EventId>>();
}

/// Asks the daemon where one runs; else does it here, under the store's lock.
template <class Direct>
std::vector<EventId> through_daemon_or_directly(
    const World& world,
    const Config& config,
    const std::string& target,
    const EventsRequest& request,
    Direct direct
) {
  DaemonPost post;
  post.target = target;
  post.json = json_of_request(request);
  post.answer_max = answer_max;
  post.look_with = "rosterd events list";
  if (const auto answer = ask_daemon(config, post)) return ids_in(*answer);
  asio::io_context loop{1};
  sqlite::StoreOptions options;
  options.path = config.store.path;
  options.now = world.clock->now();
  sqlite::Store store(options, *world.crypto, loop.get_executor());
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
  const World world = make_world();
  const Config config = load_config_without_secrets(command.common);
  EventsRequest request;
  request.selection = command.selection;
  request.by = user_name();
  EventSelection& selection = request.selection;
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
  const Instant now = world.clock->now();
  const auto directly = [&](OutboxControl& control) {
    return control.replay(selection, request.by, now);
  };
  return done(through_daemon_or_directly(world, config, "/api/events/replay", request, directly));
}

int run(const EventsCancel& command) {
  refuse_empty(command.selection);
  const World world = make_world();
  const Config config = load_config_without_secrets(command.common);
  EventsRequest request;
  request.selection = command.selection;
  request.reason = command.reason;
  request.by = user_name();
  EventSelection& selection = request.selection;
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
  const Instant now = world.clock->now();
  const auto directly = [&](OutboxControl& control) {
    return control.cancel(selection, request.reason, request.by, now);
  };
  return done(through_daemon_or_directly(world, config, "/api/events/cancel", request, directly));
}

}  // namespace rosterd::cli
