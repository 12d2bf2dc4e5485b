#include "leaver_checks.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::sync {

namespace {

constexpr Duration idle = std::chrono::minutes{1};
constexpr Duration after_failure = std::chrono::minutes{1};
constexpr Duration while_busy = std::chrono::milliseconds{200};

}  // namespace

Task<void> LeaverChecks::run(std::stop_token stop) {
  const std::stop_callback wake(stop, [this] { wakeup_.notify(); });
  while (!stop.stop_requested()) {
    const auto wait = co_await check_one();
    if (wait && !stop.stop_requested()) co_await wakeup_.wait_for(*wait);
  }
}

Task<std::optional<Duration>> LeaverChecks::check_one() {
  if (state_.turn.is_taken()) co_return while_busy;
  auto due = co_await parts_.store.leavers_to_check(1);
  if (due.empty() || !state_.mirror.known()) co_return idle;
  LeaverAccount of = std::move(due.front());
  const auto effective = co_await parts_.access.effective(of.account, {}, {});
  const bool gone = !effective && effective.error().status == 404;
  if (!effective && !gone) {
    const Instant now = parts_.clock.now();
    const Instant again = effective.error().retry_at.value_or(now + after_failure);
    co_return std::max(again - now, after_failure);
  }
  std::vector<ResidualAccess> remains;
  if (!gone) remains = residual_of(of.account, *effective, state_.mirror.state());
  tell(of, remains);
  co_await settle(std::move(of), std::move(remains));
  co_return std::nullopt;
}

Task<void> LeaverChecks::settle(LeaverAccount of, std::vector<ResidualAccess> remains) {
  Settlement settlement;
  settlement.at = parts_.clock.now();
  Settlement::Checked checked;
  checked.of = std::move(of);
  checked.remains = std::move(remains);
  settlement.checked.push_back(std::move(checked));
  co_await parts_.store.settle(std::move(settlement));
}

void LeaverChecks::tell(const LeaverAccount& of, const std::vector<ResidualAccess>& remains) {
  state_.statistics.residual += remains.size();
  for (const ResidualAccess& access : remains) {
    parts_.log.warning(
        "residual access of a leaver",
        {{"person", of.person.value},
         {"account", of.account.value},
         {"entitlement", to_string(access.name)},
         {"way", access.way}}
    );
  }
}

}  // namespace rosterd::sync
