#include "rosterd/ingest/date_format.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace rosterd::ingest {

namespace {

constexpr std::string_view directives = "YymdebBHMS";
constexpr std::string_view numeric_directives = "YymdeHMS";

constexpr std::array<std::string_view, 12> months = {
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december"};

/// Takes up to `digits_max` digits off the front of `text`.
std::optional<int> take_number(
    std::string_view& text, std::size_t digits_min, std::size_t digits_max
) {
  int value = 0;
  std::size_t digits = 0;
  while (digits < digits_max && digits < text.size() && text[digits] >= '0' && text[digits] <= '9'
  ) {
    value = value * 10 + (text[digits] - '0');
    ++digits;
  }
  if (digits < digits_min) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

/// Takes the longest name of a month off the front of `text`.
std::optional<int> take_month(std::string_view& text) {
  for (std::size_t i = 0; i < months.size(); ++i) {
    for (const std::string_view name : {months[i], months[i].substr(0, 3)}) {
      if (!equal_ignoring_case(text.substr(0, name.size()), name)) continue;
      text.remove_prefix(name.size());
      return static_cast<int>(i) + 1;
    }
  }
  return std::nullopt;
}

struct Parts {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

int& part_of(Parts& parts, char directive) {
  switch (directive) {
    case 'Y':
    case 'y':
      return parts.year;
    case 'm':
    case 'b':
    case 'B':
      return parts.month;
    case 'H':
      return parts.hour;
    case 'M':
      return parts.minute;
    case 'S':
      return parts.second;
    default:
      return parts.day;
  }
}

}  // namespace

std::optional<std::string> DateFormats::problem_of(std::string_view format) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i == format.size()) return "ends in a single %";
    if (format[i] != '%' && directives.find(format[i]) == std::string_view::npos) {
      return "has %" + std::string(1, format[i]) + ", which is none of %Y %y %m %b %d %H %M %S";
    }
  }
  const auto has = [&](std::string_view any) {
    return std::any_of(any.begin(), any.end(), [&](char directive) {
      const std::array<char, 2> both = {'%', directive};
      return format.find(std::string_view(both.data(), both.size())) != std::string_view::npos;
    });
  };
  if (!has("Yy") || !has("mbB") || !has("de")) return "does not name year, month and day";
  return std::nullopt;
}

DateFormats::DateFormats(const std::vector<std::string>& formats) {
  for (const std::string& format : formats) {
    if (problem_of(format)) continue;
    Format tokens;
    for (std::size_t i = 0; i < format.size(); ++i) {
      const bool directive = format[i] == '%' && format[++i] != '%';
      tokens.push_back(directive ? Token{.directive = format[i]} : Token{.literal = format[i]});
      const bool numeric =
          directive && numeric_directives.find(format[i]) != std::string_view::npos;
      const bool after_number =
          tokens.size() > 1 &&
          numeric_directives.find(tokens[tokens.size() - 2].directive) != std::string_view::npos;
      if (numeric && after_number) {
        tokens.back().full_width = true;
        tokens[tokens.size() - 2].full_width = true;
      }
    }
    formats_.push_back(std::move(tokens));
  }
}

std::optional<CivilTime> DateFormats::parse(std::string_view text) const {
  for (const Format& format : formats_) {
    if (const auto time = parse(format, text)) return time;
  }
  return std::nullopt;
}

std::optional<CivilTime> DateFormats::parse(const Format& format, std::string_view text) {
  Parts parts;
  for (const Token& token : format) {
    if (token.directive == 0) {
      if (text.empty() || text.front() != token.literal) return std::nullopt;
      text.remove_prefix(1);
      continue;
    }
    std::optional<int> value;
    if (token.directive == 'b' || token.directive == 'B') {
      value = take_month(text);
    } else if (token.directive == 'Y') {
      value = take_number(text, 4, 4);
    } else {
      const bool two_digits = token.full_width || token.directive == 'y' ||
                              token.directive == 'M' || token.directive == 'S';
      value = take_number(text, two_digits ? 2 : 1, 2);
    }
    if (!value) return std::nullopt;
    if (token.directive == 'y') *value += *value < 69 ? 2000 : 1900;
    part_of(parts, token.directive) = *value;
  }
  const Date date{
      std::chrono::year{parts.year},
      std::chrono::month{static_cast<unsigned>(parts.month)},
      std::chrono::day{static_cast<unsigned>(parts.day)}};
  const bool time_exists = parts.hour < 24 && parts.minute < 60 && parts.second < 60;
  if (!text.empty() || !date.ok() || !time_exists) return std::nullopt;
  return CivilTime{
      .date = date,
      .time = std::chrono::hours{parts.hour} + std::chrono::minutes{parts.minute} +
              std::chrono::seconds{parts.second}};
}

}  // namespace rosterd::ingest
