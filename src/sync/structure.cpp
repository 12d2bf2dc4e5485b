#include "rosterd/sync/structure.hpp"

#include <cstdlib>
#include <utility>

namespace rosterd::sync {

namespace {

template <class T>
std::optional<TargetError> error_of(const Answer<T>& answer) {
  if (answer) return std::nullopt;
  return answer.error();
}

// One pass a kind is the most that things which need each other's ids can take, and one to see.
constexpr int passes_max = 10;

}  // namespace

Task<Answer<StructurePlan>> StructureSync::plan(const Policy& policy) {
  auto looked = co_await look(policy);
  if (!looked) co_return looked.error();
  co_return std::move(looked->missing);
}

Task<Answer<StructureSync::Look>> StructureSync::look(const Policy& policy) {
  Look looked;
  TenantState& state = looked.tenant;
  auto groups = co_await target_.groups();
  if (!groups) co_return groups.error();
  state.groups = std::move(*groups);
  auto roles = co_await target_.roles();
  if (!roles) co_return roles.error();
  state.roles = std::move(*roles);
  std::vector<TenantPermission> permissions;
  // A policy that names no permission needs no scope to read them.
  bool needs_permissions = !policy.permissions.empty();
  for (const RoleSpec& role : policy.roles) needs_permissions |= !role.permissions.empty();
  if (needs_permissions) {
    auto read = co_await structure_.permissions();
    if (!read) co_return read.error();
    permissions = std::move(*read);
  }
  looked.missing = structure_plan(policy, state, permissions);
  co_return looked;
}

Task<StructureSync::Report> StructureSync::apply(const Policy& policy) {
  Report report;
  for (int pass = 0; pass < passes_max; ++pass) {
    const auto planned = co_await plan(policy);
    if (!planned) {
      report.error = planned.error();
      report.failed_step = "reading the tenant";
      co_return report;
    }
    report.problems = planned->problems;
    if (planned->steps.empty()) co_return report;
    const StructureStep::Kind kind = planned->steps.front().kind;
    for (const StructureStep& step : planned->steps) {
      if (step.kind != kind) break;
      auto error = co_await take(step);
      if (error) {
        report.error = std::move(error);
        report.failed_step = step.text;
        co_return report;
      }
      report.done.push_back(step.text);
    }
  }
  report.problems.emplace_back(
      "the tenant still differs after all passes: somebody else writes to it"
  );
  co_return report;
}

Task<std::optional<TargetError>> StructureSync::take(const StructureStep& step) {
  switch (step.kind) {
    case StructureStep::Kind::create_permission: {
      const auto made = co_await structure_.create_permission(step.permission);
      co_return error_of(made);
    }
    case StructureStep::Kind::describe_permission: {
      const auto answer = co_await structure_.update_permission(step.permission);
      co_return error_of(answer);
    }
    case StructureStep::Kind::create_role: {
      const auto made = co_await structure_.create_role(step.role);
      co_return error_of(made);
    }
    case StructureStep::Kind::complete_role: {
      const auto answer = co_await structure_.update_role(step.role);
      co_return error_of(answer);
    }
    case StructureStep::Kind::create_group: {
      const auto made = co_await structure_.create_group(step.group.name, step.group.description);
      co_return error_of(made);
    }
    case StructureStep::Kind::describe_group: {
      const auto answer = co_await structure_.update_group(step.group);
      co_return error_of(answer);
    }
    case StructureStep::Kind::attach_roles: {
      const auto answer = co_await structure_.attach_roles(step.group.id, step.ids);
      co_return error_of(answer);
    }
    case StructureStep::Kind::nest_groups: {
      const auto answer = co_await structure_.nest_groups(step.group.id, step.ids);
      co_return error_of(answer);
    }
  }
  std::abort();
}

}  // namespace rosterd::sync
