#include "domain/compare.hpp"
#include "rosterd/domain/policy.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace rosterd {

namespace {

using Kind = AttributeTest::Kind;

std::string described(const AttributeTest& test) {
  const auto values = [&] {
    std::string out;
    for (const AttributeValue& value : test.values) {
      if (!out.empty()) out += " or ";
      const bool quoted = std::holds_alternative<std::string>(value);
      out += quoted ? "\"" + to_text(value) + "\"" : to_text(value);
    }
    return out.empty() ? "nothing" : out;
  };
  switch (test.kind) {
    case Kind::any_of:
      return test.attribute + " is " + values();
    case Kind::is_not:
      return test.attribute + " is not " + values();
    case Kind::matches:
      return test.attribute + " matches " + values();
    case Kind::at_least:
      return test.attribute + " is at least " + values();
    case Kind::at_most:
      return test.attribute + " is at most " + values();
    case Kind::exists:
      return test.attribute + (wants_existence(test) ? " exists" : " does not exist");
  }
  std::abort();
}

bool demands_a_value(const AttributeTest& test) {
  return test.kind != Kind::is_not && !(test.kind == Kind::exists && !wants_existence(test));
}

/// An attribute of the company's own may be a list, and of a list "A" and "B" can both be true.
bool is_single_valued(std::string_view name) {
  const auto& known = well_known_attributes();
  return name != attribute::user_id && std::find(known.begin(), known.end(), name) != known.end();
}

bool passes(const AttributeTest& test, const std::string& name, const AttributeValue& value) {
  Condition condition;
  condition.kind = Condition::Kind::test;
  condition.test = test;
  const Attributes attributes{{name, value}};
  return holds(condition, attributes);
}

/// Whether none of the values that `demanded` names passes `other`.
bool excludes_all(const AttributeTest& demanded, const AttributeTest& other) {
  // "A" in any case and not exactly "A" leaves "a".
  if (demanded.exact_case != other.exact_case) return false;
  if (other.kind != Kind::is_not && !is_single_valued(demanded.attribute)) return false;
  return std::none_of(
      demanded.values.begin(),
      demanded.values.end(),
      [&](const AttributeValue& value) { return passes(other, demanded.attribute, value); }
  );
}

bool is_empty_range(const AttributeTest& low, const AttributeTest& high) {
  if (low.kind != Kind::at_least || high.kind != Kind::at_most) return false;
  if (low.values.empty() || high.values.empty()) return false;
  const auto ordered = order_of_values(low.values.front(), high.values.front(), false);
  return ordered && *ordered > 0;
}

/// Directed: asked for both orders of a pair.
bool rules_out(const AttributeTest& left, const AttributeTest& right) {
  if (left.kind == Kind::exists && !wants_existence(left) && demands_a_value(right)) return true;
  if (left.kind == Kind::any_of && excludes_all(left, right)) return true;
  return is_empty_range(left, right);
}

/// The tests that must all hold, through nested `all` and through `none` of a single value test.
void collect(const Condition& condition, std::vector<AttributeTest>& tests) {
  switch (condition.kind) {
    case Condition::Kind::all:
      for (const Condition& child : condition.children) collect(child, tests);
      return;
    case Condition::Kind::none:
      for (const Condition& child : condition.children) {
        if (child.kind != Condition::Kind::test || child.test.kind != Kind::any_of) continue;
        tests.push_back(child.test);
        tests.back().kind = Kind::is_not;
      }
      return;
    case Condition::Kind::test:
      tests.push_back(condition.test);
      return;
    case Condition::Kind::any:
      if (condition.children.size() == 1) collect(condition.children.front(), tests);
      return;
  }
  std::abort();
}

std::optional<std::string> contradiction_of(const std::vector<AttributeTest>& tests) {
  for (const AttributeTest& test : tests) {
    const bool nothing = test.kind == Kind::any_of || test.kind == Kind::matches;
    if (nothing && test.values.empty()) {
      return test.attribute + " is compared with an empty list, which nothing is in";
    }
  }
  for (std::size_t i = 0; i < tests.size(); ++i) {
    for (std::size_t j = i + 1; j < tests.size(); ++j) {
      if (tests[i].attribute != tests[j].attribute) continue;
      if (!rules_out(tests[i], tests[j]) && !rules_out(tests[j], tests[i])) continue;
      return described(tests[i]) + " and " + described(tests[j]) + ": both cannot hold";
    }
  }
  return std::nullopt;
}

std::optional<std::string> contradiction_of_alternatives(const Condition& condition) {
  if (condition.children.empty()) return "any of an empty list never holds";
  std::optional<std::string> first;
  for (const Condition& child : condition.children) {
    const auto found = contradiction(child);
    if (!found) return std::nullopt;
    if (!first) first = found;
  }
  return first;
}

}  // namespace

std::optional<std::string> contradiction(const Condition& condition) {
  if (condition.kind == Condition::Kind::any) return contradiction_of_alternatives(condition);
  if (condition.kind == Condition::Kind::all) {
    for (const Condition& child : condition.children) {
      if (auto found = contradiction(child)) return found;
    }
  }
  std::vector<AttributeTest> tests;
  collect(condition, tests);
  return contradiction_of(tests);
}

}  // namespace rosterd
