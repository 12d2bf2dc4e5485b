// Client as `Structure`.
#include "adapters/extension/calls.hpp"
#include "rosterd/adapters/extension/client.hpp"
#include "rosterd/ports/http.hpp"

namespace rosterd::extension {

namespace {

using nlohmann::json;

json described(const std::string& name, const std::string& description) {
  json body = json::object();
  body["name"] = name;
  body["description"] = description;
  return body;
}

/// What roles and permissions have in common.
template <class Owned>
json of_application(const Owned& owned) {
  json body = described(owned.name, owned.description);
  body["applicationType"] = owned.application_type.empty() ? "client" : owned.application_type;
  body["applicationId"] = owned.application;
  return body;
}

json role_body(const TenantRole& role) {
  json body = of_application(role);
  body["permissions"] = role.permissions;
  return body;
}

Task<Answer<EntitlementId>> made(Caller& caller, Call call) {
  auto id = co_await ask(caller, std::move(call), read_new_id);
  if (!id) co_return id.error();
  co_return EntitlementId(std::move(*id));
}

}  // namespace

Task<Answer<std::vector<TenantPermission>>> Client::permissions() {
  return ask(
      *caller_, read_call("permissions", "/permissions", "read:permissions"), read_permissions
  );
}

Task<Answer<EntitlementId>> Client::create_group(std::string name, std::string description) {
  Call call = create_call("create_group", "/groups", "create:groups");
  call.body = described(name, description);
  return made(*caller_, std::move(call));
}

Task<Answer<Acknowledged>> Client::update_group(TenantGroup group) {
  Call call = change_call("update_group", "PUT", group_path(group.id, ""), "update:groups");
  call.body = described(group.name, group.description);
  return change(*caller_, std::move(call));
}

Task<Answer<EntitlementId>> Client::create_role(TenantRole role) {
  Call call = create_call("create_role", "/roles", "create:roles");
  call.body = role_body(role);
  return made(*caller_, std::move(call));
}

Task<Answer<Acknowledged>> Client::update_role(TenantRole role) {
  const std::string path = "/roles/" + percent_encoded(role.id.value);
  Call call = change_call("update_role", "PUT", path, "update:roles");
  call.body = role_body(role);
  return change(*caller_, std::move(call));
}

Task<Answer<std::string>> Client::create_permission(TenantPermission permission) {
  Call call = create_call("create_permission", "/permissions", "create:permissions");
  call.body = of_application(permission);
  return ask(*caller_, std::move(call), read_new_id);
}

Task<Answer<Acknowledged>> Client::update_permission(TenantPermission permission) {
  const std::string path = "/permissions/" + percent_encoded(permission.id);
  Call call = change_call("update_permission", "PUT", path, "update:permissions");
  call.body = of_application(permission);
  return change(*caller_, std::move(call));
}

Task<Answer<Acknowledged>> Client::attach_roles(
    EntitlementId group, std::vector<EntitlementId> roles
) {
  Call call = change_call("attach_roles", "PATCH", group_path(group, "/roles"), "update:groups");
  call.body = id_list(roles);
  return change(*caller_, std::move(call));
}

Task<Answer<Acknowledged>> Client::nest_groups(
    EntitlementId group, std::vector<EntitlementId> nested
) {
  Call call = change_call("nest_groups", "PATCH", group_path(group, "/nested"), "update:groups");
  call.body = id_list(nested);
  return change(*caller_, std::move(call));
}

}  // namespace rosterd::extension
