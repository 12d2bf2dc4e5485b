#include "commands.hpp"
#include "compose.hpp"
#include "context.hpp"
#include "exit_code.hpp"

#include <utility>

namespace rosterd::cli {

int run(const Serve& command) {
  const World world = make_world();
  Config config = load_config(world, command.common);
  auto policy = load_policy(world, config.policy_file);
  Daemon daemon(std::move(config), std::move(policy));
  daemon.run();
  return exit_code::done;
}

}  // namespace rosterd::cli
