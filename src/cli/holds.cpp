#include "agreement.hpp"
#include "ask_daemon.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "hold_choice.hpp"
#include "hold_output.hpp"
#include "json.hpp"
#include "operator_request.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <set>
#include <utility>

namespace rosterd::cli {

namespace {

using Json = nlohmann::ordered_json;

/// A round of the worker goes first, then the tenant is read.
constexpr std::chrono::minutes answer_max{15};
constexpr std::size_t holds_max = 10'000;

HoldOrigins origins_of(const Hold& hold, Views& views) {
  HoldOrigins origins;
  std::set<EventId> events;
  for (const HeldRemoval& removal : hold.removals) events.insert(removal.event);
  origins.time_or_policy = events.erase(0) > 0;
  for (const EventId id : events) {
    const auto row = views.event(id);
    if (row) ++origins.events[row->event.source];
    if (!row) ++origins.forgotten;
  }
  return origins;
}

/// What the answer says about the hold; nothing: there is none, or nobody understands it.
std::optional<Hold> hold_in(const Json& answer) {
  if (!answer.is_object() || !answer.contains("hold")) return std::nullopt;
  return hold_of(answer["hold"]);
}

http::UnixAnswer send(
    const Config& config,
    const HoldsDecide& command,
    const Hold& hold,
    const std::set<PersonId>& people
) {
  sync::HoldDecision decision;
  decision.hash = hold.hash;
  decision.people = people;
  decision.approve = command.approve;
  decision.by = user_name();
  decision.note = command.note;
  DaemonPost post;
  post.target = "/api/holds/decide";
  post.json = json_of_request(decision);
  post.answer_max = answer_max;
  post.doing = "the daemon decides between two rounds, which may take minutes";
  post.look_with = "rosterd holds show " + short_hash(hold);
  return ask_running_daemon(config, post);
}

bool agrees(const HoldsDecide& command, const Hold& part) {
  std::ostream& out = command.common.json ? std::cerr : std::cout;
  if (!command.yes || !command.common.json) {
    print_removals(part, out);
    out << '\n' << std::flush;
  }
  const std::string question =
      command.approve ? extent_of(part) + " will be removed. Go on?"
                      : extent_of(part) +
                            " will stay until the policy or the record no longer asks for the "
                            "removal. Go on?";
  return go_on(command.yes, question);
}

void print_decided(const HoldsDecide& command, const Hold& decided) {
  if (command.approve) {
    std::cout << "Approved. Being removed, and nothing else: " << extent_of(decided)
              << ". rosterd holds show " << short_hash(decided) << " tells how far it is.\n";
  } else {
    std::cout << "Rejected. Left until the policy or the record no longer asks for the removal: "
              << extent_of(decided) << ". rosterd holds approve " << short_hash(decided)
              << " takes it back.\n";
  }
}

void print_differing(const std::string& error, const std::optional<Hold>& now, Views& views) {
  std::cerr << "rosterd: " << error << '\n';
  if (!now) {
    std::cout << "Nothing is left of the hold: nothing asks for any of its removals any more.\n";
    return;
  }
  std::cout << "The hold as it is now:\n\n";
  print_hold(*now, origins_of(*now, views), std::cout);
}

int tell(
    const HoldsDecide& command, const http::UnixAnswer& answer, const Hold& asked, Views& views
) {
  const auto json = Json::parse(answer.body, nullptr, false);
  const bool differs = answer.status == 409 && json.is_object() && json.contains("hold");
  if (answer.status != 200 && !differs) refused(answer);
  const int code = differs ? exit_code::failed : exit_code::done;
  if (command.common.json) {
    std::cout << json.dump(2) << '\n';
  } else if (differs) {
    print_differing(error_in(answer), hold_in(json), views);
  } else {
    print_decided(command, hold_in(json).value_or(asked));
  }
  return code;
}

}  // namespace

int run(const HoldsList& command) {
  const Config config = load_config_without_secrets(command.common);
  const auto holds = load_views(config)->holds(command.all, command.limit);
  if (command.common.json) {
    Json list = Json::array();
    for (const Hold& hold : holds) list.push_back(json_of(hold));
    std::cout << list.dump(2) << '\n';
    return exit_code::done;
  }
  if (holds.empty()) {
    std::cout
        << (command.all ? "No hold is kept: nothing had to wait for approval.\n"
                        : "No hold is in force: no removal waits for approval.\n");
    return exit_code::done;
  }
  print_holds(holds, std::cout);
  std::cout << "\nrosterd holds show " << short_hash(holds.front()) << " tells more.";
  if (holds.size() == command.limit) std::cout << " There may be more; --limit shows them.";
  std::cout << '\n';
  return exit_code::done;
}

int run(const HoldsShow& command) {
  const Config config = load_config_without_secrets(command.common);
  const auto views = load_views(config);
  const auto holds = views->holds(true, holds_max);
  const Hold& hold = choose_hold(holds, command.hash);
  if (command.common.json) {
    std::cout << json_of(hold).dump(2) << '\n';
  } else {
    print_hold(hold, origins_of(hold, *views), std::cout);
  }
  return exit_code::done;
}

int run(const HoldsDecide& command) {
  const Config config = load_config_without_secrets(command.common);
  const auto views = load_views(config);
  const auto holds = views->holds(true, holds_max);
  const Hold& hold = choose_hold(holds, command.hash);
  refuse_undecidable(hold, command.approve);
  std::set<PersonId> people;
  for (const std::string& person : command.people) people.emplace(person);
  const Hold part = only(hold, people);
  expect_daemon(config);
  if (!agrees(command, part)) return exit_code::failed;
  return tell(command, send(config, command, hold, people), part, *views);
}

}  // namespace rosterd::cli
