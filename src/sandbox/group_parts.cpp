#include "sandbox/graph.hpp"
#include "sandbox/records.hpp"

#include <algorithm>

namespace rosterd::sandbox {

namespace {

const std::string groups = "groups";

HttpResponse list_nested(Tenant& tenant, Call& call) {
  const Json* parent = tenant.storage.find(groups, call.id());
  if (!parent) return internal_error();
  std::vector<Json> nested;
  for (const Json& group : tenant.storage.all(groups)) {
    const std::string* id = text_of(group, "_id");
    if (id && lists(*parent, "nested", *id)) nested.push_back(group);
  }
  std::stable_sort(nested.begin(), nested.end(), [](const Json& left, const Json& right) {
    return left.value("name", "") < right.value("name", "");
  });
  return ok(Json(nested));
}

HttpResponse list_roles_of_group(Tenant& tenant, Call& call) {
  const Json* group = tenant.storage.find(groups, call.id());
  if (!group) return record_missing(call.id(), groups);
  Json roles = Json::array();
  for (const GroupRole& one : roles_of({group}, tenant.storage.all("roles"))) {
    roles.push_back(*one.role);
  }
  return ok(roles);
}

HttpResponse list_nested_roles(Tenant& tenant, Call& call) {
  const GroupGraph graph(tenant.storage.all(groups));
  const Json* group = graph.find(call.id());
  if (!group) return internal_error();
  Json rows = Json::array();
  for (const GroupRole& one : roles_of(graph.with_parents({group}), tenant.storage.all("roles"))) {
    Json row = Json::object();
    row["role"] = *one.role;
    row["group"] = *one.group;
    rows.push_back(std::move(row));
  }
  return ok(rows);
}

HttpResponse list_mappings(Tenant& tenant, Call& call) {
  const Json* group = tenant.storage.find(groups, call.id());
  if (!group) return record_missing(call.id(), groups);
  Json shown = Json::array();
  const Json* mappings = member(*group, "mappings");
  for (const Json& mapping : mappings ? *mappings : Json::array()) {
    const std::string* name = text_of(mapping, "connectionName");
    const Connection* connection = name ? tenant.users.connection(*name) : nullptr;
    if (!connection) continue;
    shown.push_back(mapping);
    shown.back()["connectionName"] = connection->name + " (" + connection->strategy + ")";
  }
  return ok(shown);
}

Task<HttpResponse> add_nested(Tenant& tenant, Call& call) {
  auto draft = tenant.editor.read(groups, call.id());
  if (!draft) co_return record_missing(call.id(), groups);
  Json others = Json::array();
  for (const Json& id : call.payload) {
    if (id != call.id()) others.push_back(id);
  }
  add_to(*draft, "nested", others);
  co_return co_await finish(tenant, call, *draft);
}

Task<HttpResponse> add_group_roles(Tenant& tenant, Call& call) {
  auto draft = tenant.editor.read(groups, call.id());
  if (!draft) co_return record_missing(call.id(), groups);
  add_to(*draft, "roles", call.payload);
  co_return co_await finish(tenant, call, *draft);
}

Task<HttpResponse> remove_listed(Tenant& tenant, Call& call, std::string list) {
  auto draft = tenant.editor.read(groups, call.id());
  if (!draft) co_return record_missing(call.id(), groups);
  if (!remove_from(*draft, list, call.payload)) co_return internal_error();
  co_return co_await finish(tenant, call, *draft);
}

Task<HttpResponse> remove_nested(Tenant& tenant, Call& call) {
  return remove_listed(tenant, call, "nested");
}

Task<HttpResponse> remove_group_roles(Tenant& tenant, Call& call) {
  return remove_listed(tenant, call, "roles");
}

Task<HttpResponse> add_mappings(Tenant& tenant, Call& call) {
  auto draft = tenant.editor.read(groups, call.id());
  if (!draft) co_return record_missing(call.id(), groups);
  Json& mappings = draft->record["mappings"];
  if (!mappings.is_array()) mappings = Json::array();
  for (const Json& wanted : call.payload) {
    Json mapping = Json::object();
    mapping["_id"] = tenant.storage.new_id();
    mapping["groupName"] = wanted["groupName"];
    mapping["connectionName"] = wanted["connectionName"];
    mappings.push_back(std::move(mapping));
  }
  co_return co_await finish(tenant, call, *draft);
}

Task<HttpResponse> remove_mappings(Tenant& tenant, Call& call) {
  auto draft = tenant.editor.read(groups, call.id());
  if (!draft) co_return record_missing(call.id(), groups);
  const auto mappings = draft->record.find("mappings");
  if (mappings != draft->record.end()) {
    Json kept = Json::array();
    for (const Json& mapping : *mappings) {
      const auto named = [&](const Json& id) { return mapping.value("_id", Json()) == id; };
      if (std::none_of(call.payload.begin(), call.payload.end(), named)) kept.push_back(mapping);
    }
    *mappings = std::move(kept);
  }
  co_return co_await finish(tenant, call, *draft);
}

Payload mappings_body() {
  return {
      .kind = Payload::Kind::objects,
      .fields = {
          {.name = "groupName", .required = true, .length_max = 50},
          {.name = "connectionName", .required = true, .length_max = 50}}};
}

Route reading(std::string_view pattern, HttpResponse (*answer)(Tenant&, Call&)) {
  return {.method = "GET", .pattern = pattern, .scope = "read:groups", .answer = answer};
}

Route changing(
    std::string_view method, std::string_view pattern, Task<HttpResponse> (*work)(Tenant&, Call&)
) {
  return {
      .method = method,
      .pattern = pattern,
      .scope = "update:groups",
      .work = work,
      .payload = {.kind = Payload::Kind::guids},
      .mutating = true};
}

}  // namespace

Routes group_part_routes() {
  // The original checks the id of this one call only by looking it up.
  Route patch_mappings = changing("PATCH", "/api/groups/{id}/mappings", add_mappings);
  patch_mappings.payload = mappings_body();
  return {
      reading("/api/groups/{id:guid}/nested", list_nested),
      changing("PATCH", "/api/groups/{id:guid}/nested", add_nested),
      changing("DELETE", "/api/groups/{id:guid}/nested", remove_nested),
      reading("/api/groups/{id:guid}/roles", list_roles_of_group),
      reading("/api/groups/{id:guid}/roles/nested", list_nested_roles),
      changing("PATCH", "/api/groups/{id:guid}/roles", add_group_roles),
      changing("DELETE", "/api/groups/{id:guid}/roles", remove_group_roles),
      reading("/api/groups/{id:guid}/mappings", list_mappings),
      patch_mappings,
      changing("DELETE", "/api/groups/{id:guid}/mappings", remove_mappings)};
}

}  // namespace rosterd::sandbox
