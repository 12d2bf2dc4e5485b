#include "rosterd/adapters/system/log.hpp"

#include "rosterd/base/text.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

namespace rosterd::system {

namespace {

struct LevelRow {
  LogLevel level;
  std::string_view name;
  char priority;  // syslog(3)
};
constexpr std::array<LevelRow, 6> levels{
    {{LogLevel::debug, "debug", '7'},
     {LogLevel::info, "info", '6'},
     {LogLevel::notice, "notice", '5'},
     {LogLevel::warning, "warning", '4'},
     {LogLevel::error, "error", '3'},
     {LogLevel::critical, "critical", '2'}}};

const LevelRow& row_of(LogLevel level) {
  return levels[static_cast<std::size_t>(level)];
}

bool is_plain(std::string_view value) {
  constexpr std::string_view quoted_when_seen = " \t\"'=\\{}[]()<>;`$";
  return !value.empty() && value.find_first_of(quoted_when_seen) == std::string_view::npos;
}

std::string field_text(std::string_view value) {
  const std::string safe = printable(value);
  if (safe == value && is_plain(value)) return safe;
  std::string escaped;
  for (const char c : value) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return '"' + printable(escaped) + '"';
}

bool is_local_part(char c) {
  constexpr std::string_view others = ".!#$%&*+-/=?^_`{}~";
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || static_cast<unsigned char>(c) >= 0x80 || others.find(c) != others.npos;
}

/// Whether what follows an `@` is the name of a host: an application's id has no dot.
bool is_domain(std::string_view text) {
  const std::size_t end = text.find_first_of(" \t,;\"'()<>|/");
  const std::string_view name = text.substr(0, end);
  const std::size_t dot = name.find('.');
  return dot != name.npos && dot > 0 && dot + 1 < name.size();
}

}  // namespace

std::string without_addresses(std::string_view text) {
  std::string kept;
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@')) {
    std::size_t begin = at;
    while (begin > 0 && is_local_part(text[begin - 1])) --begin;
    const bool address = begin < at && is_domain(text.substr(at + 1));
    kept += text.substr(0, address ? begin : at);
    kept += address ? "***@" : "@";
    text.remove_prefix(at + 1);
  }
  return kept + std::string(text);
}

LogStyle log_style_of_environment() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat stderr_is {};
  if (stream == nullptr || fstat(STDERR_FILENO, &stderr_is) != 0) return LogStyle::lines;
  const std::string ours =
      std::to_string(stderr_is.st_dev) + ":" + std::to_string(stderr_is.st_ino);
  return ours == stream ? LogStyle::journal : LogStyle::lines;
}

std::string_view to_string(LogLevel level) {
  return row_of(level).name;
}

std::optional<LogLevel> log_level(std::string_view text) {
  for (const LevelRow& row : levels) {
    if (row.name == text) return row.level;
  }
  return std::nullopt;
}

std::string log_line(
    LogStyle style,
    LogLevel level,
    Instant now,
    std::string_view message,
    const std::vector<LogField>& fields
) {
  constexpr std::size_t message_bytes_max = 2000;
  std::string line;
  if (style == LogStyle::journal) {
    line = {'<', row_of(level).priority, '>'};
  } else {
    const auto whole_second = std::chrono::floor<std::chrono::seconds>(now);
    line = rosterd::to_string(Instant{whole_second}) + " " + std::string(row_of(level).name) + " ";
  }
  line += printable(message, message_bytes_max);
  for (const LogField& field : fields) {
    line += " " + std::string(field.name) + "=" + field_text(field.value);
  }
  return line;
}

StderrLog::StderrLog(const Clock& clock, LogLevel level, LogStyle style)
    : clock_(clock),
      level_(level),
      style_(style),
      logger_(std::make_unique<spdlog::logger>(
          "rosterd", std::make_shared<spdlog::sinks::stderr_sink_mt>()
      )) {
  logger_->set_pattern("%v");
  logger_->set_level(spdlog::level::trace);
}

StderrLog::~StderrLog() = default;

void StderrLog::write(
    LogLevel level, std::string_view message, const std::vector<LogField>& fields
) {
  if (level < level_.load()) return;
  if (!shows_personal_data_.load()) {
    std::vector<LogField> safe = fields;
    for (LogField& field : safe) {
      const bool names_no_person = field.name == "entitlement" || field.name == "missing";
      if (!names_no_person) field.value = without_addresses(field.value);
    }
    logger_->log(
        spdlog::level::info, log_line(style_, level, clock_.now(), without_addresses(message), safe)
    );
    return;
  }
  logger_->log(spdlog::level::info, log_line(style_, level, clock_.now(), message, fields));
}

}  // namespace rosterd::system
