#include "sandbox/records.hpp"

#include <algorithm>
#include <array>

namespace rosterd::sandbox {

namespace {

const std::string configuration = "configuration";

Fields configuration_fields() {
  Fields fields;
  for (const char* name :
       {"groupsInToken",
        "rolesInToken",
        "permissionsInToken",
        "groupsInIdToken",
        "rolesInIdToken",
        "permissionsInIdToken",
        "groupsInAccessToken",
        "rolesInAccessToken",
        "permissionsInAccessToken",
        "persistGroups",
        "persistRoles",
        "persistPermissions",
        "groupsPassthrough",
        "rolesPassthrough",
        "permissionsPassthrough",
        "persistOnClientLevel",
        "disableCaching"}) {
    fields.push_back({.name = name, .shape = Shape::boolean});
  }
  fields.push_back({.name = "idTokenNamespace"});
  fields.push_back({.name = "accessTokenNamespace"});
  return fields;
}

HttpResponse show_configuration(Tenant& tenant, Call&) {
  const Json& records = tenant.storage.all(configuration);
  return records.empty() ? no_content() : ok(records.front());
}

HttpResponse change_configuration(Tenant& tenant, Call& call) {
  const Json* updated = tenant.storage.update(configuration, "v1", std::move(call.payload));
  if (!updated) return internal_error();
  tenant.rule_published = true;
  return ok(*updated);
}

HttpResponse rotate_api_key(Tenant& tenant, Call&) {
  std::string key = tenant.storage.new_id() + tenant.storage.new_id();
  std::erase(key, '-');
  Json fields = Json::object();
  fields["apikey"] = key;
  if (!tenant.storage.update(configuration, "v1", fields)) return internal_error();
  Json answer = Json::object();
  answer["hash"] = key;
  return ok(answer);
}

HttpResponse show_status(Tenant& tenant, Call&) {
  Json answer = Json::object();
  answer["rule"]["exists"] = tenant.rule_published;
  answer["rule"]["enabled"] = tenant.rule_published;
  answer["database"]["size"] = tenant.storage.bytes();
  answer["database"]["type"] = "default";
  return ok(answer);
}

HttpResponse export_storage(Tenant& tenant, Call&) {
  return ok(tenant.storage.document());
}

HttpResponse import_storage(Tenant& tenant, Call& call) {
  return tenant.storage.replace(std::move(call.payload)) ? no_content() : internal_error();
}

HttpResponse show_resource_server(Tenant& tenant, Call&) {
  Json answer = Json::object();
  answer["apiAccess"] = true;
  answer["token_lifetime"] = tenant.options.token_lifetime.count();
  return ok(answer);
}

HttpResponse change_resource_server(Tenant& tenant, Call& call) {
  const Json* lifetime = member(call.payload, "token_lifetime");
  if (lifetime) tenant.options.token_lifetime = std::chrono::seconds(lifetime->get<std::int64_t>());
  return no_content();
}

HttpResponse list_connections(Tenant& tenant, Call&) {
  std::vector<Connection> sorted = tenant.users.connections();
  std::sort(sorted.begin(), sorted.end(), [](const Connection& left, const Connection& right) {
    return left.name < right.name;
  });
  Json answer = Json::array();
  for (const Connection& connection : sorted) {
    Json entry = Json::object();
    entry["id"] = connection.id;
    entry["name"] = connection.name;
    entry["strategy"] = connection.strategy;
    answer.push_back(std::move(entry));
  }
  return ok(answer);
}

/// The tenant's applications are whatever its roles and permissions speak of.
Json applications(const Tenant& tenant) {
  Json list = Json::array();
  std::vector<std::string> seen;
  for (const char* collection : {"roles", "permissions"}) {
    for (const Json& record : tenant.storage.all(collection)) {
      const std::string* id = text_of(record, "applicationId");
      if (!id || std::find(seen.begin(), seen.end(), *id) != seen.end()) continue;
      seen.push_back(*id);
      Json entry = Json::object();
      entry["client_id"] = *id;
      entry["name"] = *id;
      entry["callbacks"] = Json::array();
      entry["app_type"] = "regular_web";
      list.push_back(std::move(entry));
    }
  }
  return list;
}

HttpResponse list_applications(Tenant& tenant, Call&) {
  return ok(applications(tenant));
}

HttpResponse show_application(Tenant& tenant, Call& call) {
  for (const Json& application : applications(tenant)) {
    if (has_text(application, "client_id", call.id())) return ok(application);
  }
  return failed_as(404, "ManagementApiError", "The client does not exist");
}

HttpResponse show_meta(Tenant&, Call&) {
  Json answer = Json::object();
  answer["title"] = "Auth0 Authorization";
  answer["name"] = "auth0-authz";
  answer["version"] = "2.13.7";
  answer["author"] = "auth0";
  answer["type"] = "application";
  return ok(answer);
}

Payload import_body() {
  Payload body{.kind = Payload::Kind::object};
  for (const char* name :
       {"configuration", "groups", "roles", "permissions", "applications", "rules"}) {
    body.fields.push_back({.name = name, .shape = Shape::objects});
  }
  return body;
}

Route get(
    std::string_view pattern, std::string_view scope, HttpResponse (*answer)(Tenant&, Call&)
) {
  return {.method = "GET", .pattern = pattern, .scope = scope, .answer = answer};
}

Route change(
    std::string_view method, std::string_view pattern, HttpResponse (*answer)(Tenant&, Call&)
) {
  return {
      .method = method,
      .pattern = pattern,
      .scope = "update:configuration",
      .answer = answer,
      .mutating = true};
}

}  // namespace

Routes configuration_routes() {
  Route patch = change("PATCH", "/api/configuration", change_configuration);
  patch.payload = {.kind = Payload::Kind::object, .fields = configuration_fields()};
  Route import = change("POST", "/api/configuration/import", import_storage);
  import.payload = import_body();
  Route resource_server =
      change("PATCH", "/api/configuration/resource-server", change_resource_server);
  resource_server.scope = "update:resource-server";
  resource_server.payload = {
      .kind = Payload::Kind::object,
      .fields = {
          {.name = "apiAccess", .shape = Shape::boolean, .required = true},
          {.name = "token_lifetime", .shape = Shape::integer}}};
  Route meta = get("/meta", "", show_meta);
  meta.access = Access::open;
  return {
      get("/api/configuration", "read:configuration", show_configuration),
      get("/api/configuration/status", "read:configuration", show_status),
      get("/api/configuration/export", "read:configuration", export_storage),
      get("/api/configuration/resource-server", "read:resource-server", show_resource_server),
      get("/api/connections", "read:connections", list_connections),
      get("/api/applications", "read:applications", list_applications),
      get("/api/applications/{clientId}", "read:applications", show_application),
      patch,
      import,
      resource_server,
      change("PATCH", "/api/configuration/rotate-apikey", rotate_api_key),
      meta};
}

}  // namespace rosterd::sandbox
