#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/outcome.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace rosterd {

/// The delays after the first, second, … failed attempt (design.md 2): about three days in all.
struct RetryPolicy {
  std::vector<Duration> delays = default_delays();
  double jitter = 0.2;  ///< ± this part
  /// A leaver is never put off longer, and is tried for as long as anybody else all the same.
  Duration leaver_delay_max = std::chrono::minutes{15};
  Duration account_recheck = std::chrono::minutes{30};  ///< for an account, for room in the storage
  Duration uncounted_delay = std::chrono::seconds{5};   ///< after a pause or an open breaker

  static std::vector<Duration> default_delays();
};

struct FailedAttempt {
  ErrorClass error = ErrorClass::transient;
  int number = 1;  ///< counted attempts so far, this one included when its class counts
  bool leaver = false;
  Instant at{};
  std::optional<Instant> asked_to_wait_until;  ///< Retry-After, x-ratelimit-reset: the later
};

struct TryAgain {
  Instant at;
  bool counted = true;
};
struct WaitForAccount {
  Instant at;
};
struct GiveUp {};
using NextStep = std::variant<TryAgain, WaitForAccount, GiveUp>;

/// Whether an attempt that failed this way uses up a delay of the schedule.
bool is_counted(ErrorClass error);

/// `unit` is a number in [0, 1) for the jitter. Pure.
NextStep next_step(const FailedAttempt& failed, const RetryPolicy& policy, double unit);

}  // namespace rosterd
