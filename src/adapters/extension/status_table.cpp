#include "adapters/extension/status_table.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace rosterd::extension {

namespace {

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || number < 0) return std::nullopt;
  // Some limiters add a fraction.
  if (end != text.data() + text.size() && *end != '.') return std::nullopt;
  return number;
}

}  // namespace

ErrorClass class_of(unsigned status, WhenMissing when_missing) {
  switch (status) {
    case 401:
      return ErrorClass::authentication;
    case 403:
      return ErrorClass::configuration;
    case 404:
      switch (when_missing) {
        case WhenMissing::stale_catalogue:
          return ErrorClass::stale_catalogue;
        case WhenMissing::nothing_there:
        case WhenMissing::refusal:
          return ErrorClass::permanent;
        case WhenMissing::wrong_address:
          return ErrorClass::configuration;
      }
      return ErrorClass::permanent;
    case 408:
    case 409:
    case 425:
      return ErrorClass::transient;
    case 429:
      return ErrorClass::throttled;
    default:
      break;
  }
  if (status >= 300 && status < 400) {
    return when_missing == WhenMissing::wrong_address ? ErrorClass::configuration
                                                      : ErrorClass::permanent;
  }
  return status >= 400 && status < 500 ? ErrorClass::permanent : ErrorClass::transient;
}

std::optional<Instant> asked_to_wait_until(const WireAnswer& answer, Instant now) {
  constexpr std::int64_t day_seconds = 86'400;
  std::optional<Instant> until;
  const auto consider = [&](Instant moment) {
    moment = std::min(moment, now + std::chrono::seconds{day_seconds});
    if (moment > now && (!until || moment > *until)) until = moment;
  };
  if (const auto seconds = whole_number(answer.retry_after)) {
    consider(now + std::chrono::seconds{std::min(*seconds, day_seconds)});
  } else if (const auto date = parse_http_date(answer.retry_after)) {
    consider(*date);
  }
  const bool limited = answer.status == 429 || answer.rate_limit_remaining == "0";
  if (const auto reset = whole_number(answer.rate_limit_reset); reset && limited) {
    const std::int64_t latest = to_micros(now) / 1'000'000 + day_seconds;
    consider(Instant{std::chrono::seconds{std::min(*reset, latest)}});
  }
  return until;
}

std::optional<Instant> parse_http_date(const std::string& text) {
  for (const char* format :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), format, &parts);
    if (end == nullptr || *end != '\0') continue;
    const std::time_t seconds = timegm(&parts);
    return Instant{std::chrono::seconds{seconds}};
  }
  return std::nullopt;
}

std::string scopes_named_in(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_";
  std::string scopes;
  for (const std::string_view verb : {"read:", "update:", "create:", "delete:"}) {
    for (std::size_t at = text.find(verb); at != std::string_view::npos;
         at = text.find(verb, at + 1)) {
      const std::size_t what = at + verb.size();
      const std::size_t end = std::min(text.find_first_not_of(letters, what), text.size());
      if (end > what)
        scopes += (scopes.empty() ? "" : " ") + std::string(text.substr(at, end - at));
    }
  }
  return scopes;
}

}  // namespace rosterd::extension
