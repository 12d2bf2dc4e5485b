#include "sandbox/graph.hpp"

#include <algorithm>
#include <unordered_set>

namespace rosterd::sandbox {

namespace {

const Json& collection(const Json& storage, const std::string& name) {
  static const Json none = Json::array();
  const Json* records = member(storage, name);
  return records && records->is_array() ? *records : none;
}

template <class Visit>
void each_text(const Json& record, const std::string& list, const Visit& visit) {
  const Json* entries = member(record, list);
  if (!entries || !entries->is_array()) return;
  for (const Json& entry : *entries) {
    if (entry.is_string()) visit(*entry.get_ptr<const std::string*>());
  }
}

bool maps(const Json& group, std::string_view connection, const std::vector<std::string>& names) {
  const Json* mappings = member(group, "mappings");
  if (!mappings || !mappings->is_array()) return false;
  return std::any_of(mappings->begin(), mappings->end(), [&](const Json& mapping) {
    const std::string* name = text_of(mapping, "groupName");
    return name && has_text(mapping, "connectionName", connection) &&
           std::find(names.begin(), names.end(), *name) != names.end();
  });
}

void append_name(Json& names, const Json& record) {
  const std::string* name = text_of(record, "name");
  if (name && std::find(names.begin(), names.end(), *name) == names.end()) names.push_back(*name);
}

std::unordered_set<std::string_view> permission_ids(const Records& roles) {
  std::unordered_set<std::string_view> ids;
  for (const Json* role : roles) {
    each_text(*role, "permissions", [&](const std::string& id) { ids.insert(id); });
  }
  return ids;
}

}  // namespace

GroupGraph::GroupGraph(const Json& groups) {
  for (const Json& group : groups) {
    all_.push_back(&group);
    if (const std::string* id = text_of(group, "_id")) by_id_.emplace(*id, &group);
  }
  for (const Json* group : all_) {
    each_text(*group, "nested", [&](const std::string& id) {
      if (const Json* child = find(id)) parents_[child].push_back(group);
    });
  }
}

const Json* GroupGraph::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Records GroupGraph::with_member(std::string_view user_id) const {
  Records groups;
  for (const Json* group : all_) {
    if (lists(*group, "members", user_id)) groups.push_back(group);
  }
  return groups;
}

Records GroupGraph::with_parents(const Records& groups) const {
  return reached(groups, true);
}
Records GroupGraph::with_children(const Records& groups) const {
  return reached(groups, false);
}

Records GroupGraph::reached(const Records& from, bool upwards) const {
  std::unordered_set<const Json*> seen(from.begin(), from.end());
  Records open = from;
  const auto visit = [&](const Json* group) {
    if (group && seen.insert(group).second) open.push_back(group);
  };
  while (!open.empty()) {
    const Json* group = open.back();
    open.pop_back();
    if (!upwards) {
      each_text(*group, "nested", [&](const std::string& id) { visit(find(id)); });
    } else if (const auto parents = parents_.find(group); parents != parents_.end()) {
      for (const Json* parent : parents->second) visit(parent);
    }
  }
  Records result;
  for (const Json* group : all_) {
    if (seen.contains(group)) result.push_back(group);
  }
  return result;
}

std::vector<GroupRole> roles_of(const Records& groups, const Json& roles) {
  std::unordered_map<std::string_view, const Json*> having;
  for (const Json* group : groups) {
    each_text(*group, "roles", [&](const std::string& id) { having.emplace(id, group); });
  }
  std::vector<GroupRole> result;
  for (const Json& role : roles) {
    const std::string* id = text_of(role, "_id");
    const auto group = id ? having.find(*id) : having.end();
    if (group != having.end()) result.push_back({.role = &role, .group = group->second});
  }
  return result;
}

Records roles_for_user(const Json& groups, const Json& roles, std::string_view user_id) {
  const GroupGraph graph(groups);
  Records result;
  for (const GroupRole& one : roles_of(graph.with_parents(graph.with_member(user_id)), roles)) {
    result.push_back(one.role);
  }
  for (const Json& role : roles) {
    if (!lists(role, "users", user_id)) continue;
    if (std::find(result.begin(), result.end(), &role) == result.end()) result.push_back(&role);
  }
  return result;
}

Json expanded_roles(const Records& groups, const Json& roles, const Json& permissions) {
  Json result = Json::array();
  for (const GroupRole& one : roles_of(groups, roles)) {
    Json entry =
        picked(*one.role, "_id", "name", "description", "applicationId", "applicationType");
    entry["permissions"] = Json::array();
    for (const Json& permission : permissions) {
      const std::string* id = text_of(permission, "_id");
      if (id && lists(*one.role, "permissions", *id)) {
        entry["permissions"].push_back(picked(permission, "_id", "name", "description"));
      }
    }
    result.push_back(std::move(entry));
  }
  return result;
}

Json effective_access(const Json& storage, const AccessQuestion& question) {
  const GroupGraph graph(collection(storage, "groups"));
  Records groups = graph.with_member(question.user_id);
  std::vector<std::string> names = question.groups;
  for (const Json* group : groups) {
    if (const std::string* name = text_of(*group, "name")) names.push_back(*name);
  }
  for (const Json* group : graph.all()) {
    if (maps(*group, question.connection, names)) groups.push_back(group);
  }
  groups = graph.with_parents(groups);

  Json result = Json::object();
  result["groups"] = Json::array();
  for (const Json* group : groups) append_name(result["groups"], *group);

  const Json& all_roles = collection(storage, "roles");
  Records roles;
  for (const GroupRole& one : roles_of(groups, all_roles)) roles.push_back(one.role);
  for (const Json& role : all_roles) {
    if (lists(role, "users", question.user_id)) roles.push_back(&role);
  }
  std::erase_if(roles, [&](const Json* role) {
    return !has_text(*role, "applicationId", question.client_id);
  });
  result["roles"] = Json::array();
  for (const Json* role : roles) append_name(result["roles"], *role);

  const auto ids = permission_ids(roles);
  result["permissions"] = Json::array();
  for (const Json& permission : collection(storage, "permissions")) {
    const std::string* id = text_of(permission, "_id");
    if (id && ids.contains(*id)) append_name(result["permissions"], permission);
  }
  return result;
}

}  // namespace rosterd::sandbox
