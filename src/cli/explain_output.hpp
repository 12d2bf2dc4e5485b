#pragma once

#include "rosterd/domain/person.hpp"
#include "rosterd/sync/explain.hpp"

#include <nlohmann/json_fwd.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace rosterd::cli {

/// An explanation with what stands around it.
struct ExplainedPerson {
  PersonRecord record;
  std::vector<EventRow> events;  ///< those that are kept, for where an attribute comes from
  sync::Explanation explanation;
  bool tenant_asked = true;
  std::string
      tenant_problem;  ///< why the tenant, or a part of it, could not be read; empty: it was
};

/// What people read: first who it is and where they stand, then what they have and why, what they
/// have not and why not, then attributes and events.
void print_explanation(const ExplainedPerson& person, std::ostream& out);

/// The same for programs; keys are stable.
nlohmann::ordered_json json_of(const ExplainedPerson& person);

/// Why somebody has, or has not, one group or role, in one sentence.
std::string sentence_on(const sync::ExplainedAccess& access);

}  // namespace rosterd::cli
