#include "sandbox/records.hpp"

namespace rosterd::sandbox {

namespace {

const std::string roles = "roles";

Payload role_body() {
  return {
      .kind = Payload::Kind::object,
      .fields = {
          {.name = "name", .required = true, .length_max = 50},
          {.name = "description", .required = true, .length_max = 500},
          {.name = "applicationType", .required = true, .one_of = {"client", "resource_server"}},
          {.name = "applicationId", .required = true, .length_max = 500},
          {.name = "permissions", .shape = Shape::guids}}};
}

/// Whether a permission in the role is there and belongs to another application.
bool mixes_applications(const Tenant& tenant, const Json& role) {
  for (const Json& id : role.at("permissions")) {
    const Json* permission = tenant.storage.find("permissions", id.get<std::string>());
    if (!permission) continue;
    if (permission->value("applicationId", Json()) != role.at("applicationId")) return true;
  }
  return false;
}

void complete(Json& role) {
  if (!member(role, "permissions")) role["permissions"] = Json::array();
}

HttpResponse list_roles(Tenant& tenant, Call& call) {
  const Json& all = tenant.storage.all(roles);
  const auto found = filtered(all, call);
  if (!found) return internal_error();
  Json answer = Json::object();
  answer["roles"] = Json::array();
  for (const Json* role : *found) answer["roles"].push_back(*role);
  answer["total"] = all.size();
  return ok(answer);
}

HttpResponse show_role(Tenant& tenant, Call& call) {
  return show_record(tenant, roles, call);
}

HttpResponse create_role(Tenant& tenant, Call& call) {
  complete(call.payload);
  if (mixes_applications(tenant, call.payload)) return internal_error();
  return create_record(tenant, roles, std::move(call.payload));
}

HttpResponse update_role(Tenant& tenant, Call& call) {
  complete(call.payload);
  if (mixes_applications(tenant, call.payload)) return internal_error();
  const Json* existing = tenant.storage.find(roles, call.id());
  if (!existing) return record_missing(call.id(), roles);
  if (existing->value("applicationId", Json()) != call.payload.at("applicationId")) {
    return internal_error();
  }
  return update_record(tenant, roles, call);
}

HttpResponse delete_role(Tenant& tenant, Call& call) {
  const std::string names = tenant.storage.users_of("groups", "roles", call.id());
  if (!names.empty()) return still_used("roles", "groups", names);
  tenant.storage.erase(roles, call.id());
  return no_content();
}

}  // namespace

Routes role_routes() {
  return {
      {.method = "GET",
       .pattern = "/api/roles",
       .scope = "read:roles",
       .answer = list_roles,
       .query = search_fields()},
      {.method = "GET",
       .pattern = "/api/roles/{id:guid}",
       .scope = "read:roles",
       .answer = show_role},
      {.method = "POST",
       .pattern = "/api/roles",
       .scope = "create:roles",
       .answer = create_role,
       .payload = role_body(),
       .mutating = true},
      {.method = "PUT",
       .pattern = "/api/roles/{id:guid}",
       .scope = "update:roles",
       .answer = update_role,
       .payload = role_body(),
       .mutating = true},
      {.method = "DELETE",
       .pattern = "/api/roles/{id:guid}",
       .scope = "delete:roles",
       .answer = delete_role,
       .mutating = true}};
}

}  // namespace rosterd::sandbox
