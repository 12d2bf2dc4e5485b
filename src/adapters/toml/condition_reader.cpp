#include "adapters/toml/condition_reader.hpp"

#include "adapters/toml/table_reader.hpp"
#include "rosterd/base/instant.hpp"

#include <array>

namespace rosterd::config_files {

namespace {

using Kind = AttributeTest::Kind;

const std::vector<std::string> test_names = {
    "not", "any", "matches", "at_least", "at_most", "exists", "case"};

struct Combinator {
  std::string_view key;
  Condition::Kind kind;
};
constexpr std::array<Combinator, 3> combinators{
    {{"any", Condition::Kind::any},
     {"all", Condition::Kind::all},
     {"none", Condition::Kind::none}}};

std::string date_text(const ::toml::date& date) {
  return to_string(Date{
      std::chrono::year{date.year}, std::chrono::month{date.month}, std::chrono::day{date.day}});
}

/// Appends what a node stands for; false when it cannot be compared with an attribute.
bool append_value(const ::toml::node& node, std::vector<AttributeValue>& values) {
  if (const auto* text = node.as_string()) {
    values.emplace_back(text->get());
  } else if (const auto* integer = node.as_integer()) {
    values.emplace_back(integer->get());
  } else if (const auto* number = node.as_floating_point()) {
    values.emplace_back(number->get());
  } else if (const auto* boolean = node.as_boolean()) {
    values.emplace_back(boolean->get());
  } else if (const auto* date = node.as_date()) {
    values.emplace_back(date_text(date->get()));
  } else {
    return false;
  }
  return true;
}

/// What one attribute is tested for.
class TestReader {
 public:
  TestReader(std::string attribute, Problems& problems)
      : attribute_(std::move(attribute)), problems_(problems) {}

  /// `"Engineering"`, `["A", "B"]`, or `{ not = "Contractor" }`; all of the tests must hold.
  std::vector<Condition> read(const ::toml::node& node) {
    if (const auto* table = node.as_table()) return read_table(*table);
    return {test(Kind::any_of, values_of(node))};
  }

 private:
  std::vector<Condition> read_table(const ::toml::table& table) {
    exact_case_ = read_case(table);
    std::vector<Condition> tests;
    for (const auto& [key, value] : table) {
      if (key.str() != "case") read_test(key, value, tests);
    }
    if (tests.empty()) {
      problem(
          position_of(table), "is tested for nothing; write one of " + alternatives(test_names)
      );
    }
    return tests;
  }

  void read_test(const ::toml::key& key, const ::toml::node& value, std::vector<Condition>& tests) {
    const std::string_view name = key.str();
    if (name == "not" && value.is_table()) {
      TestReader negated(attribute_, problems_);
      Condition none;
      none.kind = Condition::Kind::none;
      Condition inner;
      inner.children = negated.read(value);
      none.children.push_back(std::move(inner));
      tests.push_back(std::move(none));
    } else if (name == "not") {
      tests.push_back(test(Kind::is_not, values_of(value)));
    } else if (name == "any") {
      tests.push_back(test(Kind::any_of, values_of(value)));
    } else if (name == "matches") {
      tests.push_back(test(Kind::matches, patterns_of(value)));
    } else if (name == "at_least") {
      tests.push_back(test(Kind::at_least, bound_of(name, value)));
    } else if (name == "at_most") {
      tests.push_back(test(Kind::at_most, bound_of(name, value)));
    } else if (name == "exists") {
      if (!value.is_boolean()) problem(position_of(value), "exists should be true or false");
      tests.push_back(test(Kind::exists, {AttributeValue{value.value_or(true)}}));
    } else {
      problems_.add(
          position_of(key.source()),
          "unknown test " + in_quotes(name) + " of " + in_quotes(attribute_) + ", should be " +
              alternatives(test_names) + did_you_mean(name, test_names)
      );
    }
  }

  bool read_case(const ::toml::table& table) {
    const auto* node = table.get("case");
    if (node == nullptr) return false;
    const auto text = node->value<std::string>();
    if (text == "exact") return true;
    if (text != "ignore") problem(position_of(*node), R"(case should be "exact" or "ignore")");
    return false;
  }

  std::vector<AttributeValue> values_of(const ::toml::node& node) {
    std::vector<AttributeValue> values;
    const auto add = [&](const ::toml::node& element) {
      if (append_value(element, values)) return;
      problem(
          position_of(element),
          "is compared with " + std::string(type_in_words(element)) +
              ", should be a string, a number, a boolean or a date"
      );
    };
    const auto* list = node.as_array();
    if (list == nullptr) {
      add(node);
      return values;
    }
    for (const auto& element : *list) add(element);
    if (list->empty()) problem(position_of(node), "is compared with an empty list");
    return values;
  }

  std::vector<AttributeValue> patterns_of(const ::toml::node& node) {
    auto values = values_of(node);
    for (const AttributeValue& value : values) {
      if (std::holds_alternative<std::string>(value)) continue;
      problem(position_of(node), R"(matches should be a pattern: "Eng*")");
    }
    return values;
  }

  std::vector<AttributeValue> bound_of(std::string_view name, const ::toml::node& node) {
    if (node.is_array() || node.is_boolean()) {
      problem(position_of(node), std::string(name) + " should be one number, date or string");
      return {};
    }
    return values_of(node);
  }

  Condition test(Kind kind, std::vector<AttributeValue> values) const {
    Condition condition;
    condition.kind = Condition::Kind::test;
    condition.test.attribute = attribute_;
    condition.test.kind = kind;
    condition.test.values = std::move(values);
    condition.test.exact_case = exact_case_;
    return condition;
  }

  void problem(Position at, const std::string& text) {
    problems_.add(at, "attribute " + in_quotes(attribute_) + ": " + text);
  }

  std::string attribute_;
  Problems& problems_;
  bool exact_case_ = false;
};

Condition read_combinator(
    const Combinator& combinator, const ::toml::node& node, Problems& problems
) {
  Condition condition;
  condition.kind = combinator.kind;
  if (const auto* table = node.as_table()) {
    condition.children.push_back(read_condition(*table, problems));
    return condition;
  }
  const auto* list = node.as_array();
  const std::string key(combinator.key);
  if (list == nullptr || list->empty()) {
    problems.add(
        position_of(node),
        key + " should be a list of conditions: " + key +
            R"( = [{ department = "Sales" }, { location = "Berlin" }])"
    );
    return condition;
  }
  for (const auto& element : *list) {
    if (const auto* table = element.as_table()) {
      condition.children.push_back(read_condition(*table, problems));
    } else {
      problems.add(
          position_of(element),
          "an element of " + key + " is " + std::string(type_in_words(element)) +
              R"(, should be a table: { department = "Sales" })"
      );
    }
  }
  return condition;
}

}  // namespace

Condition read_condition(const ::toml::table& when, Problems& problems) {
  Condition all;
  for (const auto& [key, node] : when) {
    bool combined = false;
    for (const Combinator& combinator : combinators) {
      if (key.str() != combinator.key) continue;
      all.children.push_back(read_combinator(combinator, node, problems));
      combined = true;
    }
    if (combined) continue;
    auto tests = TestReader(std::string(key.str()), problems).read(node);
    for (Condition& test : tests) all.children.push_back(std::move(test));
  }
  if (when.empty()) {
    problems.add(
        position_of(when), "an empty condition holds for everybody; leave it out if that is meant"
    );
  }
  return all;
}

}  // namespace rosterd::config_files
