#pragma once

#include "blast_radius.hpp"
#include "rosterd/sync/preview.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <ostream>
#include <string>

namespace rosterd::cli {

/// What a dry run could not plan, counted.
struct PlanTrouble {
  std::size_t unplanned = 0;  ///< people without a plan: no account, several, another's
  std::size_t unasked = 0;    ///< of them, those about whom the tenant gave no usable answer
  std::size_t unknown = 0;    ///< groups and roles that rules name and the tenant lacks
};
PlanTrouble trouble_of(const sync::Preview& preview);

/// Failed when the tenant could not be asked about somebody: the plan is not the whole one. Else
/// whether there is something to do, approved or not.
int exit_code_of(const sync::Preview& preview);

/// A sentence on what could not be planned; empty when all could.
std::string in_words(const PlanTrouble& trouble);

/// The dry run for people: who gains and loses what and why, then by group and role who does, then
/// what the guard would hold. `radius`: of a policy that is not in force; may be null.
void print_plan(const sync::Preview& preview, const BlastRadius* radius, std::ostream& out);

/// The same for programs; keys are stable.
nlohmann::ordered_json json_of(const sync::Preview& preview, const BlastRadius* radius);

}  // namespace rosterd::cli
