#include "blast_radius.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace rosterd::cli {

namespace {

/// What a policy gives one person: entitlements in the spelling that makes them comparable.
struct Given {
  std::set<EntitlementName> entitlements;
  std::set<std::pair<std::string, EntitlementName>> by_rule;
};

EntitlementName comparable(const EntitlementName& name) {
  if (name.kind == EntitlementKind::role) return name;
  return {name.kind, lower_case(name.name), {}};
}

class Comparison {
 public:
  explicit Comparison(BlastRadius& radius) : radius_(radius) {}

  Given given(
      const Policy& policy, const Attributes& attributes, const TimeZones& zones, Instant now
  ) {
    const Lifecycle lifecycle = lifecycle_of(attributes, policy.lifecycle, zones, now);
    Given given;
    for (const Desired& desired : desired_for(policy, attributes, lifecycle)) {
      const EntitlementName name = comparable(desired.entitlement);
      spelling_[name] = desired.entitlement;
      given.entitlements.insert(name);
      for (const std::string& rule : desired.rules) given.by_rule.emplace(rule, name);
    }
    return given;
  }

  void compare(const PersonId& person, const Given& before, const Given& after) {
    ++radius_.people;
    if (before.entitlements != after.entitlements) ++radius_.affected;
    for (const std::string& rule : only_in(after, before)) {
      radius_.rules[rule].gained.push_back(person);
    }
    for (const std::string& rule : only_in(before, after)) {
      radius_.rules[rule].lost.push_back(person);
    }
    for (const EntitlementName& name : after.entitlements) {
      if (!before.entitlements.contains(name)) effects_[name].gained.push_back(person);
    }
    for (const EntitlementName& name : before.entitlements) {
      if (!after.entitlements.contains(name)) effects_[name].lost.push_back(person);
    }
  }

  void finish() {
    for (auto& [name, effect] : effects_) {
      radius_.entitlements.emplace(spelling_.at(name), std::move(effect));
    }
  }

 private:
  /// The rules that give something in `left` that they do not give in `right`.
  static std::set<std::string> only_in(const Given& left, const Given& right) {
    std::set<std::string> rules;
    for (const auto& [rule, name] : left.by_rule) {
      if (!right.by_rule.contains({rule, name})) rules.insert(rule);
    }
    return rules;
  }

  BlastRadius& radius_;
  std::map<EntitlementName, EntitlementName> spelling_;
  std::map<EntitlementName, BlastRadius::Effect> effects_;
};

std::vector<const WorkPerson*> by_id(const std::vector<WorkPerson>& people) {
  std::vector<const WorkPerson*> sorted;
  for (const WorkPerson& person : people) {
    // Of somebody of whom nothing is known nothing is decided.
    if (!person.record.attributes.empty()) sorted.push_back(&person);
  }
  std::sort(sorted.begin(), sorted.end(), [](const WorkPerson* left, const WorkPerson* right) {
    return left->record.id < right->record.id;
  });
  return sorted;
}

}  // namespace

BlastRadius blast_radius(
    const std::vector<WorkPerson>& people,
    const Policy& before,
    const Policy& after,
    const TimeZones& zones,
    Instant now
) {
  BlastRadius radius;
  radius.version_before = before.version;
  radius.version_after = after.version;
  Comparison comparison(radius);
  std::vector<Given> had;
  const auto sorted = by_id(people);
  for (const WorkPerson* person : sorted) {
    had.push_back(comparison.given(before, person->record.attributes, zones, now));
  }
  // After all of the old ones, so that the new policy's spelling is the last.
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const PersonRecord& record = sorted[i]->record;
    comparison.compare(record.id, had[i], comparison.given(after, record.attributes, zones, now));
  }
  comparison.finish();
  return radius;
}

}  // namespace rosterd::cli
