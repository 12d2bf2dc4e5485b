#pragma once

#include "rosterd/base/instant.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rosterd::ingest {

/// A day, and a time of that day where the format has one; in no zone.
struct CivilTime {
  Date date{};
  std::chrono::seconds time{0};
};

/// How a source writes its dates, as in strptime(3): `%Y` (four digits), `%y` (69 to 99 are 1969 to
/// 1999, as POSIX has it), `%m`, `%d` or `%e`, `%b` or `%B` (English, short or long, any case),
/// `%H`, `%M`, `%S`, `%%`; anything else stands for itself. One digit is enough for day, month and
/// hour, unless the next directive follows at once (`%Y%m%d`).
///
/// Nothing is guessed: the formats are tried in order, the whole text must match, and the day must
/// exist.
class DateFormats {
 public:
  /// Formats that cannot be read match nothing; see `problem_of`.
  explicit DateFormats(const std::vector<std::string>& formats);

  std::optional<CivilTime> parse(std::string_view text) const;

  /// What is wrong with a format, if anything.
  static std::optional<std::string> problem_of(std::string_view format);

 private:
  struct Token {
    char directive = 0;  ///< 0: `literal`
    char literal = 0;
    bool full_width = false;
  };
  using Format = std::vector<Token>;

  static std::optional<CivilTime> parse(const Format& format, std::string_view text);

  std::vector<Format> formats_;
};

}  // namespace rosterd::ingest
