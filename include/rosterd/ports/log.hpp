#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd {

enum class LogLevel { debug, info, notice, warning, error, critical };

/// `event=17`, `person=4711`: what a log line can be searched by. Never a token or a payload.
struct LogField {
  LogField(std::string_view field_name, std::string field_value)
      : name(field_name), value(std::move(field_value)) {}
  LogField(std::string_view field_name, std::int64_t field_value)
      : name(field_name), value(std::to_string(field_value)) {}
  std::string_view name;
  std::string value;
};

/// Where decisions are told: one line a decision, by whoever decides. Thread-safe. Values are made
/// safe for one line by the implementation.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(
      LogLevel level, std::string_view message, const std::vector<LogField>& fields
  ) = 0;

  void debug(std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::info, message, fields);
  }
  void notice(std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::notice, message, fields);
  }
  void warning(std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::warning, message, fields);
  }
  void error(std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::error, message, fields);
  }
};

}  // namespace rosterd
