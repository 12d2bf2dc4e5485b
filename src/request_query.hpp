#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rosterd {

/// The parameters of a request's target, read strictly: what is not known, said twice or nonsense
/// is a problem, because a filter that was left out would show something else than was asked for.
///
/// Ask for every parameter there may be, then for `problem()`.
class RequestQuery {
 public:
  explicit RequestQuery(std::string_view target);

  std::optional<std::string> text(const std::string& name);
  bool flag(const std::string& name);  ///< `true` or `false`; absent: false
  std::size_t limit(std::size_t usual, std::size_t most);
  /// A whole number above zero.
  std::optional<std::int64_t> id(const std::string& name);

  /// What `parse` makes of the text.
  template <class Parse>
  auto known(const std::string& name, Parse parse) -> decltype(parse(std::string_view())) {
    const auto said = text(name);
    if (!said) return std::nullopt;
    auto found = parse(std::string_view(*said));
    if (!found) is_nothing(name, *said);
    return found;
  }

  /// The first thing wrong, for people; nothing: all is well.
  std::optional<std::string> problem() const;

 private:
  void is_nothing(const std::string& name, const std::string& said);
  void fail(std::string problem);

  std::map<std::string, std::string> given_;
  std::string known_;  // for messages
  std::string problem_;
};

/// A whole number above zero, in decimal digits.
std::optional<std::int64_t> positive_number(std::string_view text);

}  // namespace rosterd
