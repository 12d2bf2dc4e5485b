#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/base/wakeup.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <list>
#include <utility>

namespace rosterd {

/// Lets one coroutine at a time do what must not be done by two, first come first served. Call only
/// from the loop; outlives everybody who takes a turn.
class Turn {
 public:
  explicit Turn(asio::any_io_executor executor) : executor_(std::move(executor)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// The turn, until it is destroyed.
  class Holder {
   public:
    explicit Holder(Turn* turn) : turn_(turn) {}
    Holder(Holder&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
    Holder& operator=(Holder&&) = delete;
    ~Holder() {
      if (turn_ != nullptr) turn_->release();
    }

   private:
    Turn* turn_;
  };

  /// Waits for those who came before. Throws `operation_aborted` when the waiting task is
  /// cancelled.
  Task<Holder> take();

  bool is_taken() const { return taken_; }
  /// Whether somebody waits for whoever has it.
  bool is_wanted() const { return !waiting_.empty(); }

 private:
  using Waiting = std::list<Wakeup>;

  Task<void> wait_in_line(Waiting::iterator me);
  void release();
  void leave(Waiting::iterator me);

  asio::any_io_executor executor_;
  Waiting waiting_;
  bool taken_ = false;
};

}  // namespace rosterd
