#include "sandbox/graph.hpp"
#include "sandbox/records.hpp"

namespace rosterd::sandbox {

namespace {

const std::string groups = "groups";

Fields group_fields() {
  return {
      {.name = "name", .required = true, .length_max = 50},
      {.name = "description", .required = true, .length_max = 500}};
}

/// The record as listed: with its members and mappings even when it never had any.
std::string listed(const Json& group) {
  const bool whole = member(group, "members") && member(group, "mappings");
  if (whole) return dumped(group);
  Json record = group;
  if (!member(record, "mappings")) record["mappings"] = Json::array();
  if (!member(record, "members")) record["members"] = Json::array();
  return dumped(record);
}

HttpResponse list_groups(Tenant& tenant, Call& call) {
  const Json& all = tenant.storage.all(groups);
  const auto found = filtered(all, call);
  if (!found) return internal_error();
  std::string body = "{\"groups\":[";
  for (const Json* group : *found) {
    if (body.back() != '[') body += ',';
    body += listed(*group);
  }
  return ok_text(body + "],\"total\":" + std::to_string(all.size()) + "}");
}

HttpResponse show_group(Tenant& tenant, Call& call) {
  const Json* expand = member(call.query, "expand");
  if (!expand || !expand->get<bool>()) return show_record(tenant, groups, call);
  const GroupGraph graph(tenant.storage.all(groups));
  const Json* group = graph.find(call.id());
  if (!group) return internal_error();
  Json answer = picked(*group, "_id", "name", "description");
  answer["roles"] = expanded_roles(
      graph.with_parents({group}), tenant.storage.all("roles"), tenant.storage.all("permissions")
  );
  return ok(answer);
}

HttpResponse create_group(Tenant& tenant, Call& call) {
  return create_record(tenant, groups, std::move(call.payload));
}

HttpResponse update_group(Tenant& tenant, Call& call) {
  return update_record(tenant, groups, call);
}

HttpResponse delete_group(Tenant& tenant, Call& call) {
  const std::string names = tenant.storage.users_of(groups, "nested", call.id());
  if (!names.empty()) return still_used("nested", groups, names);
  tenant.storage.erase(groups, call.id());
  return no_content();
}

}  // namespace

Routes group_routes() {
  const Payload body{.kind = Payload::Kind::object, .fields = group_fields()};
  const Fields expand = {{.name = "expand", .shape = Shape::boolean}};
  return {
      {.method = "GET",
       .pattern = "/api/groups",
       .scope = "read:groups",
       .answer = list_groups,
       .query = search_fields()},
      {.method = "GET",
       .pattern = "/api/groups/{id:guid}",
       .scope = "read:groups",
       .answer = show_group,
       .query = expand},
      {.method = "POST",
       .pattern = "/api/groups",
       .scope = "create:groups",
       .answer = create_group,
       .payload = body,
       .mutating = true},
      {.method = "PUT",
       .pattern = "/api/groups/{id:guid}",
       .scope = "update:groups",
       .answer = update_group,
       .payload = body,
       .mutating = true},
      {.method = "DELETE",
       .pattern = "/api/groups/{id:guid}",
       .scope = "delete:groups",
       .answer = delete_group,
       .mutating = true}};
}

}  // namespace rosterd::sandbox
