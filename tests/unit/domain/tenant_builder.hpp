#pragma once

#include "rosterd/domain/guard.hpp"
#include "rosterd/domain/plan.hpp"

#include <string>
#include <vector>

namespace rosterd::test {

inline AccountId account(const std::string& name) {
  return AccountId{"auth0|" + name};
}

inline EntitlementRef group(const std::string& id) {
  return {EntitlementKind::group, EntitlementId{"g-" + id}};
}
inline EntitlementRef role(const std::string& id) {
  return {EntitlementKind::role, EntitlementId{"r-" + id}};
}
inline EntitlementName group_name(const std::string& name) {
  return {EntitlementKind::group, name, {}};
}
inline EntitlementName role_name(const std::string& name) {
  return {EntitlementKind::role, name, "app"};
}

inline void add_group(
    TenantState& tenant, const std::string& name, const std::vector<std::string>& members
) {
  TenantGroup added;
  added.id = group(name).id;
  added.name = name;
  for (const std::string& member : members) added.members.insert(account(member));
  tenant.groups.push_back(std::move(added));
}

inline void add_role(
    TenantState& tenant, const std::string& name, const std::vector<std::string>& users
) {
  TenantRole added;
  added.id = role(name).id;
  added.name = name;
  added.application = "app";
  for (const std::string& user : users) added.users.insert(account(user));
  tenant.roles.push_back(std::move(added));
}

/// Somebody active with the account of their own name.
inline Subject subject(const std::string& person) {
  Subject made;
  made.person = PersonId{person};
  made.accounts = {account(person)};
  return made;
}

inline Subject leaver(const std::string& person) {
  Subject made = subject(person);
  made.lifecycle.state = LifecycleState::left;
  made.lifecycle.entitled = false;
  made.lifecycle.why = "status is left";
  return made;
}

inline void want(Subject& who, const EntitlementName& what, const std::string& rule = "everyone") {
  who.desired.push_back({what, {rule}});
}

inline void in_ledger(Subject& who, const std::string& of, const EntitlementRef& what) {
  LedgerEntry entry;
  entry.account = account(of);
  entry.entitlement = what;
  entry.name = what.kind == EntitlementKind::group ? group_name(what.id.value.substr(2))
                                                   : role_name(what.id.value.substr(2));
  entry.person = who.person;
  who.ledger.push_back(entry);
}

inline Change change(
    Change::Kind kind, const std::string& who, const EntitlementRef& what, bool leaver = false
) {
  Change made;
  made.kind = kind;
  made.person = PersonId{who};
  made.account = account(who);
  made.entitlement = what;
  const std::string name = what.id.value.substr(2);
  made.name = what.kind == EntitlementKind::group ? group_name(name) : role_name(name);
  made.leaver = leaver;
  return made;
}

inline Change grant(const std::string& who, const EntitlementRef& what) {
  return change(Change::Kind::grant, who, what);
}
inline Change revoke(const std::string& who, const EntitlementRef& what) {
  return change(Change::Kind::revoke, who, what);
}
inline Change revoke_leaver(const std::string& who, const EntitlementRef& what) {
  return change(Change::Kind::revoke, who, what, true);
}

inline Removal begun(const Change& change, Instant at) {
  Removal removal;
  removal.person = change.person;
  removal.account = change.account;
  removal.entitlement = change.entitlement;
  removal.leaver = change.leaver;
  removal.at = at;
  return removal;
}

inline std::string numbered(const std::string& name, std::size_t number) {
  return name + std::to_string(number);
}

}  // namespace rosterd::test
