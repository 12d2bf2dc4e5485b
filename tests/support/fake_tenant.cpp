#include "fake_tenant.hpp"

#include "rosterd/base/assert.hpp"
#include "rosterd/base/text.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace rosterd::test {

namespace {

int status_of(ErrorClass error) {
  static const std::map<ErrorClass, int> statuses{
      {ErrorClass::authentication, 401},
      {ErrorClass::configuration, 403},
      {ErrorClass::stale_catalogue, 404},
      {ErrorClass::permanent, 400},
      {ErrorClass::throttled, 429},
      {ErrorClass::transient, 500},
  };
  const auto found = statuses.find(error);
  return found == statuses.end() ? 0 : found->second;
}

TargetError error_of(ErrorClass error) {
  return TargetError(error, status_of(error), "scripted: " + std::string(to_string(error)));
}

std::string user_of(const AccountId& account) {
  const std::size_t bar = account.value.find('|');
  return bar == std::string::npos ? account.value : account.value.substr(bar + 1);
}

std::string listed(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

template <class Accounts>
std::string users_in(const Accounts& accounts) {
  std::vector<std::string> names;
  for (const AccountId& account : accounts) names.push_back(user_of(account));
  return listed(std::move(names));
}

}  // namespace

std::string_view to_string(Call call) {
  static constexpr std::string_view names[] = {
      "groups",
      "roles",
      "add_members",
      "remove_members",
      "add_roles",
      "remove_roles",
      "user",
      "users_with_email",
      "users_page",
      "permissions",
      "create_group",
      "update_group",
      "create_role",
      "update_role",
      "create_permission",
      "update_permission",
      "attach_roles",
      "nest_groups",
      "effective",
      "storage",
  };
  return names[static_cast<std::size_t>(call)];
}

bool mutates(Call call) {
  switch (call) {
    case Call::groups:
    case Call::roles:
    case Call::user:
    case Call::users_with_email:
    case Call::users_page:
    case Call::permissions:
    case Call::effective:
    case Call::storage:
      return false;
    case Call::add_members:
    case Call::remove_members:
    case Call::add_roles:
    case Call::remove_roles:
    case Call::create_group:
    case Call::update_group:
    case Call::create_role:
    case Call::update_role:
    case Call::create_permission:
    case Call::update_permission:
    case Call::attach_roles:
    case Call::nest_groups:
      return true;
  }
  std::abort();
}

void FakeTenant::has_group(const std::string& name, const std::vector<std::string>& members) {
  TenantGroup made;
  made.id = EntitlementId(next_id("g"));
  made.name = name;
  made.description = name;
  for (const std::string& member : members) made.members.insert(account(member));
  if (!members.empty()) ever_filled_.insert(made.id);
  state_.groups.push_back(std::move(made));
}

void FakeTenant::has_role(const std::string& name, const std::vector<std::string>& users) {
  TenantRole made;
  made.id = EntitlementId(next_id("r"));
  made.name = name;
  made.description = name;
  made.application = "app";
  made.application_type = "client";
  for (const std::string& user : users) made.users.insert(account(user));
  state_.roles.push_back(std::move(made));
}

void FakeTenant::has_user(const std::string& name, const std::string& email) {
  TenantUser user;
  user.id = account(name);
  user.email = email.empty() ? name + "@example.com" : email;
  user.name = name;
  TenantUser::Identity identity;
  identity.connection = "Users";
  identity.provider = "auth0";
  user.identities.push_back(std::move(identity));
  has_user(std::move(user));
}

void FakeTenant::has_user(TenantUser user) {
  users_.push_back(std::move(user));
}

void FakeTenant::loses_group(const std::string& name) {
  std::erase_if(state_.groups, [&](const TenantGroup& group) { return group.name == name; });
}

void FakeTenant::put(const std::string& entitlement, const std::string& user) {
  for (TenantGroup& group : state_.groups) {
    if (group.name != entitlement) continue;
    group.members.insert(account(user));
    ever_filled_.insert(group.id);
  }
  for (TenantRole& role : state_.roles) {
    if (role.name == entitlement) role.users.insert(account(user));
  }
}

void FakeTenant::take(const std::string& entitlement, const std::string& user) {
  for (TenantGroup& group : state_.groups) {
    if (group.name == entitlement) group.members.erase(account(user));
  }
  for (TenantRole& role : state_.roles) {
    if (role.name == entitlement) role.users.erase(account(user));
  }
}

void FakeTenant::fails(Call call, ErrorClass error, int times, const std::string& about) {
  Plot plot;
  plot.call = call;
  plot.error = error_of(error);
  plot.times = times;
  plot.about = about;
  will(std::move(plot));
}

void FakeTenant::loses(Call call, int times, const std::string& about) {
  Plot plot;
  plot.call = call;
  plot.fate = Fate::lost;
  plot.times = times;
  plot.about = about;
  will(std::move(plot));
}

std::size_t FakeTenant::count(Call call) const {
  const auto found = counts_.find(call);
  return found == counts_.end() ? 0 : found->second;
}

std::size_t FakeTenant::writes() const {
  std::size_t total = 0;
  for (const auto& [call, number] : counts_) total += mutates(call) ? number : 0;
  return total;
}

std::size_t FakeTenant::calls_to_groups_and_roles() const {
  return count(Call::groups) + count(Call::roles) + writes();
}

std::string FakeTenant::members_now() const {
  std::string text;
  const auto add = [&](const std::string& name, const AccountSet& accounts) {
    if (accounts.empty()) return;
    text += (text.empty() ? "" : "; ") + name + ": " + users_in(accounts);
  };
  for (const TenantGroup& group : state_.groups) add(group.name, group.members);
  for (const TenantRole& role : state_.roles) add(role.name + "@" + role.application, role.users);
  return text;
}

std::string FakeTenant::access_of(const std::string& user) const {
  std::string text;
  for (const EntitlementRef& ref : state_.assignments_of(account(user))) {
    text += (text.empty() ? "" : ", ") + to_string(*state_.name_of(ref));
  }
  return text;
}

std::optional<FakeTenant::Plot> FakeTenant::fate_of(Call call, const std::string& about) {
  for (auto plot = plots_.begin(); plot != plots_.end(); ++plot) {
    if (plot->call != call || (!plot->about.empty() && plot->about != about)) continue;
    Plot found = *plot;
    if (plot->times > 0 && --plot->times == 0) plots_.erase(plot);
    return found;
  }
  return bad_luck(call);
}

std::optional<FakeTenant::Plot> FakeTenant::bad_luck(Call call) {
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  if (trouble_ <= 0.0 || unit(random_) >= trouble_) return std::nullopt;
  static constexpr ErrorClass refusals[] = {
      ErrorClass::transient,
      ErrorClass::throttled,
      ErrorClass::paused,
      ErrorClass::unknown,
      ErrorClass::authentication};
  Plot plot;
  plot.call = call;
  if (mutates(call) && unit(random_) < 0.3) {
    plot.fate = Fate::lost;
  } else if (mutates(call) && unit(random_) < 0.4) {
    plot.fate = Fate::done_but_refused;
    plot.error = error_of(ErrorClass::unknown);
  } else {
    plot.error = error_of(refusals[random_() % std::size(refusals)]);
  }
  return plot;
}

Task<std::optional<FakeTenant::Plot>> FakeTenant::arrive(Call call, std::string about) {
  ++counts_[call];
  if (on_call) on_call(call);
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
  co_return fate_of(call, about);
}

Task<Answer<Acknowledged>> FakeTenant::write(
    Call call, std::string about, std::string told, Effect effect
) {
  ROSTERD_ASSERT(!write_in_flight_, "one mutating call at a time");
  write_in_flight_ = true;
  history_.push_back(std::move(told));
  const auto plot = co_await arrive(call, about);
  write_in_flight_ = false;
  if (plot && plot->fate == Fate::refused) co_return plot->error;
  if (plot && plot->fate == Fate::lost) co_return Acknowledged(204);
  const auto error = effect();
  if (error) co_return *error;
  if (after_write) after_write(call);
  if (plot) co_return plot->error;
  co_return Acknowledged(204);
}

Task<Answer<std::vector<TenantGroup>>> FakeTenant::groups() {
  const std::string about;
  const auto plot = co_await arrive(Call::groups, about);
  if (plot) co_return plot->error;
  co_return state_.groups;
}

Task<Answer<std::vector<TenantRole>>> FakeTenant::roles() {
  const std::string about;
  const auto plot = co_await arrive(Call::roles, about);
  if (plot) co_return plot->error;
  co_return state_.roles;
}

Task<Answer<Acknowledged>> FakeTenant::add_members(
    EntitlementId id, std::vector<AccountId> accounts
) {
  const TenantGroup* found = group(id);
  const std::string name = found == nullptr ? id.value : found->name;
  std::string told = "+" + name + ": " + users_in(accounts);
  Effect effect = [this, id, accounts]() -> std::optional<TargetError> {
    TenantGroup* to = group(id);
    if (to == nullptr) return not_found("groups");
    to->members.insert(accounts.begin(), accounts.end());
    ever_filled_.insert(id);
    return std::nullopt;
  };
  co_return co_await write(Call::add_members, name, std::move(told), std::move(effect));
}

Task<Answer<Acknowledged>> FakeTenant::remove_members(
    EntitlementId id, std::vector<AccountId> accounts
) {
  const TenantGroup* found = group(id);
  const std::string name = found == nullptr ? id.value : found->name;
  std::string told = "-" + name + ": " + users_in(accounts);
  Effect effect = [this, id, accounts]() -> std::optional<TargetError> {
    TenantGroup* from = group(id);
    if (from == nullptr) return not_found("groups");
    if (!ever_filled_.contains(id)) {
      return TargetError(ErrorClass::transient, 500, "An internal server error occurred");
    }
    for (const AccountId& one : accounts) from->members.erase(one);
    return std::nullopt;
  };
  co_return co_await write(Call::remove_members, name, std::move(told), std::move(effect));
}

Task<Answer<Acknowledged>> FakeTenant::add_roles(
    AccountId account, std::vector<EntitlementId> ids
) {
  std::vector<std::string> names;
  for (const EntitlementId& id : ids) names.push_back(role(id) ? role(id)->name : id.value);
  std::string told = "+" + user_of(account) + ": " + listed(names);
  Effect effect = [this, account, ids]() -> std::optional<TargetError> {
    // Unknown ids are ignored with 204.
    for (const EntitlementId& id : ids) {
      if (TenantRole* to = role(id)) to->users.insert(account);
    }
    return std::nullopt;
  };
  co_return co_await write(Call::add_roles, account.value, std::move(told), std::move(effect));
}

Task<Answer<Acknowledged>> FakeTenant::remove_roles(
    AccountId account, std::vector<EntitlementId> ids
) {
  std::vector<std::string> names;
  for (const EntitlementId& id : ids) names.push_back(role(id) ? role(id)->name : id.value);
  std::string told = "-" + user_of(account) + ": " + listed(names);
  Effect effect = [this, account, ids]() -> std::optional<TargetError> {
    // An unknown id answers 404 after the ones before it were applied.
    for (const EntitlementId& id : ids) {
      TenantRole* from = role(id);
      if (from == nullptr) return not_found("roles");
      from->users.erase(account);
    }
    return std::nullopt;
  };
  co_return co_await write(Call::remove_roles, account.value, std::move(told), std::move(effect));
}

Task<Answer<std::optional<TenantUser>>> FakeTenant::user(AccountId account) {
  const auto plot = co_await arrive(Call::user, account.value);
  if (plot) co_return plot->error;
  std::optional<TenantUser> answer;
  for (const TenantUser& one : users_) {
    if (one.id == account) answer = one;
  }
  co_return answer;
}

Task<Answer<std::vector<TenantUser>>> FakeTenant::users_with_email(std::string email) {
  const auto plot = co_await arrive(Call::users_with_email, email);
  if (plot) co_return plot->error;
  std::vector<TenantUser> answer;
  for (const TenantUser& one : users_) {
    if (lower_case(one.email) == lower_case(email)) answer.push_back(one);
  }
  co_return answer;
}

Task<Answer<Accounts::Page>> FakeTenant::users_page(std::size_t page) {
  const std::string about = std::to_string(page);
  const auto plot = co_await arrive(Call::users_page, about);
  if (plot) co_return plot->error;
  constexpr std::size_t users_on_a_page = 100;
  Page answer;
  answer.total = users_.size();
  const std::size_t first = (std::max<std::size_t>(page, 1) - 1) * users_on_a_page;
  for (std::size_t i = first; i < std::min(first + users_on_a_page, users_.size()); ++i) {
    answer.users.push_back(users_[i]);
  }
  co_return answer;
}

TargetError FakeTenant::not_found(const std::string& what) {
  return TargetError(
      ErrorClass::stale_catalogue, 404, "The record ID in " + what + " does not exist."
  );
}

TenantGroup* FakeTenant::group(const EntitlementId& id) {
  for (TenantGroup& one : state_.groups) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

TenantRole* FakeTenant::role(const EntitlementId& id) {
  for (TenantRole& one : state_.roles) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

std::string FakeTenant::next_id(const std::string& prefix) {
  return prefix + std::to_string(++ids_);
}

}  // namespace rosterd::test
