#include "adapters/extension/calls.hpp"

#include "rosterd/ports/http.hpp"

namespace rosterd::extension {

Call read_call(std::string_view operation, std::string path, std::string_view scope) {
  Call call(operation, "GET", std::move(path));
  call.scope = scope;
  return call;
}

Call change_call(
    std::string_view operation, std::string method, std::string path, std::string_view scope
) {
  Call call(operation, std::move(method), std::move(path));
  call.scope = scope;
  call.mutating = true;
  call.when_missing = WhenMissing::stale_catalogue;
  return call;
}

Call create_call(std::string_view operation, std::string path, std::string_view scope) {
  Call call(operation, "POST", std::move(path));
  call.scope = scope;
  call.mutating = true;
  return call;
}

std::string group_path(const EntitlementId& group, std::string_view rest) {
  return "/groups/" + percent_encoded(group.value) + std::string(rest);
}

std::string user_path(const AccountId& account, std::string_view rest) {
  return "/users/" + percent_encoded(account.value) + std::string(rest);
}

Task<Answer<Acknowledged>> change(Caller& caller, Call call) {
  auto reply = co_await caller.call(std::move(call));
  if (!reply) co_return reply.error();
  co_return Acknowledged(reply->status);
}

}  // namespace rosterd::extension
