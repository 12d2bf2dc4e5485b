// Client as `Target`.
#include "adapters/extension/calls.hpp"
#include "rosterd/adapters/extension/client.hpp"

namespace rosterd::extension {

Task<Answer<std::vector<TenantGroup>>> Client::groups() {
  return ask(*caller_, read_call("groups", "/groups", "read:groups"), read_groups);
}

Task<Answer<std::vector<TenantRole>>> Client::roles() {
  return ask(*caller_, read_call("roles", "/roles", "read:roles"), read_roles);
}

Task<Answer<Acknowledged>> Client::add_members(
    EntitlementId group, std::vector<AccountId> accounts
) {
  Call call = change_call("add_members", "PATCH", group_path(group, "/members"), "update:groups");
  call.body = id_list(accounts);
  return change(*caller_, std::move(call));
}

Task<Answer<Acknowledged>> Client::remove_members(
    EntitlementId group, std::vector<AccountId> accounts
) {
  Call call =
      change_call("remove_members", "DELETE", group_path(group, "/members"), "update:groups");
  call.body = id_list(accounts);
  return change(*caller_, std::move(call));
}

Task<Answer<Acknowledged>> Client::add_roles(AccountId account, std::vector<EntitlementId> roles) {
  Call call = change_call("add_roles", "PATCH", user_path(account, "/roles"), "update:roles");
  call.body = id_list(roles);
  return change(*caller_, std::move(call));
}

Task<Answer<Acknowledged>> Client::remove_roles(
    AccountId account, std::vector<EntitlementId> roles
) {
  Call call = change_call("remove_roles", "DELETE", user_path(account, "/roles"), "update:roles");
  call.body = id_list(roles);
  return change(*caller_, std::move(call));
}

}  // namespace rosterd::extension
