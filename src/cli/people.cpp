#include "people.hpp"

#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "history.hpp"
#include "history_output.hpp"
#include "json.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/domain/lifecycle.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace rosterd::cli {

namespace {

std::string joined(const std::vector<AccountId>& accounts) {
  std::string text;
  for (const AccountId& account : accounts) text += (text.empty() ? "" : ", ") + account.value;
  return text.empty() ? "none yet" : text;
}

std::string attribute_text(const Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? "" : to_text(found->second);
}

void print_assignments(const PersonRow& row) {
  if (row.ledger.empty()) {
    std::cout << "\nNo assignment of this person is in the ledger.\n";
    return;
  }
  std::cout << '\n';
  Table table({"ASSIGNMENT", "KIND", "ACCOUNT", "WHY", "EVENT", "POLICY", "SINCE"});
  for (const LedgerEntry& entry : row.ledger) {
    table.add({
        to_string(entry.name),
        std::string(to_string(entry.entitlement.kind)),
        entry.account.value,
        entry.rule + (entry.adopted ? " (was there already)" : ""),
        entry.event == 0 ? "time or policy" : std::to_string(entry.event),
        entry.policy_version,
        brief(entry.since),
    });
  }
  table.print(std::cout);
}

void print_person(const PersonRow& row, const Lifecycle& lifecycle) {
  std::cout << "Person " << printable(row.record.id.value) << '\n';
  Table table({"", ""});
  table.add({"lifecycle", std::string(to_string(lifecycle.state)) + ": " + lifecycle.why});
  if (lifecycle.next_change_at) table.add({"changes at", brief(*lifecycle.next_change_at)});
  table.add({"accounts", joined(row.accounts)});
  table.add({"first seen", brief(row.record.first_seen)});
  table.add({"changed", brief(row.record.changed_at)});
  if (row.record.stale) table.add({"stale", "something changed; its values have not arrived yet"});
  if (row.account_recheck_at) table.add({"accounts again at", brief(*row.account_recheck_at)});
  for (const auto& [name, value] : row.record.attributes) table.add({"  " + name, to_text(value)});
  table.print(std::cout);
}

int show_earlier(
    const PeopleShow& command, Views& views, const PersonRow& row, const HistoryRules& rules
) {
  if (*command.at > rules.now) {
    throw CommandError(
        exit_code::usage,
        to_string(*command.at) + " has not come; rosterd people explain " + printable(command.id) +
            " says what will change, and when"
    );
  }
  constexpr std::size_t all_of_them = 1'000'000;
  KeptHistory kept;
  kept.now = row;
  kept.events = events_of(views, row.record.id);
  kept.operations = views.operations_of(row.record.id, all_of_them);
  const PersonThen then = person_at(kept, rules, *command.at);
  if (command.common.json) {
    std::cout << json_of(then).dump(2) << '\n';
  } else {
    print_history(then, std::cout);
  }
  return exit_code::done;
}

}  // namespace

int run(const PeopleList& command) {
  const Config config = load_config_without_secrets(command.common);
  const auto views = load_views(config);
  const auto rows = views->people(command.search, PersonId(), command.limit);
  if (command.common.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const PersonRow& row : rows) list.push_back(json_of(row));
    std::cout << list.dump(2) << '\n';
    return exit_code::done;
  }
  Table table({"ID", "NAME", "STATUS", "DEPARTMENT", "ACCOUNTS", "ASSIGNMENTS"});
  for (const PersonRow& row : rows) {
    table.add({
        row.record.id.value,
        name_of(row.record.attributes),
        attribute_text(row.record.attributes, attribute::status),
        attribute_text(row.record.attributes, "department"),
        joined(row.accounts),
        std::to_string(row.ledger.size()),
    });
  }
  table.print(std::cout);
  if (rows.size() == command.limit) std::cout << "\nThere may be more; --limit shows them.\n";
  return exit_code::done;
}

int run(const PeopleShow& command) {
  const World world = make_world();
  const Config config = load_config_without_secrets(command.common);
  const auto policy = load_policy(world, config.policy_file);
  const auto views = load_views(config);
  const PersonRow row = known_person(*views, command.id);
  const Instant now = world.clock->now();
  if (command.at) {
    const HistoryRules rules{.policy = *policy, .zones = *world.zones, .now = now};
    return show_earlier(command, *views, row, rules);
  }
  const Lifecycle lifecycle =
      lifecycle_of(row.record.attributes, policy->lifecycle, *world.zones, now);
  const auto operations = views->operations_of(row.record.id, 50);
  if (command.common.json) {
    auto json = json_of(row);
    json["lifecycle"] = to_string(lifecycle.state);
    json["lifecycle_why"] = lifecycle.why;
    json["lifecycle_changes_at"] = json_of(lifecycle.next_change_at);
    json["operations"] = nlohmann::ordered_json::array();
    for (const OperationRecord& record : operations) json["operations"].push_back(json_of(record));
    std::cout << json.dump(2) << '\n';
    return exit_code::done;
  }
  print_person(row, lifecycle);
  print_assignments(row);
  print_operations(operations, std::cout);
  return exit_code::done;
}

std::string name_of(const Attributes& attributes) {
  const std::string display = attribute_text(attributes, "display_name");
  if (!display.empty()) return display;
  const std::string given = attribute_text(attributes, "given_name");
  return std::string(trim(given + " " + attribute_text(attributes, "family_name")));
}

PersonRow known_person(Views& views, const std::string& id) {
  auto row = views.person(PersonId(id));
  if (row) return std::move(*row);
  throw CommandError(
      exit_code::failed,
      "there is no person " + printable(id) +
          "; rosterd people list TEXT finds by part of an id, name or address"
  );
}

std::vector<EventRow> events_of(Views& views, const PersonId& person) {
  constexpr std::size_t all_of_them = 1'000'000;
  EventSelection selection;
  selection.person = person;
  return views.events(selection, all_of_them);
}

}  // namespace rosterd::cli
