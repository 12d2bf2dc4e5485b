#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <list>
#include <utility>

namespace rosterd::extension {

/// First come, first served: whoever holds the turn is alone. A waiter that is cancelled leaves the
/// queue. One loop; must outlive every turn and waiter.
class Turns {
 public:
  class Turn {
   public:
    explicit Turn(Turns& turns) : turns_(&turns) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->pass_on();
    }

   private:
    Turns* turns_;
  };

  explicit Turns(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// Waits for the turn, which is passed on when it is destroyed.
  Task<Turn> take();

 private:
  struct Waiter {
    explicit Waiter(const asio::any_io_executor& executor)
        : called(executor, asio::steady_timer::time_point::max()) {}
    asio::steady_timer called;
    bool has_turn = false;
  };

  void pass_on();

  asio::any_io_executor executor_;
  std::list<Waiter> waiting_;
  bool taken_ = false;
};

}  // namespace rosterd::extension
