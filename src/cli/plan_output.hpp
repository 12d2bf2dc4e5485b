#pragma once

#include "rosterd/sync/preview.hpp"

#include <string>

namespace rosterd::cli {

/// The dry run for people: who gains and loses what and why, then a sum by group and role.
void print_plan(const sync::Preview& preview);

/// The same for programs.
void print_plan_json(const sync::Preview& preview);

}  // namespace rosterd::cli
