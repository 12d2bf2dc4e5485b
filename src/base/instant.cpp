#include "rosterd/base/instant.hpp"

#include <array>
#include <cstdio>
#include <limits>

namespace rosterd {

namespace {

using namespace std::chrono_literals;

/// Reads from the front of a text; every reader says whether it found what it wanted.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

  bool character(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char c = rest_[i];
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  std::optional<int> digit() { return digits(1); }

 private:
  std::string_view rest_;
};

std::optional<Date> read_date(Reader& in) {
  const auto year = in.digits(4);
  if (!year || !in.character('-')) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.character('-')) return std::nullopt;
  const auto day = in.digits(2);
  if (!day) return std::nullopt;
  const Date date{
      std::chrono::year{*year},
      std::chrono::month{static_cast<unsigned>(*month)},
      std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

std::optional<Duration> read_time_of_day(Reader& in) {
  const auto hour = in.digits(2);
  if (!hour || !in.character(':')) return std::nullopt;
  const auto minute = in.digits(2);
  if (!minute || !in.character(':')) return std::nullopt;
  const auto second = in.digits(2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return Duration{
      std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second}};
}

std::optional<Duration> read_fraction(Reader& in) {
  if (!in.character('.')) return Duration{0};
  std::int64_t micros = 0;
  int count = 0;
  for (auto digit = in.digit(); digit; digit = in.digit(), ++count) {
    if (count < 6) micros = micros * 10 + *digit;
  }
  if (count == 0 || count > 9) return std::nullopt;
  for (; count < 6; ++count) micros *= 10;
  return Duration{micros};
}

std::optional<Duration> read_offset(Reader& in) {
  if (in.character('Z') || in.character('z')) return Duration{0};
  const bool west = in.character('-');
  if (!west && !in.character('+')) return std::nullopt;
  const auto hours = in.digits(2);
  if (!hours || !in.character(':')) return std::nullopt;
  const auto minutes = in.digits(2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const Duration offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return west ? -offset : offset;
}

std::string fraction_text(std::int64_t micros) {
  if (micros == 0) return {};
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), ".%06d", static_cast<int>(micros));
  std::string text(buffer.data());
  while (text.back() == '0') text.pop_back();
  return text;
}

struct Unit {
  std::string_view name;
  Duration length;
};

// What four digits of a year can say in UTC, so that what is read can be written down again: an
// offset may lead out of it.
constexpr Instant first_instant{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
constexpr Instant last_instant =
    Instant{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}} - 1us;

// `ms` before `m`: the longer name is tried first.
constexpr std::array<Unit, 5> units{{{"ms", 1ms}, {"d", 24h}, {"h", 1h}, {"m", 1min}, {"s", 1s}}};

}  // namespace

std::string to_string(Date date) {
  std::array<char, 32> buffer{};
  std::snprintf(
      buffer.data(),
      buffer.size(),
      "%04d-%02u-%02u",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day())
  );
  return buffer.data();
}

std::string to_string(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::hh_mm_ss time{instant - day};
  std::array<char, 32> buffer{};
  std::snprintf(
      buffer.data(),
      buffer.size(),
      "T%02d:%02d:%02d",
      static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count())
  );
  return to_string(Date{day}) + buffer.data() + fraction_text(time.subseconds().count()) + "Z";
}

std::optional<Date> parse_date(std::string_view text) {
  Reader in(text);
  const auto date = read_date(in);
  if (!date || !in.done()) return std::nullopt;
  return date;
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  Reader in(text);
  const auto date = read_date(in);
  if (!date) return std::nullopt;
  if (!in.character('T') && !in.character('t') && !in.character(' ')) return std::nullopt;
  const auto time = read_time_of_day(in);
  if (!time) return std::nullopt;
  const auto fraction = read_fraction(in);
  if (!fraction) return std::nullopt;
  const auto offset = read_offset(in);
  if (!offset || !in.done()) return std::nullopt;
  const Instant instant = Instant{std::chrono::sys_days{*date}} + *time + *fraction - *offset;
  if (instant < first_instant || instant > last_instant) return std::nullopt;
  return instant;
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max() / 1000;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
      number = number * 10 + (text[digits] - '0');
      if (++digits > 12) return std::nullopt;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    const Unit* found = nullptr;
    for (const Unit& unit : units) {
      if (found == nullptr && text.starts_with(unit.name)) found = &unit;
    }
    if (found == nullptr) return std::nullopt;
    text.remove_prefix(found->name.size());
    if (number > (limit - total) / found->length.count()) return std::nullopt;
    total += number * found->length.count();
  }
  return Duration{total};
}

std::string to_string(Duration duration) {
  if (duration < 0us) return "-" + to_string(-duration);
  if (duration < 1s) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
           "ms";
  }
  std::string text;
  int parts = 0;
  for (const Unit& unit : {units[1], units[2], units[3], units[4]}) {
    const auto count = duration / unit.length;
    if (count == 0 && parts == 0) continue;
    if (count > 0) {
      text += (text.empty() ? "" : " ") + std::to_string(count) + std::string(unit.name);
    }
    duration -= count * unit.length;
    if (++parts == 2) break;
  }
  return text;
}

}  // namespace rosterd
