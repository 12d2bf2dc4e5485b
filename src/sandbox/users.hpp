#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/sandbox/options.hpp"
#include "sandbox/json.hpp"
#include "sandbox/user_query.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rosterd::sandbox {

/// The tenant's accounts, as the Management API shows them, in the order they were made. Found by
/// id and by e-mail without a search.
class Users {
 public:
  explicit Users(std::vector<Connection> connections) : connections_(std::move(connections)) {}

  const std::vector<Connection>& connections() const { return connections_; }
  const Connection* connection(std::string_view name) const;
  /// The first connection whose strategy is the id's part before `|`; the first of all otherwise.
  const Connection& connection_for(std::string_view user_id) const;

  std::size_t size() const { return by_order_.size(); }
  std::uint64_t version() const { return version_; }
  const Json* find(std::string_view user_id) const;

  /// Puts the account in, or in place of the one with its `user_id`.
  void put(Json user);
  void put(const User& user, Instant now);
  bool erase(std::string_view user_id);
  void clear();

  /// One page of those that match.
  struct Page {
    std::vector<const Json*> users;
    std::size_t total = 0;
  };
  Page search(const UserQuery& query, std::size_t start, std::size_t limit) const;

  Json all() const;

 private:
  const Json* at(std::uint64_t order) const;
  std::vector<const Json*> candidates(const UserQuery& query) const;

  std::vector<Connection> connections_;
  std::map<std::uint64_t, Json> by_order_;
  std::unordered_map<std::string, std::uint64_t> by_id_;
  std::unordered_multimap<std::string, std::uint64_t> by_email_;
  std::uint64_t next_ = 0;
  std::uint64_t version_ = 0;
};

/// The record of a new account: what is empty in `user` is made up.
Json account(const User& user, const Connection& connection, Instant now);

}  // namespace rosterd::sandbox
