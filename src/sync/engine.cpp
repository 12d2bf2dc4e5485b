#include "rosterd/sync/engine.hpp"

#include "account_resolver.hpp"
#include "applier.hpp"
#include "fold_round.hpp"
#include "round.hpp"

#include <algorithm>
#include <utility>

namespace rosterd::sync {

namespace {

RetryPolicy retry_policy(const WorkerConfig& config) {
  RetryPolicy retry;
  if (!config.retry_delays.empty()) retry.delays = config.retry_delays;
  retry.leaver_delay_max = config.leaver_delay_max;
  retry.account_recheck = config.account_recheck;
  return retry;
}

}  // namespace

Engine::Engine(
    EngineParts parts,
    WorkerConfig config,
    std::shared_ptr<const Policy> policy,
    asio::any_io_executor executor
)
    : parts_(parts),
      config_(std::move(config)),
      retry_(retry_policy(config_)),
      policy_(std::move(policy)),
      mirror_(parts.target, parts.clock),
      wakeup_(std::move(executor)) {}

Engine::~Engine() = default;

void Engine::replace_policy(std::shared_ptr<const Policy> policy) {
  policy_ = std::move(policy);
  resolver_.reset();
  wakeup_.notify();
}

Task<void> Engine::run(std::stop_token stop) {
  const std::stop_callback wake(stop, [this] { wakeup_.notify(); });
  while (!stop.stop_requested()) {
    const bool worked = co_await round(stop);
    if (!worked && !stop.stop_requested()) co_await wait_for_work();
  }
}

Task<void> Engine::wait_for_work() {
  const auto next = co_await parts_.store.next_due_at(parts_.clock.now());
  Duration delay = config_.idle_poll_max;
  if (next) delay = std::clamp<Duration>(*next - parts_.clock.now(), Duration{0}, delay);
  co_await wakeup_.wait_for(delay);
}

Task<bool> Engine::round(std::stop_token stop) {
  WorkStore::Limits limits;
  limits.events_max = config_.events_max;
  limits.people_max = config_.people_max;
  const Instant now = parts_.clock.now();
  Work work = co_await parts_.store.take_due(now, limits);
  if (work.events.empty() && work.people.empty()) co_return false;

  // Both are kept for the whole round: a policy that is replaced meanwhile counts from the next one
  // on.
  const std::shared_ptr<const Policy> policy = policy_;
  if (!resolver_) {
    resolver_ = std::make_shared<AccountResolver>(
        parts_.accounts, parts_.store, policy, config_.bulk_lookup_min
    );
  }
  const std::shared_ptr<AccountResolver> resolver = resolver_;
  Round round(parts_, config_, retry_, *policy, *resolver, mirror_, statistics_);
  co_await round.process(std::move(work), stop);
  ++statistics_.rounds;
  statistics_.last_round_at = parts_.clock.now();
  co_return true;
}

}  // namespace rosterd::sync
