#include "rule_reasons.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <cstdlib>

namespace rosterd::sync {

namespace {

constexpr std::size_t values_shown_max = 3;

std::string quoted(const AttributeValue& value) {
  return "\"" + printable(to_text(value), 60) + "\"";
}

std::string alternatives(const std::vector<AttributeValue>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size() && i < values_shown_max; ++i) {
    text += (i == 0 ? "" : " or ") + quoted(values[i]);
  }
  return values.size() > values_shown_max ? text + " or another" : text;
}

std::string why_test_fails(const AttributeTest& test, const Attributes& attributes) {
  using Kind = AttributeTest::Kind;
  const auto found = attributes.find(test.attribute);
  if (found == attributes.end()) return test.attribute + " is not set";
  const std::string is = test.attribute + " is " + quoted(found->second);
  switch (test.kind) {
    case Kind::any_of:
      return is + ", not " + alternatives(test.values);
    case Kind::is_not:
      return is + ", which the rule excludes";
    case Kind::matches:
      return is + ", which does not match " + alternatives(test.values);
    case Kind::at_least:
      return is + ", not at least " + alternatives(test.values);
    case Kind::at_most:
      return is + ", not at most " + alternatives(test.values);
    case Kind::exists:
      return to_text(found->second).empty() ? test.attribute + " is empty" : is;
  }
  std::abort();
}

/// What makes a condition hold that must not.
std::string why_it_holds(const Condition& condition, const Attributes& attributes) {
  for (const Condition& child : condition.children) {
    const bool wanted = condition.kind != Condition::Kind::none;
    if (wanted && holds(child, attributes)) return why_it_holds(child, attributes);
  }
  if (condition.kind != Condition::Kind::test) return "what it excludes is so";
  const auto found = attributes.find(condition.test.attribute);
  if (found == attributes.end()) return condition.test.attribute + " is not set";
  return condition.test.attribute + " is " + quoted(found->second);
}

std::string why_none_of_them(const Condition& condition, const Attributes& attributes) {
  if (condition.children.empty()) return "it names no alternative";
  std::string text;
  for (std::size_t i = 0; i < condition.children.size() && i < values_shown_max; ++i) {
    const std::string reason = why_not(condition.children[i], attributes);
    if (text.find(reason) == std::string::npos) text += (text.empty() ? "" : "; and ") + reason;
  }
  return text;
}

}  // namespace

std::string why_not(const Condition& condition, const Attributes& attributes) {
  const auto& children = condition.children;
  switch (condition.kind) {
    case Condition::Kind::all: {
      const auto failing = std::find_if(children.begin(), children.end(), [&](const auto& child) {
        return !holds(child, attributes);
      });
      return failing == children.end() ? "" : why_not(*failing, attributes);
    }
    case Condition::Kind::any:
      return why_none_of_them(condition, attributes);
    case Condition::Kind::none: {
      const auto holding = std::find_if(children.begin(), children.end(), [&](const auto& child) {
        return holds(child, attributes);
      });
      return holding == children.end() ? "" : why_it_holds(*holding, attributes);
    }
    case Condition::Kind::test:
      return why_test_fails(condition.test, attributes);
  }
  std::abort();
}

}  // namespace rosterd::sync
