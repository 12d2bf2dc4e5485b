#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "explain_input.hpp"
#include "explain_output.hpp"
#include "people.hpp"
#include "rosterd/sync/tenant_mirror.hpp"
#include "run_task.hpp"
#include "tenant.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace rosterd::cli {

namespace {

Config config_for(const World& world, const PeopleExplain& command) {
  if (command.offline) return load_config_without_secrets(command.common);
  try {
    return load_config(world, command.common);
  } catch (const CommandError& error) {
    throw CommandError(
        error.exit_code(),
        std::string(error.what()) +
            "\nrosterd people explain --offline needs no secrets: it explains from the store alone"
    );
  }
}

/// Reads groups, roles and effective access; gives what could not be read, for people.
std::string ask_tenant(const World& world, const Config& config, sync::ExplainInput& input) {
  TenantAccess tenant(world, config);
  sync::TenantMirror mirror(tenant.client, *world.clock);
  if (const auto unread = run_task(tenant.loop, mirror.read())) return explained(*unread);
  input.tenant = mirror.state();
  for (const AccountId& account : input.person.accounts) {
    const auto access = run_task(tenant.loop, tenant.client.effective(account, "", ""));
    if (!access) return "of account " + account.value + ", " + explained(access.error());
    input.effective.emplace(account, *access);
  }
  return "";
}

}  // namespace

int run(const PeopleExplain& command) {
  const World world = make_world();
  const Config config = config_for(world, command);
  const auto policy = load_policy(world, config.policy_file);
  const auto views = load_views(config);
  const Instant now = world.clock->now();

  const PersonRow row = known_person(*views, command.id);
  sync::ExplainInput input = explain_input(*views, row, config.guard, now);
  ExplainedPerson person;
  person.record = row.record;
  person.tenant_asked = !command.offline;
  if (!command.offline) person.tenant_problem = ask_tenant(world, config, input);
  person.explanation = sync::explain(input, {*policy, config.guard, *world.zones, now});
  person.events = std::move(input.events);
  if (command.common.json) {
    std::cout << json_of(person).dump(2) << '\n';
  } else {
    print_explanation(person, std::cout);
  }
  return exit_code::done;
}

}  // namespace rosterd::cli
