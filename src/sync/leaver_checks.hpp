#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/base/wakeup.hpp"
#include "rosterd/sync/engine.hpp"
#include "worker_state.hpp"

#include <map>
#include <optional>
#include <stop_token>

namespace rosterd::sync {

/// Looks at what leavers can still do once they have lost everything: by nesting, by a mapping, by
/// a role of a group, or because something is protected. Only reads; while the worker has the
/// tenant, it waits.
class LeaverChecks {
 public:
  LeaverChecks(const EngineParts& parts, WorkerState& state, asio::any_io_executor executor)
      : parts_(parts), state_(state), wakeup_(std::move(executor)) {}

  Task<void> run(std::stop_token stop);
  /// One account; gives how long to wait before the next, nothing: one was looked at.
  Task<std::optional<Duration>> check_one();
  void notify() { wakeup_.notify(); }

 private:
  Task<std::optional<LeaverAccount>> next();
  Task<void> settle(LeaverAccount of, std::vector<ResidualAccess> remains);
  void tell(const LeaverAccount& of, const std::vector<ResidualAccess>& remains);

  const EngineParts& parts_;
  WorkerState& state_;
  Wakeup wakeup_;
  std::map<LeaverAccount, Duration> put_off_;  // until when, monotonic
};

}  // namespace rosterd::sync
