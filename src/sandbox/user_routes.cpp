#include "sandbox/graph.hpp"
#include "sandbox/records.hpp"

#include <algorithm>

namespace rosterd::sandbox {

namespace {

const std::string groups = "groups";
const std::string roles = "roles";

HttpResponse list_users(Tenant& tenant, Call& call) {
  const std::string words = call.query.value("q", "");
  const std::string field = call.query.value("field", "");
  const auto limit = static_cast<std::size_t>(call.query.value("per_page", std::int64_t{100}));
  const auto page = static_cast<std::size_t>(call.query.value("page", std::int64_t{0}));
  const auto query = UserQuery::parse(field.empty() ? words : field + ":" + words);
  if (!query) return failed(400, "The query is not valid.");
  const std::size_t start = (page == 0 ? 0 : page - 1) * limit;
  const std::size_t most = tenant.options.search_results_max;
  if (most != 0 && start + limit > most) {
    return failed(400, "You can only page through the first 1000 records.");
  }
  const Users::Page found = tenant.users.search(*query, start, limit);
  Json users = Json::array();
  for (const Json* user : found.users) {
    users.push_back(picked(
        *user,
        "user_id",
        "name",
        "email",
        "identities",
        "picture",
        "last_login",
        "logins_count",
        "multifactor",
        "blocked"
    ));
  }
  Json answer = Json::object();
  answer["start"] = start;
  answer["limit"] = limit;
  answer["length"] = users.size();
  answer["total"] = found.total;
  answer["users"] = std::move(users);
  return ok(answer);
}

HttpResponse show_user(Tenant& tenant, Call& call) {
  const Json* user = tenant.users.find(call.id());
  if (!user) return failed_as(404, "ManagementApiError", "The user does not exist.");
  return ok(*user);
}

Json compact(const Records& records) {
  Json list = Json::array();
  for (const Json* record : records) list.push_back(picked(*record, "_id", "name", "description"));
  return list;
}

Json compact_roles(const Records& records) {
  Json list = Json::array();
  for (const Json* record : records) {
    list.push_back(picked(*record, "_id", "name", "applicationId", "description"));
  }
  return list;
}

HttpResponse list_groups_of_user(Tenant& tenant, Call& call) {
  const GroupGraph graph(tenant.storage.all(groups));
  const Records direct = graph.with_member(call.id());
  const Json* expand = member(call.query, "expand");
  if (!expand || *expand == "") return ok(compact(direct));
  const Records whole = graph.with_parents(direct);
  Json answer = Json::object();
  answer["groups"] = compact(whole);
  answer["roles"] =
      expanded_roles(whole, tenant.storage.all(roles), tenant.storage.all("permissions"));
  return ok(answer);
}

HttpResponse calculate_groups(Tenant& tenant, Call& call) {
  const GroupGraph graph(tenant.storage.all(groups));
  return ok(compact(graph.with_parents(graph.with_member(call.id()))));
}

HttpResponse list_roles_of_user(Tenant& tenant, Call& call) {
  Records direct;
  for (const Json& role : tenant.storage.all(roles)) {
    if (lists(role, "users", call.id())) direct.push_back(&role);
  }
  return ok(compact_roles(direct));
}

HttpResponse calculate_roles(Tenant& tenant, Call& call) {
  const Json& all = tenant.storage.all(roles);
  return ok(compact_roles(roles_for_user(tenant.storage.all(groups), all, call.id())));
}

/// Copies of the records that are named, by id or by name as the first one is; all copies before
/// the first write, as in the original.
std::vector<Draft> named_drafts(Tenant& tenant, const std::string& collection, const Json& names) {
  const std::string field = is_guid(names.front().get<std::string>()) ? "_id" : "name";
  std::vector<std::string> ids;
  for (const Json& record : tenant.storage.all(collection)) {
    const std::string* value = text_of(record, field);
    const bool wanted = value && std::find(names.begin(), names.end(), *value) != names.end();
    if (wanted) ids.push_back(record.value("_id", ""));
  }
  std::vector<Draft> drafts;
  for (const std::string& id : ids) {
    if (auto draft = tenant.editor.read(collection, id)) drafts.push_back(std::move(*draft));
  }
  return drafts;
}

Task<HttpResponse> add_to_named(
    Tenant& tenant, Call& call, std::string collection, std::string list
) {
  std::vector<Draft> drafts = named_drafts(tenant, collection, call.payload);
  Json user = Json::array();
  user.push_back(call.id());
  for (Draft& draft : drafts) {
    add_to(draft, list, user);
    const HttpResponse written = co_await finish(tenant, call, draft);
    if (written.status != 204) co_return written;
  }
  co_return no_content();
}

Task<HttpResponse> add_user_to_groups(Tenant& tenant, Call& call) {
  return add_to_named(tenant, call, groups, "members");
}

Task<HttpResponse> add_user_to_roles(Tenant& tenant, Call& call) {
  return add_to_named(tenant, call, roles, "users");
}

Task<HttpResponse> remove_user_from_roles(Tenant& tenant, Call& call) {
  Json user = Json::array();
  user.push_back(call.id());
  for (const Json& entry : call.payload) {
    const std::string id = entry.get<std::string>();
    auto draft = tenant.editor.read(roles, id);
    if (!draft) co_return record_missing(id, roles);
    if (!remove_from(*draft, "users", user)) draft->record["users"] = Json::array();
    const HttpResponse written = co_await finish(tenant, call, *draft);
    if (written.status != 204) co_return written;
  }
  co_return no_content();
}

HttpResponse run_policy(Tenant& tenant, Call& call) {
  AccessQuestion question;
  question.user_id = call.params.at(0);
  question.client_id = call.params.at(1);
  question.connection = call.payload.value("connectionName", "");
  if (const Json* named = member(call.payload, "groups")) {
    for (const Json& name : *named) question.groups.push_back(name.get<std::string>());
  }
  return ok(effective_access(tenant.storage.document(), question));
}

Routes reading_routes() {
  const Fields search = {
      {.name = "q", .empty_allowed = true, .length_max = 1000},
      {.name = "field", .empty_allowed = true, .length_max = 1000},
      {.name = "per_page", .shape = Shape::integer, .least = 1, .most = 100},
      {.name = "page", .shape = Shape::integer, .least = 0}};
  const auto get =
      [](std::string_view pattern, std::string_view scope, HttpResponse (*answer)(Tenant&, Call&)) {
        return Route{.method = "GET", .pattern = pattern, .scope = scope, .answer = answer};
      };
  Route list = get("/api/users", "read:users", list_users);
  list.query = search;
  return {
      list,
      get("/api/users/{id}", "read:users", show_user),
      get("/api/users/{id}/groups", "read:groups", list_groups_of_user),
      get("/api/users/{id}/groups/calculate", "read:groups", calculate_groups),
      get("/api/users/{id}/roles", "read:roles", list_roles_of_user),
      get("/api/users/{id}/roles/calculate", "read:roles", calculate_roles)};
}

}  // namespace

Routes user_routes() {
  Routes routes = reading_routes();
  const Payload policy_body{
      .kind = Payload::Kind::object,
      .fields = {
          {.name = "connectionName", .required = true},
          {.name = "groups", .shape = Shape::texts},
          {.name = "disableCaching", .shape = Shape::boolean}}};
  routes.push_back(
      {.method = "POST",
       .pattern = "/api/users/{userId}/policy/{clientId}",
       .answer = run_policy,
       .payload = policy_body,
       .access = Access::token_or_key}
  );
  const auto change = [&](std::string_view method,
                          std::string_view pattern,
                          std::string_view scope,
                          Payload::Kind kind,
                          Task<HttpResponse> (*work)(Tenant&, Call&)) {
    routes.push_back(
        {.method = method,
         .pattern = pattern,
         .scope = scope,
         .work = work,
         .payload = {.kind = kind},
         .mutating = true}
    );
  };
  const auto texts = Payload::Kind::texts;
  const auto guids = Payload::Kind::guids;
  change("PATCH", "/api/users/{id}/groups", "update:groups", texts, add_user_to_groups);
  change("PATCH", "/api/users/{id}/roles", "update:roles", texts, add_user_to_roles);
  change("DELETE", "/api/users/{id}/roles", "update:roles", guids, remove_user_from_roles);
  return routes;
}

}  // namespace rosterd::sandbox
