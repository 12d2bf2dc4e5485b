#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace rosterd {

/// A coalescing wake-up: any number of `notify()` calls before a wait wake it once. One waiter;
/// call only from the loop. A wake-up that is lost costs a poll interval, never a message,
/// because the truth is in the store.
class Wakeup {
 public:
  explicit Wakeup(asio::any_io_executor executor) : timer_(std::move(executor)) {}

  void notify();

  /// Returns after `delay`, or at the next `notify()`, whichever is first. Throws
  /// `operation_aborted` when the waiting task is cancelled.
  Task<void> wait_for(std::chrono::steady_clock::duration delay);

 private:
  asio::steady_timer timer_;
  bool signalled_ = false;
};

}  // namespace rosterd
