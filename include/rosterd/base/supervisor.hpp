#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <list>
#include <stop_token>
#include <string>

namespace rosterd {

/// Owns every long-lived coroutine of the process. Single-threaded: call only from the loop.
///
/// Stopping has two stages. `request_stop()` asks: tasks see `stop_token()` and return at their
/// next safe point. After the grace period, cancellation insists: every pending operation fails
/// with `operation_aborted`. `io_context::run()` returning is the proof that all have left.
class Supervisor {
 public:
  explicit Supervisor(asio::io_context& loop) : loop_(loop), grace_timer_(loop) {}
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  std::stop_token stop_token() const { return stop_.get_token(); }

  /// Runs `task` until it returns. If it throws, everything stops and `failure()` is set.
  void spawn(std::string name, Task<void> task);

  void request_stop(std::chrono::milliseconds grace);

  /// The first exception that ended a task while nobody had asked it to stop.
  std::exception_ptr failure() const { return failure_; }
  const std::string& failed_task() const { return failed_task_; }
  std::size_t running() const { return children_.size(); }

 private:
  struct Child {
    std::string name;
    asio::cancellation_signal cancel;
  };

  void finished(std::list<Child>::iterator child, std::exception_ptr error);
  void insist();

  asio::io_context& loop_;
  asio::steady_timer grace_timer_;
  std::stop_source stop_;
  std::list<Child> children_;
  std::exception_ptr failure_;
  std::string failed_task_;
};

}  // namespace rosterd
