#include "rosterd/sync/engine.hpp"

#include "account_resolver.hpp"
#include "hold_decider.hpp"
#include "leaver_checks.hpp"
#include "reconciler.hpp"
#include "round.hpp"
#include "worker_state.hpp"

#include <algorithm>
#include <string>
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
    EngineConfig config,
    std::shared_ptr<const Policy> policy,
    asio::any_io_executor executor
)
    : parts_(parts),
      config_(std::move(config)),
      retry_(retry_policy(config_.worker)),
      policy_(std::move(policy)),
      state_(std::make_unique<WorkerState>(parts_, config_, executor)),
      leaver_checks_(std::make_unique<LeaverChecks>(parts_, *state_, executor)),
      wakeup_(executor),
      rested_(std::move(executor)) {}

Engine::~Engine() = default;

const EngineStatistics& Engine::statistics() const {
  state_->statistics.lost_writes = state_->mirror.lost_writes();
  return state_->statistics;
}

Duration Engine::still_for() const {
  return parts_.clock.monotonic() - state_->moved_at;
}

std::optional<int> Engine::storage_used() const {
  return state_->gauge.part_used();
}

void Engine::know(TenantState tenant) {
  state_->mirror.know(std::move(tenant));
}

void Engine::replace_policy(std::shared_ptr<const Policy> policy) {
  policy_ = std::move(policy);
  resolver_.reset();
  wakeup_.notify();
}

Task<void> Engine::run(std::stop_token stop) {
  const std::stop_callback wake(stop, [this] {
    wakeup_.notify();
    rested_.notify();
  });
  while (!stop.stop_requested()) {
    const bool worked = co_await round(stop);
    if (stop.stop_requested()) break;
    co_await reconcile_when_due();
    if (worked) {
      co_await rest();
    } else {
      co_await wait_for_work();
    }
  }
}

Task<void> Engine::rest() {
  if (rest_ > Duration::zero()) co_await rested_.wait_for(rest_);
}

Task<void> Engine::wait_for_work() {
  const auto next = co_await parts_.store.next_due_at(parts_.clock.now());
  Duration delay = config_.worker.idle_poll_max;
  if (next) delay = std::clamp<Duration>(*next - parts_.clock.now(), Duration{0}, delay);
  co_await wakeup_.wait_for(delay);
}

Task<bool> Engine::round(std::stop_token stop) {
  const auto turn = co_await state_->turn.take();
  const Duration began_at = parts_.clock.monotonic();
  state_->moved_at = began_at;
  WorkStore::Limits limits;
  limits.events_max = config_.worker.events_max;
  limits.people_max = config_.worker.people_max;
  const Instant now = parts_.clock.now();
  rest_ = Duration{0};
  Work work = co_await parts_.store.take_due(now, limits);
  if (work.events.empty() && work.people.empty()) co_return false;

  // Both are kept for the whole round: a policy that is replaced meanwhile counts from the next one
  // on.
  const std::shared_ptr<const Policy> policy = policy_;
  if (!resolver_) {
    resolver_ = std::make_shared<AccountResolver>(
        parts_.accounts, parts_.store, policy, config_.worker.bulk_lookup_min
    );
  }
  const std::shared_ptr<AccountResolver> resolver = resolver_;
  const bool is_full =
      work.events.size() >= limits.events_max || work.people.size() >= limits.people_max;
  state_->out_of_reach = false;
  state_->reachable_at.reset();
  Round round(parts_, config_, retry_, *policy, *resolver, *state_);
  co_await round.process(std::move(work), stop);
  ++state_->statistics.rounds;
  state_->statistics.last_round_at = parts_.clock.now();
  if (state_->out_of_reach) rest_ = rest_after(is_full, parts_.clock.monotonic() - began_at);
  if (std::exchange(state_->leavers_done, false)) leaver_checks_->notify();
  co_return true;
}

/// While the tenant cannot be asked, a round only keeps what HR says, and a round for each event
/// costs many times what one for all of a second costs. Of what has piled up, the worker takes as
/// much as leaves most of the time to whoever sends. Not a moment after it can be asked again.
Duration Engine::rest_after(bool is_full, Duration took) const {
  constexpr Duration rest_max = std::chrono::seconds{1};
  Duration rest = is_full ? std::min(4 * took, rest_max) : rest_max;
  const auto& reachable_at = state_->reachable_at;
  if (reachable_at) rest = std::min<Duration>(rest, *reachable_at - parts_.clock.now());
  return rest;
}

Task<DecisionOutcome> Engine::decide(HoldDecision decision) {
  const auto turn = co_await state_->turn.take();
  const std::shared_ptr<const Policy> policy = policy_;
  HoldDecider decider(parts_, config_, *policy, *state_);
  auto outcome = co_await decider.run(std::move(decision));
  // The accounts of nobody are the reconciliation's business.
  const bool approved = outcome.hold && outcome.hold->state == HoldState::approved;
  if (approved && concerns_nobody(*outcome.hold)) reconcile_at_ = parts_.clock.monotonic();
  wakeup_.notify();
  co_return outcome;
}

Task<Answer<ReconcileReport>> Engine::reconcile(bool repair) {
  const auto turn = co_await state_->turn.take();
  const std::shared_ptr<const Policy> policy = policy_;
  Reconciler reconciler(parts_, config_, *policy, *state_);
  auto report = co_await reconciler.run(repair);
  if (reconciler.cut_short()) {
    reconcile_at_ = parts_.clock.monotonic();
    repair_goes_on_ = true;
  }
  ++state_->statistics.reconciliations;
  wakeup_.notify();
  co_return report;
}

// The first one soon after the start: while the daemon was away, anything may have happened.
Task<void> Engine::reconcile_when_due() {
  constexpr Duration soon = std::chrono::minutes{2};
  const Duration every = config_.reconcile.every;
  const Duration now = parts_.clock.monotonic();
  if (!reconcile_at_ && every > Duration{0}) reconcile_at_ = now + std::min(every, soon);
  if (!reconcile_at_ || now < *reconcile_at_) co_return;
  reconcile_at_.reset();
  if (every > Duration{0}) reconcile_at_ = now + every;
  const bool repair = std::exchange(repair_goes_on_, false) || config_.reconcile.repair;
  const auto report = co_await reconcile(repair);
  if (!report) {
    parts_.log.warning(
        "reconciliation failed: the tenant cannot be read",
        {{"error", std::string(to_string(report.error().error))}, {"reason", report.error().text}}
    );
  }
}

Task<void> Engine::check_leavers(std::stop_token stop) {
  return leaver_checks_->run(std::move(stop));
}

Task<bool> Engine::check_one_leaver() {
  const auto wait = co_await leaver_checks_->check_one();
  co_return !wait;
}

}  // namespace rosterd::sync
