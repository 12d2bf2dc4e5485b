#pragma once

#include "sandbox/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::sandbox {

/// A user search in the part of Lucene's syntax that clients of the Management API write: terms
/// `field:value`, `field:"value"`, `field:(a OR b)`, `*` in values, bare words, `AND`, `OR`, `NOT`.
/// No brackets around whole terms. Ignores case.
class UserQuery {
 public:
  /// Nothing when it cannot be understood.
  static std::optional<UserQuery> parse(std::string_view text);

  bool matches(const Json& user) const;
  bool matches_all() const { return any_of_.empty(); }

  /// If every alternative pins the field to one value: those values, in lower case.
  std::optional<std::vector<std::string>> values_of(std::string_view field) const;

 private:
  struct Term {
    std::string field;  ///< empty: a bare word
    std::string value;
    bool exact = false;
    bool negated = false;
  };
  using All = std::vector<Term>;

  /// One word of the query: a term, or several alternatives for a field.
  bool add(std::string_view word, bool negated);
  static bool matches(const Term& term, const Json& user);

  std::vector<All> any_of_;
};

}  // namespace rosterd::sandbox
