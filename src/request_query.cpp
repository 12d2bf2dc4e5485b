#include "request_query.hpp"

#include "rosterd/base/text.hpp"
#include "rosterd/ports/http.hpp"

#include <algorithm>
#include <charconv>

namespace rosterd {

namespace {

std::optional<std::string> form_decoded(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '+', ' ');
  return percent_decoded(plain);
}

}  // namespace

RequestQuery::RequestQuery(std::string_view target) {
  const std::size_t question = target.find('?');
  if (question == std::string_view::npos) return;
  std::string_view rest = target.substr(question + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = form_decoded(pair.substr(0, equals));
    auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) {
      fail("the query has a % that begins no byte in hexadecimal");
    } else if (!given_.try_emplace(*name, std::move(*value)).second) {
      fail("\"" + printable(*name) + "\" is there twice");
    }
  }
}

std::optional<std::string> RequestQuery::text(const std::string& name) {
  known_ += (known_.empty() ? "" : ", ") + name;
  const auto found = given_.find(name);
  if (found == given_.end()) return std::nullopt;
  std::string value = std::move(found->second);
  given_.erase(found);
  return value;
}

bool RequestQuery::flag(const std::string& name) {
  const auto said = text(name);
  if (said && *said != "true" && *said != "false") is_nothing(name, *said);
  return said == "true";
}

std::size_t RequestQuery::limit(std::size_t usual, std::size_t most) {
  const auto said = text("limit");
  if (!said) return usual;
  const auto number = positive_number(*said);
  if (number && static_cast<std::uint64_t>(*number) <= most) {
    return static_cast<std::size_t>(*number);
  }
  fail("\"limit\" should be a number from 1 to " + std::to_string(most));
  return usual;
}

std::optional<std::int64_t> RequestQuery::id(const std::string& name) {
  return known(name, positive_number);
}

std::optional<std::string> RequestQuery::problem() const {
  if (!problem_.empty()) return problem_;
  if (given_.empty()) return std::nullopt;
  return "\"" + printable(given_.begin()->first) + "\" is not known here" +
         (known_.empty() ? "" : "; known are: " + known_);
}

void RequestQuery::is_nothing(const std::string& name, const std::string& said) {
  fail("\"" + printable(said) + "\" is nothing that \"" + name + "\" can be");
}

void RequestQuery::fail(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

std::optional<std::int64_t> positive_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || last != end || number <= 0) return std::nullopt;
  return number;
}

}  // namespace rosterd
