#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
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

std::string name_of(const Attributes& attributes) {
  const std::string display = attribute_text(attributes, "display_name");
  if (!display.empty()) return display;
  const std::string given = attribute_text(attributes, "given_name");
  return std::string(trim(given + " " + attribute_text(attributes, "family_name")));
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

}  // namespace

int run(const PeopleList& command) {
  const World world = make_world();
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
  const auto row = views->person(PersonId(command.id));
  if (!row) {
    throw CommandError(
        exit_code::failed,
        "there is no person " + printable(command.id) +
            "; rosterd people list TEXT finds by part of an id, name or address"
    );
  }
  const Lifecycle lifecycle =
      lifecycle_of(row->record.attributes, policy->lifecycle, *world.zones, world.clock->now());
  const auto operations = views->operations_of(row->record.id, 50);
  if (command.common.json) {
    auto json = json_of(*row);
    json["lifecycle"] = to_string(lifecycle.state);
    json["lifecycle_why"] = lifecycle.why;
    json["lifecycle_changes_at"] = json_of(lifecycle.next_change_at);
    json["operations"] = nlohmann::ordered_json::array();
    for (const OperationRecord& record : operations) json["operations"].push_back(json_of(record));
    std::cout << json.dump(2) << '\n';
    return exit_code::done;
  }
  print_person(*row, lifecycle);
  print_assignments(*row);
  print_operations(operations, std::cout);
  return exit_code::done;
}

}  // namespace rosterd::cli
