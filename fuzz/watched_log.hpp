#pragma once

#include "fuzzing.hpp"
#include "rosterd/ports/log.hpp"

#include <string>
#include <utility>

namespace rosterd::fuzz {

/// A log that nobody reads, and that holds whoever writes it to what logs must not say.
class WatchedLog : public Log {
 public:
  explicit WatchedLog(std::string secret) : secret_(std::move(secret)) {}

  void write(LogLevel, std::string_view message, const std::vector<LogField>& fields) override {
    require_no_secret(message);
    for (const LogField& field : fields) {
      require_no_secret(field.value);
      require(field.value.size() <= (64U << 10U), "a field of a log line has an end", field.value);
    }
  }

 private:
  void require_no_secret(std::string_view text) const {
    require(text.find(secret_) == std::string_view::npos, "no secret is logged", text);
  }

  std::string secret_;
};

}  // namespace rosterd::fuzz
