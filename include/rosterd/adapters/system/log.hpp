#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/log.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spdlog {
class logger;
}

namespace rosterd::system {

enum class LogStyle {
  journal,  ///< `<6>message event=17`: the journal adds the time (sd-daemon(3))
  lines,    ///< `2026-03-02T09:00:00Z info message event=17`
};

/// Journal exactly when stderr is the stream that the service manager connected to the journal
/// (JOURNAL_STREAM, systemd.exec(5)): a shell inside a service is not.
LogStyle log_style_of_environment();

/// The text with `***` for what stands before the `@` of an e-mail address. A role's name, as
/// `Developer@app-id`, is none: what follows its `@` has no dot.
std::string without_addresses(std::string_view text);

/// One line, without its line break. Field values that are more than a plain word are quoted;
/// control characters are escaped everywhere, so that nobody can forge a line.
std::string log_line(
    LogStyle style,
    LogLevel level,
    Instant now,
    std::string_view message,
    const std::vector<LogField>& fields
);

/// `info`; as `[log] level` has it.
std::string_view to_string(LogLevel level);
std::optional<LogLevel> log_level(std::string_view text);

/// Writes to stderr, a line a decision. Thread-safe; `clock` must outlive it.
class StderrLog : public Log {
 public:
  StderrLog(const Clock& clock, LogLevel level, LogStyle style = log_style_of_environment());
  ~StderrLog() override;

  void write(LogLevel level, std::string_view message, const std::vector<LogField>& fields)
      override;

  /// Lines below `level` are dropped from now on.
  void set_level(LogLevel level) { level_ = level; }

  /// Otherwise e-mail addresses lose what stands before their `@`; the names of groups and roles
  /// never do.
  void show_personal_data(bool show) { shows_personal_data_ = show; }

 private:
  const Clock& clock_;
  std::atomic<LogLevel> level_;
  LogStyle style_;
  std::atomic<bool> shows_personal_data_ = false;
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace rosterd::system
