#include "sandbox/graph.hpp"
#include "sandbox/records.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace rosterd::sandbox {

namespace {

const std::string groups = "groups";

/// What the original shows for a member that the tenant does not know.
Json unknown_user(const std::string& user_id) {
  Json identity = Json::object();
  identity["connection"] = "N/A";
  Json user = Json::object();
  user["user_id"] = user_id;
  user["name"] = "<Error: ManagementApiError>";
  user["email"] = user_id;
  user["identities"] = Json::array();
  user["identities"].push_back(std::move(identity));
  return user;
}

/// One page of accounts by id, sorted by id within the page. Pages count from 1; 0 is 1, too.
std::vector<Json> page_of_users(
    const Tenant& tenant, const std::vector<std::string>& ids, const Call& call
) {
  const auto page = static_cast<std::size_t>(call.query.value("page", std::int64_t{0}));
  const auto limit = static_cast<std::size_t>(call.query.value("per_page", std::int64_t{25}));
  const std::size_t start = std::min(ids.size(), (page == 0 ? 0 : page - 1) * limit);
  std::vector<Json> users;
  for (std::size_t i = start; i < std::min(ids.size(), start + limit); ++i) {
    const Json* user = tenant.users.find(ids[i]);
    users.push_back(user ? *user : unknown_user(ids[i]));
  }
  std::stable_sort(users.begin(), users.end(), [](const Json& left, const Json& right) {
    return *text_of(left, "user_id") < *text_of(right, "user_id");
  });
  return users;
}

HttpResponse list_members(Tenant& tenant, Call& call) {
  const Json* group = tenant.storage.find(groups, call.id());
  if (!group) return record_missing(call.id(), groups);
  std::vector<std::string> ids;
  if (const Json* members = member(*group, "members")) {
    for (const Json& id : *members) ids.push_back(id.is_string() ? id.get<std::string>() : "");
  }
  Json answer = Json::object();
  answer["total"] = ids.size();
  answer["users"] = page_of_users(tenant, ids, call);
  return ok(answer);
}

HttpResponse list_nested_members(Tenant& tenant, Call& call) {
  const GroupGraph graph(tenant.storage.all(groups));
  const Json* top = graph.find(call.id());
  if (!top) return internal_error();
  std::vector<std::string> ids;
  std::unordered_map<std::string, const Json*> group_of;
  for (const Json* group : graph.with_children({top})) {
    const Json* members = member(*group, "members");
    if (!members) continue;
    for (const Json& entry : *members) {
      if (!entry.is_string()) continue;
      if (group_of.emplace(entry.get<std::string>(), group).second) ids.push_back(entry);
    }
  }
  std::vector<Json> rows;
  for (const Json& user : page_of_users(tenant, ids, call)) {
    Json row = Json::object();
    row["user"] = picked(user, "user_id", "name", "nickname", "email");
    const Json& group = *group_of.at(*text_of(user, "user_id"));
    row["group"] = picked(group, "_id", "name", "description");
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Json& left, const Json& right) {
    const std::string* left_name = text_of(left["user"], "name");
    const std::string* right_name = text_of(right["user"], "name");
    return left_name && (!right_name || *left_name < *right_name);
  });
  Json answer = Json::object();
  answer["total"] = ids.size();
  answer["nested"] = rows;
  return ok(answer);
}

Task<HttpResponse> add_members(Tenant& tenant, Call& call) {
  auto draft = tenant.editor.read(groups, call.id());
  if (!draft) co_return record_missing(call.id(), groups);
  add_to(*draft, "members", call.payload);
  co_return co_await finish(tenant, call, *draft);
}

Task<HttpResponse> remove_members(Tenant& tenant, Call& call) {
  auto draft = tenant.editor.read(groups, call.id());
  if (!draft) co_return record_missing(call.id(), groups);
  if (!remove_from(*draft, "members", call.payload)) co_return internal_error();
  co_return co_await finish(tenant, call, *draft);
}

}  // namespace

Routes group_member_routes() {
  const Payload user_ids{.kind = Payload::Kind::texts};
  const Fields paging = {
      {.name = "per_page", .shape = Shape::integer, .least = 1, .most = 25},
      {.name = "page", .shape = Shape::integer, .least = 0}};
  return {
      {.method = "GET",
       .pattern = "/api/groups/{id:guid}/members",
       .scope = "read:groups",
       .answer = list_members,
       .query = paging},
      {.method = "GET",
       .pattern = "/api/groups/{id:guid}/members/nested",
       .scope = "read:groups",
       .answer = list_nested_members,
       .query = paging},
      {.method = "PATCH",
       .pattern = "/api/groups/{id:guid}/members",
       .scope = "update:groups",
       .work = add_members,
       .payload = user_ids,
       .mutating = true},
      {.method = "DELETE",
       .pattern = "/api/groups/{id:guid}/members",
       .scope = "update:groups",
       .work = remove_members,
       .payload = user_ids,
       .mutating = true}};
}

}  // namespace rosterd::sandbox
