#include "commands.hpp"
#include "context.hpp"
#include "event_in_full.hpp"
#include "exit_code.hpp"
#include "json.hpp"
#include "rosterd/base/text.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace rosterd::cli {

namespace {

std::string attempts_text(const EventRow& row) {
  std::string text = std::to_string(row.attempts);
  if (row.next_attempt_at) text += ", next " + brief(*row.next_attempt_at);
  return text;
}

void print_table(const std::vector<EventRow>& rows) {
  Table table({"ID", "RECEIVED", "SOURCE", "TYPE", "PERSON", "STATE", "ATTEMPTS", "REASON"});
  for (const EventRow& row : rows) {
    table.add({
        std::to_string(row.id),
        brief(row.received_at),
        row.event.source,
        row.event.type_text,
        row.event.person.value,
        std::string(to_string(row.state)),
        attempts_text(row),
        row.reason,
    });
  }
  table.print(std::cout);
}

void print_event(const EventRow& row) {
  std::cout << "Event " << row.id << " (" << printable(row.event.external_id) << ") of source "
            << printable(row.event.source) << '\n';
  Table table({"", ""});
  table.add({"type", row.event.type_text + ", " + std::string(to_string(row.event.mode))});
  table.add({"person", row.event.person.value});
  table.add({"received", brief(row.received_at)});
  if (row.event.occurred_at) table.add({"occurred", brief(*row.event.occurred_at)});
  if (!row.event.sequence.empty()) table.add({"sequence", row.event.sequence});
  table.add({"state", std::string(to_string(row.state))});
  table.add({"attempts", attempts_text(row)});
  if (row.error) table.add({"class", std::string(to_string(*row.error))});
  if (!row.reason.empty()) table.add({"reason", row.reason});
  if (row.finished_at) table.add({"finished", brief(*row.finished_at)});
  if (row.replay_of) table.add({"replay of", std::to_string(*row.replay_of)});
  for (const auto& [name, value] : row.event.attributes) {
    table.add({"  " + name, value ? to_text(*value) : "(cleared)"});
  }
  table.print(std::cout);
}

void print_attempts(const std::vector<AttemptRow>& attempts) {
  if (attempts.empty()) return;
  std::cout << '\n';
  Table table({"ATTEMPT", "AT", "CLASS", "REASON"});
  for (const AttemptRow& attempt : attempts) {
    table.add({
        std::to_string(attempt.number),
        brief(attempt.at),
        attempt.error ? std::string(to_string(*attempt.error)) : "",
        attempt.reason,
    });
  }
  table.print(std::cout);
}

}  // namespace

int run(const EventsList& command) {
  const Config config = load_config_without_secrets(command.common);
  const auto views = load_views(config);
  const auto rows = views->events(command.selection, command.limit);
  if (command.common.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const EventRow& row : rows) list.push_back(json_of(row));
    std::cout << list.dump(2) << '\n';
    return exit_code::done;
  }
  print_table(rows);
  const auto total = views->count(command.selection);
  if (total > rows.size()) {
    std::cout << "\n" << rows.size() << " of " << total << " events; --limit shows more.\n";
  }
  return exit_code::done;
}

int run(const EventsShow& command) {
  const Config config = load_config_without_secrets(command.common);
  const auto views = load_views(config);
  const auto event = event_in_full(*views, command.id);
  if (!event) {
    throw CommandError(
        exit_code::failed,
        "there is no event " + std::to_string(command.id) +
            "; rosterd events list shows those there are"
    );
  }
  if (command.common.json) {
    std::cout << json_of(*event).dump(2) << '\n';
    return exit_code::done;
  }
  print_event(event->row);
  print_attempts(event->attempts);
  print_operations(event->operations, std::cout);
  return exit_code::done;
}

}  // namespace rosterd::cli
