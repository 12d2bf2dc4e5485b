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

}  // namespace

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
  logger_->log(spdlog::level::info, log_line(style_, level, clock_.now(), message, fields));
}

}  // namespace rosterd::system
