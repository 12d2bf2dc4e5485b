#include "adapters/extension/status_table.hpp"
#include "fuzzing.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/base/instant.hpp"
#include "rosterd/ingest/date_format.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <string>
#include <vector>

// First line: a format; second: a time zone. Below them a date in whatever form.

namespace rosterd {
namespace {

void require_instants(std::string_view text) {
  if (const auto instant = parse_rfc3339(text)) {
    const std::string written = to_string(*instant);
    fuzz::require(parse_rfc3339(written) == instant, "an instant is read as written", written);
    fuzz::require(from_micros(to_micros(*instant)) == *instant, "and kept as it is", written);
  }
  if (const auto date = parse_date(text)) {
    fuzz::require(date->ok() && to_string(*date) == text, "a date has one spelling", text);
  }
  if (const auto duration = parse_duration(text)) {
    fuzz::require(duration->count() >= 0, "no duration is below nothing", text);
    fuzz::require_sentence(to_string(*duration), 100);
  }
}

/// Nothing is asked of an hour after the names of months, which swallow the letters behind them.
bool says_clearly(std::string_view format) {
  for (std::size_t i = 0; i + 2 < format.size(); ++i) {
    const bool month = format[i] == '%' && (format[i + 1] == 'b' || format[i + 1] == 'B');
    if (month && std::isalpha(static_cast<unsigned char>(format[i + 2])) != 0) return false;
  }
  return true;
}

void require_format(const std::string& format, std::string_view text) {
  if (const auto problem = ingest::DateFormats::problem_of(format)) {
    fuzz::require(!problem->empty() && problem->size() <= 200, "a problem is told", *problem);
    return;
  }
  const ingest::DateFormats formats({format});
  const auto read = formats.parse(text);
  if (!read) return;
  fuzz::require(read->date.ok(), "a day exists");
  fuzz::require(read->time >= std::chrono::seconds{0} && read->time < std::chrono::hours{24}, "so");
  const int year = static_cast<int>(read->date.year());
  if (year < 1969 || year > 2068 || !says_clearly(format)) return;

  const std::time_t seconds =
      std::chrono::sys_seconds(std::chrono::sys_days(read->date) + read->time)
          .time_since_epoch()
          .count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string plain = format;
  for (std::size_t i = 0; i + 1 < plain.size(); ++i) {
    if (plain[i] != '%') continue;
    ++i;
    if (plain[i] == 'e') plain[i] = 'd';
  }
  std::array<char, 1000> written{};
  const std::size_t count = std::strftime(written.data(), written.size(), plain.c_str(), &parts);
  if (count == 0) return;
  const auto again = formats.parse({written.data(), count});
  fuzz::require(again.has_value(), "what strftime writes is read", {written.data(), count});
  fuzz::require(again->date == read->date && again->time == read->time, "as the same", text);
}

void require_http_date(const std::string& text) {
  const auto instant = extension::parse_http_date(text);
  if (!instant || *instant < Instant{} || *instant > *parse_rfc3339("9999-12-31T00:00:00Z")) return;
  const std::time_t seconds = to_micros(*instant) / 1'000'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> written{};
  std::strftime(written.data(), written.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  fuzz::require(extension::parse_http_date(written.data()) == instant, "read as written", text);
}

void require_patience(const std::string& text, unsigned status) {
  const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
  extension::WireAnswer answer;
  answer.status = status;
  answer.retry_after = text;
  answer.rate_limit_reset = text;
  answer.rate_limit_remaining = std::to_string(0);  // g++ 12 warns of "0": -Wrestrict
  const auto until = extension::asked_to_wait_until(answer, now);
  if (!until) return;
  fuzz::require(*until > now, "waiting is for something ahead", text);
  fuzz::require(*until <= now + std::chrono::hours{24}, "nobody waits longer than a day", text);
}

void require_zone(std::string_view zone, std::string_view text) {
  static const system::SystemTimeZones zones;
  const auto date = parse_date(text);
  if (!date) return;
  const auto start = zones.start_of_day(zone, *date);
  fuzz::require(start.has_value() == zones.known(zone), "a zone is known or it is not", zone);
  if (!start) return;
  // A day that a zone left out altogether starts with the next one.
  fuzz::require(zones.day_at(zone, *start) >= *date, "a day starts on that day", zone);
  const auto before = zones.day_at(zone, *start - std::chrono::microseconds{1});
  fuzz::require(before && *before < *date, "and not earlier", zone);
}

}  // namespace
}  // namespace rosterd

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  fuzz::Input input(data, size);
  const std::string format(input.line());
  const std::string_view zone = input.line();
  const std::string text(input.rest());
  require_instants(text);
  require_format(format, text);
  require_http_date(text);
  require_patience(text, 429);
  require_patience(text, 503);
  require_zone(zone, text);
  return 0;
}
