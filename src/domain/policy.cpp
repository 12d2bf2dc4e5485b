#include "rosterd/domain/policy.hpp"

#include "domain/compare.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace rosterd {

namespace {

/// Calls `passes` with each element of a list, or with the value itself.
template <class Passes>
bool any_element(const AttributeValue& value, Passes passes) {
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  if (list == nullptr) return passes(value);
  return std::any_of(list->begin(), list->end(), [&](const std::string& element) {
    return passes(AttributeValue{element});
  });
}

bool is_any_of(const AttributeTest& test, const AttributeValue& value) {
  return any_element(value, [&](const AttributeValue& element) {
    return std::any_of(test.values.begin(), test.values.end(), [&](const AttributeValue& wanted) {
      return equal_values(element, wanted, test.exact_case);
    });
  });
}

bool matches_any_of(const AttributeTest& test, const AttributeValue& value) {
  const auto folded = [&](const AttributeValue& each) {
    return test.exact_case ? to_text(each) : lower_case(to_text(each));
  };
  return any_element(value, [&](const AttributeValue& element) {
    const std::string text = folded(element);
    return std::any_of(test.values.begin(), test.values.end(), [&](const AttributeValue& pattern) {
      return matches_wildcard(folded(pattern), text);
    });
  });
}

bool is_within(const AttributeTest& test, const AttributeValue& value) {
  if (test.values.empty()) return false;
  return any_element(value, [&](const AttributeValue& element) {
    const auto ordered = order_of_values(element, test.values.front(), test.exact_case);
    if (!ordered) return false;
    return test.kind == AttributeTest::Kind::at_least ? *ordered >= 0 : *ordered <= 0;
  });
}

bool says_something(const AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return !list->empty();
  return true;
}

bool holds(const AttributeTest& test, const Attributes& attributes) {
  const auto found = attributes.find(test.attribute);
  const AttributeValue* value = found == attributes.end() ? nullptr : &found->second;
  switch (test.kind) {
    case AttributeTest::Kind::any_of:
      return value != nullptr && is_any_of(test, *value);
    case AttributeTest::Kind::is_not:
      return value == nullptr || !is_any_of(test, *value);
    case AttributeTest::Kind::matches:
      return value != nullptr && matches_any_of(test, *value);
    case AttributeTest::Kind::at_least:
    case AttributeTest::Kind::at_most:
      return value != nullptr && is_within(test, *value);
    case AttributeTest::Kind::exists:
      return (value != nullptr && says_something(*value)) == wants_existence(test);
  }
  std::abort();
}

bool same_name(const EntitlementName& left, const EntitlementName& right) {
  if (left.kind != right.kind) return false;
  // The extension keeps group names unique ignoring case, role names only per application.
  if (left.kind == EntitlementKind::group) return equal_ignoring_case(left.name, right.name);
  return left == right;
}

}  // namespace

Mode Policy::mode_of(const EntitlementName& name) const {
  if (name.kind == EntitlementKind::group) {
    for (const GroupSpec& group : groups) {
      const EntitlementName named{EntitlementKind::group, group.name, {}};
      if (same_name(named, name)) return group.mode.value_or(default_mode);
    }
    return default_mode;
  }
  for (const RoleSpec& role : roles) {
    if (same_name(role.role, name)) return role.mode.value_or(default_mode);
  }
  return default_mode;
}

bool Policy::names(const EntitlementName& name) const {
  const auto is_it = [&](const EntitlementName& other) { return same_name(other, name); };
  const auto gives_it = [&](const Rule& rule) {
    return std::any_of(rule.entitlements.begin(), rule.entitlements.end(), is_it);
  };
  if (std::any_of(rules.begin(), rules.end(), gives_it)) return true;
  const bool declared = std::any_of(groups.begin(), groups.end(), [&](const GroupSpec& group) {
    return is_it({EntitlementKind::group, group.name, {}});
  });
  return declared || std::any_of(roles.begin(), roles.end(), [&](const RoleSpec& role) {
           return is_it(role.role);
         });
}

std::optional<std::string> ProtectedThings::protects(
    const PersonId& person, const AccountId& account, const EntitlementName& name
) const {
  // An empty id is nobody's: it must not be found by an empty entry.
  const bool somebody = !person.value.empty();
  if (somebody && std::find(people.begin(), people.end(), person) != people.end()) {
    return "the person " + person.value + " is protected";
  }
  if (std::find(accounts.begin(), accounts.end(), account) != accounts.end()) {
    return "the account " + account.value + " is protected";
  }
  for (const EntitlementName& each : entitlements) {
    if (each.kind != name.kind || !equal_ignoring_case(each.name, name.name)) continue;
    if (!equal_ignoring_case(each.application, name.application)) continue;
    return "the " + std::string(to_string(name.kind)) + " " + to_string(name) + " is protected";
  }
  return std::nullopt;
}

bool holds(const Condition& condition, const Attributes& attributes) {
  const auto child_holds = [&](const Condition& child) { return holds(child, attributes); };
  const auto& children = condition.children;
  switch (condition.kind) {
    case Condition::Kind::all:
      return std::all_of(children.begin(), children.end(), child_holds);
    case Condition::Kind::any:
      return std::any_of(children.begin(), children.end(), child_holds);
    case Condition::Kind::none:
      return std::none_of(children.begin(), children.end(), child_holds);
    case Condition::Kind::test:
      return holds(condition.test, attributes);
  }
  std::abort();
}

std::vector<Desired> desired_for(
    const Policy& policy, const Attributes& attributes, const Lifecycle& lifecycle
) {
  if (!lifecycle.entitled) return {};
  std::map<EntitlementName, std::vector<std::string>> rules_of;
  for (const Rule& rule : policy.rules) {
    if (!holds(rule.when, attributes)) continue;
    for (const EntitlementName& entitlement : rule.entitlements) {
      std::vector<std::string>& rules = rules_of[entitlement];
      if (rules.empty() || rules.back() != rule.name) rules.push_back(rule.name);
    }
  }
  std::vector<Desired> desired;
  desired.reserve(rules_of.size());
  for (auto& [entitlement, rules] : rules_of) desired.push_back({entitlement, std::move(rules)});
  return desired;
}

}  // namespace rosterd
