#include "sandbox/answers.hpp"
#include "sandbox/router.hpp"

namespace rosterd::sandbox {

namespace {

HttpResponse show_stats(Tenant& tenant, Call&) {
  Json answer = Json::object();
  answer["calls"] = Json(tenant.stats.calls);
  answer["faults"] = Json(tenant.faults.counts());
  answer["lost_writes"] = tenant.editor.lost_writes();
  answer["lost_writes_of"] = Json(tenant.read_backs.lost_by_client());
  answer["mutating_in_flight_max"] = tenant.stats.mutating_in_flight_max;
  answer["tokens_issued"] = tenant.stats.tokens_issued;
  answer["storage_bytes"] = tenant.storage.bytes();
  answer["users"] = tenant.users.size();
  return ok(answer);
}

HttpResponse show_faults(Tenant& tenant, Call&) {
  Json answer = to_json(tenant.faults.plan());
  answer["storage_bytes_max"] = tenant.options.storage_bytes_max;
  return ok(answer);
}

HttpResponse change_faults(Tenant& tenant, Call& call) {
  std::size_t limit = 0;
  if (const Json* bytes = member(call.payload, "storage_bytes_max")) {
    if (!bytes->is_number_unsigned()) return failed(400, "\"storage_bytes_max\" must be a number");
    limit = bytes->get<std::size_t>();
    call.payload.erase("storage_bytes_max");
  }
  const auto plan = parse_fault_plan(call.payload);
  if (const auto* problem = std::get_if<std::string>(&plan)) return failed(400, *problem);
  tenant.faults.set(std::get<FaultPlan>(plan));
  tenant.options.storage_bytes_max = limit;
  tenant.storage.limit(limit);
  return show_faults(tenant, call);
}

HttpResponse reset(Tenant& tenant, Call& call) {
  const unsigned in_flight = tenant.stats.mutating_in_flight;
  tenant.stats = Stats{};
  tenant.stats.mutating_in_flight = in_flight;
  tenant.editor.forget_losses();
  tenant.read_backs.forget_losses();
  tenant.faults.forget_counts();
  if (has_text(call.query, "only", "stats")) return no_content();
  tenant.read_backs = ReadBacks();
  tenant.faults.set(FaultPlan{});
  tenant.storage.limit(0);
  tenant.options.storage_bytes_max = 0;
  tenant.storage.replace(Json::object());
  tenant.users.clear();
  tenant.rule_published = false;
  return no_content();
}

HttpResponse add_users(Tenant& tenant, Call& call) {
  if (!call.payload.is_array()) return failed(400, "a list of users is expected");
  for (const Json& entry : call.payload) {
    const std::string* id = text_of(entry, "user_id");
    if (!id || id->empty()) return failed(400, "every user needs a \"user_id\"");
  }
  for (const Json& entry : call.payload) {
    User user;
    user.user_id = *text_of(entry, "user_id");
    if (const std::string* email = text_of(entry, "email")) user.email = *email;
    if (const std::string* name = text_of(entry, "name")) user.name = *name;
    if (const std::string* nickname = text_of(entry, "nickname")) user.nickname = *nickname;
    if (const std::string* connection = text_of(entry, "connection")) user.connection = *connection;
    tenant.users.put(user, tenant.clock.now());
  }
  Json answer = Json::object();
  answer["users"] = tenant.users.size();
  return ok(answer);
}

}  // namespace

Routes control_routes() {
  Routes routes = {
      {.method = "GET", .pattern = "/sandbox/stats", .answer = show_stats},
      {.method = "GET", .pattern = "/sandbox/faults", .answer = show_faults},
      {.method = "POST", .pattern = "/sandbox/faults", .answer = change_faults},
      {.method = "POST", .pattern = "/sandbox/reset", .answer = reset},
      {.method = "POST", .pattern = "/sandbox/users", .answer = add_users}};
  for (Route& route : routes) route.access = Access::open;
  return routes;
}

}  // namespace rosterd::sandbox
