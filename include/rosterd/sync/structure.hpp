#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/domain/structure.hpp"
#include "rosterd/ports/target.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sync {

/// Brings the tenant's groups, roles and permissions up to what the policy declares.
class StructureSync {
 public:
  StructureSync(Target& target, Structure& structure) : target_(target), structure_(structure) {}

  /// The tenant as it is now, and what it lacks.
  struct Look {
    TenantState tenant;
    StructurePlan missing;
  };
  Task<Answer<Look>> look(const Policy& policy);

  /// What is missing now.
  Task<Answer<StructurePlan>> plan(const Policy& policy);

  struct Report {
    std::vector<std::string> done;
    std::vector<std::string> problems;
    std::optional<TargetError> error;
    std::string failed_step;  ///< the step that `error` ended
  };
  /// Makes what is missing, kind by kind, reading again after each, until nothing is. Stops at the
  /// first error; running it again goes on from there.
  Task<Report> apply(const Policy& policy);

 private:
  Task<std::optional<TargetError>> take(const StructureStep& step);

  Target& target_;
  Structure& structure_;
};

}  // namespace rosterd::sync
