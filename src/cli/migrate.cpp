#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace rosterd::cli {

int run(const MigrateCommand& command) {
  const World world = make_world();
  const Config config = load_config_without_secrets(command.common);
  if (!command.status_only) sqlite::migrate(config.store.path, world.clock->now());
  const auto rows = sqlite::migration_status(config.store.path);
  if (command.common.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const sqlite::MigrationRow& row : rows) {
      nlohmann::ordered_json one;
      one["version"] = row.version;
      one["name"] = row.name;
      one["applied"] = row.applied;
      list.push_back(std::move(one));
    }
    std::cout << list.dump(2) << '\n';
    return exit_code::done;
  }
  Table table({"VERSION", "NAME", "STATE"});
  for (const sqlite::MigrationRow& row : rows) {
    table.add({std::to_string(row.version), row.name, row.applied ? "applied" : "to be applied"});
  }
  table.print(std::cout);
  return exit_code::done;
}

}  // namespace rosterd::cli
