#include "adapters/toml/guard_reader.hpp"

#include <limits>
#include <string>

namespace rosterd::config_files {

namespace {

constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();
constexpr Duration window_min = 1min;
constexpr Duration every_min = 1min;

void read_budget(TableReader& table, const std::string& name, GuardSettings::Budget& budget) {
  table.integer(name + "_at_least", budget.at_least, 0, unlimited);
  table.part(name + "_part", budget.part);
  table.duration(name + "_window", budget.window, window_min);
}

}  // namespace

void read_guard(TableReader& table, GuardSettings& guard) {
  table.boolean("enabled", guard.enabled);
  read_budget(table, "removals", guard.removals);
  read_budget(table, "leavers", guard.leavers);
  table.integer("emptied_members_max", guard.emptied_members_max, 0, unlimited);
  table.duration("emptied_window", guard.emptied_window, window_min);
}

void read_reconcile(TableReader& table, ReconcileConfig& reconcile) {
  Duration every = reconcile.every;
  if (table.duration("every", every)) {
    if (every == Duration{0} || every >= every_min) {
      reconcile.every = every;
    } else {
      table.problem(
          "every",
          "every is " + rosterd::to_string(every) + ", should be at least " +
              rosterd::to_string(every_min) + ", or \"0s\": only on command"
      );
    }
  }
  table.boolean("repair", reconcile.repair);
}

}  // namespace rosterd::config_files
