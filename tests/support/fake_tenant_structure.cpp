#include "fake_tenant.hpp"

#include <utility>

namespace rosterd::test {

Task<Answer<std::vector<TenantPermission>>> FakeTenant::permissions() {
  const std::string about;
  const auto plot = co_await arrive(Call::permissions, about);
  if (plot) co_return plot->error;
  co_return permissions_;
}

Task<Answer<EntitlementId>> FakeTenant::create_group(std::string name, std::string description) {
  TenantGroup made;
  made.id = EntitlementId(next_id("g"));
  made.name = name;
  made.description = std::move(description);
  const EntitlementId id = made.id;
  Effect effect = [this, made]() -> std::optional<TargetError> {
    state_.groups.push_back(made);
    return std::nullopt;
  };
  std::string told = "make group " + name;
  const auto answer =
      co_await write(Call::create_group, std::move(name), std::move(told), std::move(effect));
  if (!answer) co_return answer.error();
  co_return id;
}

Task<Answer<Acknowledged>> FakeTenant::update_group(TenantGroup changed) {
  const std::string name = changed.name;
  std::string told = "describe group " + name;
  Effect effect = [this, changed]() -> std::optional<TargetError> {
    TenantGroup* to = group(changed.id);
    if (to == nullptr) return not_found("groups");
    to->description = changed.description;
    return std::nullopt;
  };
  co_return co_await write(Call::update_group, name, std::move(told), std::move(effect));
}

Task<Answer<EntitlementId>> FakeTenant::create_role(TenantRole made) {
  made.id = EntitlementId(next_id("r"));
  const EntitlementId id = made.id;
  const std::string name = made.name;
  Effect effect = [this, made]() -> std::optional<TargetError> {
    state_.roles.push_back(made);
    return std::nullopt;
  };
  std::string told = "make role " + name;
  const auto answer = co_await write(Call::create_role, name, std::move(told), std::move(effect));
  if (!answer) co_return answer.error();
  co_return id;
}

Task<Answer<Acknowledged>> FakeTenant::update_role(TenantRole changed) {
  const std::string name = changed.name;
  std::string told = "complete role " + name;
  Effect effect = [this, changed]() -> std::optional<TargetError> {
    TenantRole* to = role(changed.id);
    if (to == nullptr) return not_found("roles");
    to->description = changed.description;
    to->permissions = changed.permissions;
    return std::nullopt;
  };
  co_return co_await write(Call::update_role, name, std::move(told), std::move(effect));
}

Task<Answer<std::string>> FakeTenant::create_permission(TenantPermission made) {
  made.id = next_id("p");
  const std::string id = made.id;
  const std::string name = made.name;
  Effect effect = [this, made]() -> std::optional<TargetError> {
    permissions_.push_back(made);
    return std::nullopt;
  };
  std::string told = "make permission " + name;
  const auto answer =
      co_await write(Call::create_permission, name, std::move(told), std::move(effect));
  if (!answer) co_return answer.error();
  co_return id;
}

Task<Answer<Acknowledged>> FakeTenant::update_permission(TenantPermission changed) {
  const std::string name = changed.name;
  std::string told = "describe permission " + name;
  Effect effect = [this, changed]() -> std::optional<TargetError> {
    for (TenantPermission& one : permissions_) {
      if (one.id == changed.id) one.description = changed.description;
    }
    return std::nullopt;
  };
  co_return co_await write(Call::update_permission, name, std::move(told), std::move(effect));
}

Task<Answer<Acknowledged>> FakeTenant::attach_roles(
    EntitlementId id, std::vector<EntitlementId> roles
) {
  const std::string name = group(id) ? group(id)->name : id.value;
  std::string told = "attach roles to " + name;
  Effect effect = [this, id, roles]() -> std::optional<TargetError> {
    TenantGroup* to = group(id);
    if (to == nullptr) return not_found("groups");
    to->roles.insert(to->roles.end(), roles.begin(), roles.end());
    return std::nullopt;
  };
  co_return co_await write(Call::attach_roles, name, std::move(told), std::move(effect));
}

Task<Answer<Acknowledged>> FakeTenant::nest_groups(
    EntitlementId id, std::vector<EntitlementId> nested
) {
  const std::string name = group(id) ? group(id)->name : id.value;
  std::string told = "nest groups in " + name;
  Effect effect = [this, id, nested]() -> std::optional<TargetError> {
    TenantGroup* to = group(id);
    if (to == nullptr) return not_found("groups");
    to->nested.insert(to->nested.end(), nested.begin(), nested.end());
    return std::nullopt;
  };
  co_return co_await write(Call::nest_groups, name, std::move(told), std::move(effect));
}

}  // namespace rosterd::test
