#include "rosterd/domain/retry.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <numeric>

namespace rosterd {

namespace {

enum class Remedy { schedule, wait_uncounted, wait_for_account, wait_for_room, give_up };

Remedy remedy_for(ErrorClass error) {
  switch (error) {
    case ErrorClass::transient:
    case ErrorClass::unknown:
    case ErrorClass::contended:
      return Remedy::schedule;
    case ErrorClass::throttled:
    case ErrorClass::paused:
    case ErrorClass::authentication:
    case ErrorClass::configuration:
      return Remedy::wait_uncounted;
    case ErrorClass::no_account:
      return Remedy::wait_for_account;
    case ErrorClass::storage_full:
      return Remedy::wait_for_room;
    case ErrorClass::stale_catalogue:
    case ErrorClass::permanent:
    case ErrorClass::ambiguous_account:
    case ErrorClass::conflict:
    case ErrorClass::unknown_entitlement:
    case ErrorClass::invalid:
    case ErrorClass::poison:
      return Remedy::give_up;
  }
  std::abort();
}

Duration with_jitter(Duration delay, double jitter, double unit) {
  const double factor = 1.0 + jitter * (2.0 * unit - 1.0);
  return Duration{std::llround(static_cast<double>(delay.count()) * factor)};
}

/// How many delays there are. A leaver's are shorter and so there are more of them: an outage of a
/// night must not leave access behind because its retries ran out in three hours.
std::size_t delays_max(const RetryPolicy& policy, bool leaver) {
  if (!leaver || policy.leaver_delay_max <= Duration{0}) return policy.delays.size();
  const Duration total = std::accumulate(policy.delays.begin(), policy.delays.end(), Duration{0});
  std::size_t count = 0;
  Duration spent{0};
  while (count < policy.delays.size() && policy.delays[count] <= policy.leaver_delay_max) {
    spent += policy.delays[count++];
  }
  if (count == policy.delays.size()) return count;
  const auto left = (total - spent) + policy.leaver_delay_max - Duration{1};
  return count + static_cast<std::size_t>(left / policy.leaver_delay_max);
}

NextStep on_schedule(const FailedAttempt& failed, const RetryPolicy& policy, double unit) {
  const auto number = static_cast<std::size_t>(std::max(failed.number, 1));
  if (policy.delays.empty() || number > delays_max(policy, failed.leaver)) return GiveUp{};
  const std::size_t index = std::min(number, policy.delays.size()) - 1;
  Duration delay = with_jitter(policy.delays[index], policy.jitter, unit);
  if (failed.leaver) delay = std::min(delay, policy.leaver_delay_max);
  const Instant at = std::max(failed.at + delay, failed.asked_to_wait_until.value_or(failed.at));
  return TryAgain{at, true};
}

}  // namespace

std::vector<Duration> RetryPolicy::default_delays() {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  return {
      seconds{2},
      seconds{10},
      seconds{30},
      minutes{2},
      minutes{5},
      minutes{15},
      minutes{30},
      hours{1},
      hours{2},
      hours{4},
      hours{8},
      hours{12},
      hours{12},
      hours{12},
      hours{12},
      hours{12},
  };
}

bool is_counted(ErrorClass error) {
  return remedy_for(error) == Remedy::schedule;
}

NextStep next_step(const FailedAttempt& failed, const RetryPolicy& policy, double unit) {
  const Instant asked = failed.asked_to_wait_until.value_or(failed.at);
  switch (remedy_for(failed.error)) {
    case Remedy::schedule:
      return on_schedule(failed, policy, unit);
    case Remedy::wait_uncounted:
      return TryAgain{std::max(failed.at + policy.uncounted_delay, asked), false};
    case Remedy::wait_for_account: {
      const Duration delay = with_jitter(policy.account_recheck, policy.jitter, unit);
      return WaitForAccount{std::max(failed.at + delay, asked)};
    }
    case Remedy::wait_for_room: {
      // Only a person can make room, and that takes about as long as making an account.
      const Duration delay = with_jitter(policy.account_recheck, policy.jitter, unit);
      return TryAgain{std::max(failed.at + delay, asked), false};
    }
    case Remedy::give_up:
      return GiveUp{};
  }
  std::abort();
}

}  // namespace rosterd
