// Client as `Accounts` and `Access`.
#include "adapters/extension/calls.hpp"
#include "rosterd/adapters/extension/client.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/ports/http.hpp"

namespace rosterd::extension {

namespace {

constexpr std::size_t page_size = 100;
/// An address that answers for more accounts than this is no way to find one.
constexpr std::size_t email_pages_max = 10;

/// A quoted term of the Management API's search syntax.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string page_query(std::size_t page) {
  return "per_page=" + std::to_string(page_size) + "&page=" + std::to_string(page);
}

std::string email_path(const std::string& email, std::size_t page) {
  return "/users?field=email&q=" + percent_encoded(quoted(email)) + "&" + page_query(page);
}

Task<Answer<std::vector<std::string>>> group_names(
    Caller& caller, const AccountId& account, std::string_view list
) {
  return ask(
      caller, read_call("access", user_path(account, list), "read:groups"), read_group_names
  );
}

Task<Answer<std::vector<EntitlementName>>> role_names(
    Caller& caller, const AccountId& account, std::string_view list
) {
  return ask(caller, read_call("access", user_path(account, list), "read:roles"), read_role_names);
}

/// Has no effect, though it is a POST.
Call policy_call(
    const AccountId& account, const std::string& application, const std::string& connection
) {
  Call call("access", "POST", user_path(account, "/policy/" + percent_encoded(application)));
  call.when_missing = WhenMissing::refusal;
  call.body["connectionName"] = connection;
  call.body["groups"] = nlohmann::json::array();
  return call;
}

}  // namespace

Task<Answer<std::optional<TenantUser>>> Client::user(AccountId account) {
  Call call = read_call("user", user_path(account, ""), "read:users");
  call.when_missing = WhenMissing::nothing_there;
  auto reply = co_await caller_->call(std::move(call));
  if (!reply) co_return reply.error();
  std::optional<TenantUser> found;
  if (reply->status == 404) co_return found;
  auto user = read_user(reply->body);
  if (!user) co_return user.error();
  found = std::move(*user);
  co_return found;
}

Task<Answer<std::vector<TenantUser>>> Client::users_with_email(std::string email) {
  std::vector<TenantUser> found;
  std::size_t seen = 0;
  for (std::size_t number = 1; number <= email_pages_max; ++number) {
    Call call = read_call("users_with_email", email_path(email, number), "read:users");
    auto page = co_await ask(*caller_, std::move(call), read_users_page);
    if (!page) co_return page.error();
    for (TenantUser& user : page->users) {
      // The search analyses words; only the very address is a match.
      if (equal_ignoring_case(user.email, email)) found.push_back(std::move(user));
    }
    seen += page->users.size();
    if (page->users.empty() || seen >= page->total) break;
  }
  co_return found;
}

Task<Answer<Accounts::Page>> Client::users_page(std::size_t page) {
  return ask(
      *caller_, read_call("users_page", "/users?" + page_query(page), "read:users"), read_users_page
  );
}

Task<Answer<EffectiveAccess>> Client::effective(
    AccountId account, std::string application, std::string connection
) {
  EffectiveAccess access;
  auto names = co_await group_names(*caller_, account, "/groups");
  if (!names) co_return names.error();
  access.direct_groups = std::move(*names);

  names = co_await group_names(*caller_, account, "/groups/calculate");
  if (!names) co_return names.error();
  access.groups = std::move(*names);

  auto roles = co_await role_names(*caller_, account, "/roles");
  if (!roles) co_return roles.error();
  access.direct_roles = std::move(*roles);

  roles = co_await role_names(*caller_, account, "/roles/calculate");
  if (!roles) co_return roles.error();
  access.roles = std::move(*roles);
  if (application.empty()) co_return access;

  Call policy = policy_call(account, application, connection);
  auto permissions = co_await ask(*caller_, std::move(policy), read_policy_permissions);
  if (!permissions) co_return permissions.error();
  access.permissions = std::move(*permissions);
  co_return access;
}

}  // namespace rosterd::extension
