#include "sandbox/users.hpp"

#include "rosterd/base/assert.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <set>

namespace rosterd::sandbox {

namespace {

std::string email_key(const Json& user) {
  const std::string* email = text_of(user, "email");
  return email ? lower_case(*email) : std::string();
}

}  // namespace

const Connection* Users::connection(std::string_view name) const {
  for (const Connection& one : connections_) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

const Connection& Users::connection_for(std::string_view user_id) const {
  ROSTERD_ASSERT(!connections_.empty(), "a tenant has a connection");
  const std::string_view strategy = user_id.substr(0, user_id.find('|'));
  for (const Connection& one : connections_) {
    if (one.strategy == strategy) return one;
  }
  return connections_.front();
}

const Json* Users::find(std::string_view user_id) const {
  const auto found = by_id_.find(std::string(user_id));
  return found == by_id_.end() ? nullptr : at(found->second);
}

void Users::put(Json user) {
  const std::string* id = text_of(user, "user_id");
  if (!id || id->empty()) return;
  const auto existing = by_id_.find(*id);
  const std::uint64_t order = existing == by_id_.end() ? next_++ : existing->second;
  if (existing != by_id_.end()) {
    const auto [first, last] = by_email_.equal_range(email_key(by_order_.at(order)));
    const auto same = [&](const auto& entry) { return entry.second == order; };
    const auto old = std::find_if(first, last, same);
    if (old != last) by_email_.erase(old);
  }
  by_id_[*id] = order;
  by_email_.emplace(email_key(user), order);
  by_order_[order] = std::move(user);
  ++version_;
}

void Users::put(const User& user, Instant now) {
  const Connection* named = connection(user.connection);
  put(account(user, named ? *named : connection_for(user.user_id), now));
}

bool Users::erase(std::string_view user_id) {
  const auto found = by_id_.find(std::string(user_id));
  if (found == by_id_.end()) return false;
  const std::uint64_t order = found->second;
  const auto [first, last] = by_email_.equal_range(email_key(by_order_.at(order)));
  const auto same = [&](const auto& entry) { return entry.second == order; };
  const auto email = std::find_if(first, last, same);
  if (email != last) by_email_.erase(email);
  by_order_.erase(order);
  by_id_.erase(found);
  ++version_;
  return true;
}

void Users::clear() {
  by_order_.clear();
  by_id_.clear();
  by_email_.clear();
  ++version_;
}

Users::Page Users::search(const UserQuery& query, std::size_t start, std::size_t limit) const {
  Page page;
  const auto consider = [&](const Json& user) {
    if (!query.matches(user)) return;
    if (page.total >= start && page.users.size() < limit) page.users.push_back(&user);
    ++page.total;
  };
  if (query.values_of("email") || query.values_of("user_id")) {
    for (const Json* user : candidates(query)) consider(*user);
  } else {
    for (const auto& [order, user] : by_order_) consider(user);
  }
  return page;
}

std::vector<const Json*> Users::candidates(const UserQuery& query) const {
  std::set<std::uint64_t> orders;
  if (const auto emails = query.values_of("email")) {
    for (const std::string& email : *emails) {
      const auto [first, last] = by_email_.equal_range(email);
      for (auto entry = first; entry != last; ++entry) orders.insert(entry->second);
    }
  } else {
    const auto ids = query.values_of("user_id").value_or(std::vector<std::string>());
    for (const auto& [order, user] : by_order_) {
      const std::string* id = text_of(user, "user_id");
      if (std::find(ids.begin(), ids.end(), lower_case(*id)) != ids.end()) orders.insert(order);
    }
  }
  std::vector<const Json*> users;
  for (const std::uint64_t order : orders) users.push_back(at(order));
  return users;
}

Json Users::all() const {
  Json list = Json::array();
  for (const auto& [order, user] : by_order_) list.push_back(user);
  return list;
}

const Json* Users::at(std::uint64_t order) const {
  const auto found = by_order_.find(order);
  return found == by_order_.end() ? nullptr : &found->second;
}

Json account(const User& user, const Connection& connection, Instant now) {
  const std::size_t bar = user.user_id.find('|');
  const std::string local = user.email.substr(0, user.email.find('@'));
  Json identity = Json::object();
  identity["connection"] = connection.name;
  identity["user_id"] = bar == std::string::npos ? user.user_id : user.user_id.substr(bar + 1);
  identity["provider"] = connection.strategy;
  identity["isSocial"] = connection.strategy == "google-oauth2";

  Json record = Json::object();
  record["created_at"] = to_string(now);
  if (!user.email.empty()) {
    record["email"] = user.email;
    record["email_verified"] = true;
  }
  record["identities"] = Json::array();
  record["identities"].push_back(std::move(identity));
  record["name"] = !user.name.empty() ? user.name : user.email;
  record["nickname"] = !user.nickname.empty() ? user.nickname : local;
  record["picture"] = "";
  record["updated_at"] = to_string(now);
  record["user_id"] = user.user_id;
  return record;
}

}  // namespace rosterd::sandbox
