#include "sandbox/user_query.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <array>

namespace rosterd::sandbox {

namespace {

/// Words at spaces; quotes and brackets hold a word together. Nothing when one stays open.
std::optional<std::vector<std::string>> words(std::string_view text) {
  std::vector<std::string> result;
  std::string word;
  bool quoted = false;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      word += c;
      word += text[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '(') ++depth;
    if (!quoted && c == ')') --depth;
    if (c == ' ' && !quoted && depth == 0) {
      if (!word.empty()) result.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (quoted || depth != 0) return std::nullopt;
  if (!word.empty()) result.push_back(std::move(word));
  return result;
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    result += text[i];
  }
  return result;
}

bool is_quoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"';
}

/// Texts of a field, also inside lists of objects: `identities.connection`.
void collect(const Json& value, std::string_view path, std::vector<std::string>& texts) {
  if (value.is_array()) {
    for (const Json& entry : value) collect(entry, path, texts);
    return;
  }
  if (!path.empty()) {
    const std::string_view head = path.substr(0, path.find('.'));
    const Json* next = member(value, std::string(head));
    if (next) collect(*next, path.substr(std::min(path.size(), head.size() + 1)), texts);
    return;
  }
  if (value.is_string()) {
    texts.push_back(*value.get_ptr<const std::string*>());
  } else if (!value.is_object() && !value.is_null()) {
    texts.push_back(dumped(value));
  }
}

bool equals_a_word(std::string_view text, std::string_view value) {
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (equal_ignoring_case(word, value)) return true;
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return false;
}

bool text_matches(const std::string& text, const std::string& value, bool exact) {
  if (exact) return equal_ignoring_case(text, value);
  if (value.find('*') != std::string::npos) {
    return matches_wildcard(lower_case(value), lower_case(text));
  }
  return equal_ignoring_case(text, value) || equals_a_word(text, value);
}

}  // namespace

std::optional<UserQuery> UserQuery::parse(std::string_view text) {
  UserQuery query;
  if (trim(text).empty() || trim(text) == "*") return query;
  const auto parts = words(text);
  if (!parts) return std::nullopt;

  query.any_of_.emplace_back();
  bool negated = false;
  for (const std::string& part : *parts) {
    if (part == "AND" || part == "&&") continue;
    if (part == "OR" || part == "||") {
      query.any_of_.emplace_back();
    } else if (part == "NOT" || part == "!") {
      negated = true;
    } else {
      if (!query.add(part, negated)) return std::nullopt;
      negated = false;
    }
  }
  const auto empty = [](const All& all) { return all.empty(); };
  if (std::any_of(query.any_of_.begin(), query.any_of_.end(), empty)) return std::nullopt;
  return query;
}

bool UserQuery::add(std::string_view word, bool negated) {
  if (word.size() > 1 && (word.front() == '-' || word.front() == '!')) {
    negated = true;
    word.remove_prefix(1);
  }
  const std::size_t colon = is_quoted(word) ? std::string_view::npos : word.find(':');
  const bool bare = colon == std::string_view::npos;
  const std::string field(bare ? "" : word.substr(0, colon));
  const std::string_view value = bare ? word : word.substr(colon + 1);
  const auto add_one = [&](std::string_view one) {
    const bool exact = is_quoted(one);
    if (exact) one = one.substr(1, one.size() - 2);
    any_of_.back().push_back(
        {.field = field, .value = unescaped(one), .exact = exact, .negated = negated}
    );
  };
  if (value.size() < 2 || value.front() != '(' || value.back() != ')') {
    add_one(value);
    return true;
  }
  const auto alternatives = words(value.substr(1, value.size() - 2));
  if (!alternatives) return false;
  const All common = any_of_.back();
  bool first = true;
  for (const std::string& alternative : *alternatives) {
    if (alternative == "OR") continue;
    if (!first) any_of_.push_back(common);
    add_one(alternative);
    first = false;
  }
  return !first;
}

bool UserQuery::matches(const Json& user) const {
  const auto all_match = [&](const All& all) {
    return std::all_of(all.begin(), all.end(), [&](const Term& term) {
      return matches(term, user) != term.negated;
    });
  };
  return any_of_.empty() || std::any_of(any_of_.begin(), any_of_.end(), all_match);
}

bool UserQuery::matches(const Term& term, const Json& user) {
  if (term.field == "_exists_") {
    std::vector<std::string> texts;
    collect(user, term.value, texts);
    return !texts.empty();
  }
  static const std::array<std::string, 4> searched = {"email", "name", "nickname", "user_id"};
  std::vector<std::string> texts;
  if (term.field.empty()) {
    for (const std::string& field : searched) collect(user, field, texts);
  } else {
    collect(user, term.field, texts);
  }
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
    return text_matches(text, term.value, term.exact);
  });
}

std::optional<std::vector<std::string>> UserQuery::values_of(std::string_view field) const {
  if (any_of_.empty()) return std::nullopt;
  std::vector<std::string> values;
  for (const All& all : any_of_) {
    const auto pins = [&](const Term& term) {
      const bool plain = term.exact || term.value.find_first_of("* ") == std::string::npos;
      return term.field == field && !term.negated && plain;
    };
    const auto pinned = std::find_if(all.begin(), all.end(), pins);
    if (pinned == all.end()) return std::nullopt;
    values.push_back(lower_case(pinned->value));
  }
  return values;
}

}  // namespace rosterd::sandbox
