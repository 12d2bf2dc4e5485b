#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "given_up.hpp"
#include "json.hpp"
#include "status_output.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace rosterd::cli {

int run(const Status& command) {
  const World world = make_world();
  const Config config = load_config_without_secrets(command.common);
  const auto views = load_views(config);
  const StatusView view = views->status();
  StatusExtras extras;
  extras.storage_limit = config.target.storage_bytes_max;
  extras.leavers_given_up = leavers_given_up(*views);
  if (view.contended > 0) extras.contended = views->drift();
  std::erase_if(extras.contended, [](const DriftRow& row) { return !row.contended(); });
  if (command.common.json) {
    std::cout << json_of(view, extras).dump(2) << '\n';
  } else {
    print_status(view, extras, world.clock->now(), std::cout);
  }
  return exit_code::done;
}

}  // namespace rosterd::cli
