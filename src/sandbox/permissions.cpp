#include "sandbox/records.hpp"

namespace rosterd::sandbox {

namespace {

const std::string permissions = "permissions";

Payload permission_body() {
  return {
      .kind = Payload::Kind::object,
      .fields = {
          {.name = "name", .required = true, .length_max = 100},
          {.name = "description", .required = true, .length_max = 500},
          {.name = "applicationType", .required = true, .one_of = {"client", "resource_server"}},
          {.name = "applicationId", .required = true, .length_max = 500}}};
}

HttpResponse list_permissions(Tenant& tenant, Call& call) {
  const Json& all = tenant.storage.all(permissions);
  const auto found = filtered(all, call);
  if (!found) return internal_error();
  Json answer = Json::object();
  answer["permissions"] = Json::array();
  for (const Json* permission : *found) answer["permissions"].push_back(*permission);
  answer["total"] = all.size();
  return ok(answer);
}

HttpResponse show_permission(Tenant& tenant, Call& call) {
  return show_record(tenant, permissions, call);
}

HttpResponse create_permission(Tenant& tenant, Call& call) {
  return create_record(tenant, permissions, std::move(call.payload));
}

HttpResponse update_permission(Tenant& tenant, Call& call) {
  if (tenant.storage.name_taken(permissions, call.payload, call.id())) {
    return name_taken(permissions, call.payload);
  }
  const std::string names = tenant.storage.users_of("roles", permissions, call.id());
  if (!names.empty()) return still_used(permissions, "roles", names);
  return update_record(tenant, permissions, call);
}

HttpResponse delete_permission(Tenant& tenant, Call& call) {
  const std::string names = tenant.storage.users_of("roles", permissions, call.id());
  if (!names.empty()) return still_used(permissions, "roles", names);
  tenant.storage.erase(permissions, call.id());
  return no_content();
}

}  // namespace

Routes permission_routes() {
  return {
      {.method = "GET",
       .pattern = "/api/permissions",
       .scope = "read:permissions",
       .answer = list_permissions,
       .query = search_fields()},
      {.method = "GET",
       .pattern = "/api/permissions/{id:guid}",
       .scope = "read:permissions",
       .answer = show_permission},
      {.method = "POST",
       .pattern = "/api/permissions",
       .scope = "create:permissions",
       .answer = create_permission,
       .payload = permission_body(),
       .mutating = true},
      {.method = "PUT",
       .pattern = "/api/permissions/{id:guid}",
       .scope = "update:permissions",
       .answer = update_permission,
       .payload = permission_body(),
       .mutating = true},
      {.method = "DELETE",
       .pattern = "/api/permissions/{id:guid}",
       .scope = "delete:permissions",
       .answer = delete_permission,
       .mutating = true}};
}

}  // namespace rosterd::sandbox
