#include "rosterd/base/text.hpp"
#include "sandbox/answers.hpp"
#include "sandbox/router.hpp"

#include <charconv>

namespace rosterd::sandbox {

namespace {

std::optional<std::size_t> number(const Json& query, const std::string& name, std::size_t usual) {
  const std::string* text = text_of(query, name);
  if (!text) return usual;
  std::size_t value = 0;
  const char* end = text->data() + text->size();
  const auto result = std::from_chars(text->data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || value > 1'000'000) return std::nullopt;
  return value;
}

HttpResponse user_missing() {
  return management_error(404, "The user does not exist.", "inexistent_user");
}

HttpResponse search_users(Tenant& tenant, Call& call) {
  const auto query = UserQuery::parse(call.query.value("q", ""));
  const auto limit = number(call.query, "per_page", 50);
  const auto page = number(call.query, "page", 0);
  if (!query) return management_error(400, "The query is not valid.", "invalid_query_string");
  if (!limit || *limit > 100 || !page) {
    return management_error(400, "Query validation error.", "invalid_query_string");
  }
  const std::size_t start = *page * *limit;
  const std::size_t most = tenant.options.search_results_max;
  if (most != 0 && start + *limit > most) {
    return management_error(
        400, "You can only page through the first 1000 records.", "invalid_paging"
    );
  }
  const Users::Page found = tenant.users.search(*query, start, *limit);
  Json users = Json::array();
  for (const Json* user : found.users) users.push_back(*user);
  if (call.query.value("include_totals", "") != "true") return ok(users);
  Json answer = Json::object();
  answer["start"] = start;
  answer["limit"] = *limit;
  answer["length"] = users.size();
  answer["users"] = std::move(users);
  answer["total"] = found.total;
  return ok(answer);
}

HttpResponse users_by_email(Tenant& tenant, Call& call) {
  Json users = Json::array();
  const std::string email = lower_case(call.query.value("email", ""));
  const auto query = UserQuery::parse("email:\"" + email + "\"");
  if (query) {
    for (const Json* user : tenant.users.search(*query, 0, 100).users) users.push_back(*user);
  }
  return ok(users);
}

HttpResponse show_user(Tenant& tenant, Call& call) {
  const Json* user = tenant.users.find(call.id());
  return user ? ok(*user) : user_missing();
}

/// The id that the tenant gives: the strategy before what was wished for or made up.
std::string id_for(Tenant& tenant, const Connection& connection, const std::string& wished) {
  const std::string prefix = connection.strategy + "|";
  if (wished.starts_with(prefix)) return wished;
  if (!wished.empty()) return prefix + wished;
  std::string random = tenant.storage.new_id();
  std::erase(random, '-');
  return prefix + random.substr(0, 24);
}

HttpResponse create_user(Tenant& tenant, Call& call) {
  if (!call.payload.is_object()) {
    return management_error(
        400, "Payload validation error: 'Expected type object'.", "invalid_body"
    );
  }
  const std::string* name = text_of(call.payload, "connection");
  if (!name) {
    return management_error(
        400, "Payload validation error: 'Missing required property: connection'.", "invalid_body"
    );
  }
  const Connection* connection = tenant.users.connection(*name);
  if (!connection) {
    return management_error(400, "The connection does not exist.", "inexistent_connection");
  }
  const auto given = [&](const char* field) {
    const std::string* text = text_of(call.payload, field);
    return text ? *text : std::string();
  };
  User user;
  user.user_id = id_for(tenant, *connection, given("user_id"));
  user.email = given("email");
  user.name = given("name");
  user.nickname = given("nickname");
  const auto same_email = UserQuery::parse(
      "email:\"" + user.email + "\" AND identities.connection:\"" + connection->name + "\""
  );
  const bool taken =
      !user.email.empty() && same_email && tenant.users.search(*same_email, 0, 1).total > 0;
  if (taken || tenant.users.find(user.user_id)) {
    return management_error(409, "The user already exists.", "auth0_idp_error");
  }
  Json record = account(user, *connection, tenant.clock.now());
  for (const char* field :
       {"blocked", "user_metadata", "app_metadata", "given_name", "family_name"}) {
    if (const Json* value = member(call.payload, field)) record[field] = *value;
  }
  tenant.users.put(record);
  return ok(record, 201);
}

HttpResponse change_user(Tenant& tenant, Call& call) {
  const Json* existing = tenant.users.find(call.id());
  if (!existing) return user_missing();
  if (!call.payload.is_object()) {
    return management_error(
        400, "Payload validation error: 'Expected type object'.", "invalid_body"
    );
  }
  Json record = *existing;
  for (const auto& [name, value] : call.payload.items()) {
    const bool fixed = name == "user_id" || name == "identities" || name == "connection" ||
                       name == "password" || name == "client_id";
    if (!fixed) record[name] = value;
  }
  record["updated_at"] = to_string(tenant.clock.now());
  tenant.users.put(record);
  return ok(record);
}

HttpResponse delete_user(Tenant& tenant, Call& call) {
  tenant.users.erase(call.id());
  return no_content();
}

HttpResponse list_connections(Tenant& tenant, Call&) {
  Json answer = Json::array();
  for (const Connection& connection : tenant.users.connections()) {
    Json entry = Json::object();
    entry["id"] = connection.id;
    entry["name"] = connection.name;
    entry["strategy"] = connection.strategy;
    answer.push_back(std::move(entry));
  }
  return ok(answer);
}

HttpResponse list_clients(Tenant& tenant, Call&) {
  Json answer = Json::array();
  for (const Client& client : tenant.options.clients) {
    Json entry = Json::object();
    entry["client_id"] = client.id;
    entry["name"] = client.id;
    entry["app_type"] = "non_interactive";
    answer.push_back(std::move(entry));
  }
  return ok(answer);
}

}  // namespace

Routes management_routes() {
  Routes routes = {
      {.method = "GET", .pattern = "/api/v2/users", .answer = search_users},
      {.method = "POST", .pattern = "/api/v2/users", .answer = create_user},
      {.method = "GET", .pattern = "/api/v2/users/{id}", .answer = show_user},
      {.method = "PATCH", .pattern = "/api/v2/users/{id}", .answer = change_user},
      {.method = "DELETE", .pattern = "/api/v2/users/{id}", .answer = delete_user},
      {.method = "GET", .pattern = "/api/v2/users-by-email", .answer = users_by_email},
      {.method = "GET", .pattern = "/api/v2/connections", .answer = list_connections},
      {.method = "GET", .pattern = "/api/v2/clients", .answer = list_clients}};
  for (Route& route : routes) route.access = Access::management;
  return routes;
}

}  // namespace rosterd::sandbox
