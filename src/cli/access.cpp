#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "json.hpp"
#include "rosterd/base/text.hpp"
#include "run_task.hpp"
#include "table.hpp"
#include "tenant.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace rosterd::cli {

namespace {

std::string connection_of(TenantAccess& tenant, const AccessCommand& command) {
  if (command.application.empty() || !command.connection.empty()) return command.connection;
  const auto user = run_task(tenant.loop, tenant.client.user(AccountId(command.account)));
  if (!user) throw CommandError(exit_code::failed, explained(user.error()));
  if (!*user) {
    throw CommandError(
        exit_code::failed, "the tenant has no account " + printable(command.account)
    );
  }
  if ((*user)->identities.empty()) return "Username-Password-Authentication";
  return (*user)->identities.front().connection;
}

void print_access(const EffectiveAccess& access, bool with_permissions) {
  Table table({"KIND", "NAME", "HOW"});
  for (const std::string& group : access.groups) {
    const bool direct =
        std::count(access.direct_groups.begin(), access.direct_groups.end(), group) > 0;
    table.add({"group", group, direct ? "direct" : "by nesting or mapping"});
  }
  for (const EntitlementName& role : access.roles) {
    const bool direct =
        std::count(access.direct_roles.begin(), access.direct_roles.end(), role) > 0;
    table.add({"role", to_string(role), direct ? "direct" : "through a group"});
  }
  for (const std::string& permission : access.permissions) {
    table.add({"permission", permission, "through its roles"});
  }
  if (table.empty()) {
    std::cout << "This account has no groups and no roles.\n";
    return;
  }
  table.print(std::cout);
  if (!with_permissions) std::cout << "\n--application CLIENT_ID shows its permissions, too.\n";
}

}  // namespace

int run(const AccessCommand& command) {
  const World world = make_world();
  const Config config = load_config(world, command.common);
  TenantAccess tenant(world, config);
  const std::string connection = connection_of(tenant, command);
  const auto access = run_task(
      tenant.loop,
      tenant.client.effective(AccountId(command.account), command.application, connection)
  );
  if (!access) throw CommandError(exit_code::failed, explained(access.error()));
  if (command.common.json) {
    std::cout << json_of(*access).dump(2) << '\n';
  } else {
    print_access(*access, !command.application.empty());
  }
  return exit_code::done;
}

}  // namespace rosterd::cli
