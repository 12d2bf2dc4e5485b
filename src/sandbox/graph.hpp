#pragma once

#include "sandbox/json.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rosterd::sandbox {

using Records = std::vector<const Json*>;

/// The groups of a storage and how they nest. `P.nested = [C]`: who is in C has P, too. Refers to
/// the records; valid until the storage changes.
class GroupGraph {
 public:
  explicit GroupGraph(const Json& groups);

  /// The groups themselves and everything above them, in the storage's order.
  Records with_parents(const Records& groups) const;
  /// The groups themselves and everything below them, in the storage's order.
  Records with_children(const Records& groups) const;

  Records with_member(std::string_view user_id) const;
  const Json* find(std::string_view id) const;
  const Records& all() const { return all_; }

 private:
  Records reached(const Records& from, bool upwards) const;

  Records all_;
  std::unordered_map<std::string_view, const Json*> by_id_;
  std::unordered_map<const Json*, Records> parents_;
};

/// A role that a group has.
struct GroupRole {
  const Json* role = nullptr;
  const Json* group = nullptr;  ///< the first of the groups that has it
};

/// The roles attached to the groups, in the order of `roles`.
std::vector<GroupRole> roles_of(const Records& groups, const Json& roles);

/// The roles that the user has directly or through groups; those of groups first.
Records roles_for_user(const Json& groups, const Json& roles, std::string_view user_id);

/// `{_id, name, description, applicationId, applicationType, permissions: […]}` of each role.
Json expanded_roles(const Records& groups, const Json& roles, const Json& permissions);

/// What a user may do in an application: names of groups, roles and permissions.
struct AccessQuestion {
  std::string user_id;
  std::string client_id;
  std::string connection;
  std::vector<std::string> groups;  ///< that the identity provider vouches for
};
Json effective_access(const Json& storage, const AccessQuestion& question);

}  // namespace rosterd::sandbox
