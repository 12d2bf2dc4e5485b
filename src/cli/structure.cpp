#include "rosterd/sync/structure.hpp"

#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "run_task.hpp"
#include "table.hpp"
#include "tenant.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace rosterd::cli {

namespace {

int show_plan(const StructurePlan& plan, bool json) {
  if (json) {
    nlohmann::ordered_json out;
    out["steps"] = nlohmann::ordered_json::array();
    for (const StructureStep& step : plan.steps) out["steps"].push_back(step.text);
    out["later"] = plan.later;
    out["problems"] = plan.problems;
    std::cout << out.dump(2) << '\n';
  } else {
    for (const StructureStep& step : plan.steps)
      std::cout << toned("+ " + step.text, Tone::good) << '\n';
    for (const std::string& later : plan.later)
      std::cout << toned("+ " + later, Tone::good) << '\n';
    for (const std::string& problem : plan.problems) {
      std::cout << toned("! " + problem, Tone::bad) << '\n';
    }
    const std::size_t steps = plan.steps.size() + plan.later.size();
    if (steps == 0 && plan.problems.empty()) {
      std::cout << "The tenant has everything that the policy declares.\n";
    } else {
      std::cout << '\n'
                << counted(steps, "thing", "things") << " to make or complete"
                << "; rosterd structure apply does it, and deletes nothing.\n";
    }
  }
  if (!plan.problems.empty()) return exit_code::failed;
  return plan.steps.empty() && plan.later.empty() ? exit_code::done : exit_code::changes;
}

int show_report(const sync::StructureSync::Report& report, bool json) {
  if (json) {
    nlohmann::ordered_json out;
    out["done"] = report.done;
    out["problems"] = report.problems;
    out["error"] = report.error ? nlohmann::ordered_json(explained(*report.error)) : nullptr;
    out["failed_step"] = report.error ? nlohmann::ordered_json(report.failed_step) : nullptr;
    std::cout << out.dump(2) << '\n';
  } else {
    for (const std::string& done : report.done) std::cout << toned("+ " + done, Tone::good) << '\n';
    for (const std::string& problem : report.problems) {
      std::cout << toned("! " + problem, Tone::bad) << '\n';
    }
    if (report.done.empty() && !report.error) std::cout << "There was nothing to make.\n";
  }
  if (report.error) {
    throw CommandError(exit_code::failed, report.failed_step + ": " + explained(*report.error));
  }
  return report.problems.empty() ? exit_code::done : exit_code::failed;
}

}  // namespace

int run(const StructureCommand& command) {
  const World world = make_world();
  const Config config = load_config(world, command.common);
  const auto policy = load_policy(world, config.policy_file);
  TenantAccess tenant(world, config);
  sync::StructureSync structure(tenant.client, tenant.client);
  if (command.apply) {
    return show_report(run_task(tenant.loop, structure.apply(*policy)), command.common.json);
  }
  const auto plan = run_task(tenant.loop, structure.plan(*policy));
  if (!plan) throw CommandError(exit_code::failed, explained(plan.error()));
  return show_plan(*plan, command.common.json);
}

}  // namespace rosterd::cli
