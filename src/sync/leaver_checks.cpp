#include "leaver_checks.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::sync {

namespace {

constexpr Duration idle = std::chrono::minutes{1};
constexpr Duration after_failure = std::chrono::minutes{1};
constexpr Duration after_refusal = std::chrono::hours{1};
constexpr Duration while_busy = std::chrono::milliseconds{200};

/// Whether the tenant would say so of this account only.
bool is_refused(const TargetError& error) {
  return error.error == ErrorClass::permanent || error.error == ErrorClass::stale_catalogue;
}

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
  const auto due = co_await next();
  if (!due || !state_.mirror.known()) co_return idle;
  LeaverAccount of = *due;
  const auto effective = co_await parts_.access.effective(of.account, {}, {});
  const bool gone = !effective && effective.error().status == 404;
  if (!effective && !gone && is_refused(effective.error())) {
    put_off_[of] = parts_.clock.monotonic() + after_refusal;
    parts_.log.warning(
        "what a leaver can still do cannot be read",
        {{"person", of.person.value},
         {"account", of.account.value},
         {"reason", effective.error().text}}
    );
    co_return std::nullopt;
  }
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

// One whom the tenant refuses to speak of does not keep the others waiting.
Task<std::optional<LeaverAccount>> LeaverChecks::next() {
  const Duration now = parts_.clock.monotonic();
  std::erase_if(put_off_, [&](const auto& each) { return each.second <= now; });
  const auto due = co_await parts_.store.leavers_to_check(put_off_.size() + 1);
  const auto found = std::find_if(due.begin(), due.end(), [this](const LeaverAccount& of) {
    return !put_off_.contains(of);
  });
  std::optional<LeaverAccount> of;
  if (found != due.end()) of = *found;
  co_return of;
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
