#include "adapters/extension/turns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace rosterd::extension {

Task<Turns::Turn> Turns::take() {
  if (!taken_) {
    taken_ = true;
    co_return Turn(*this);
  }
  const auto me = waiting_.emplace(waiting_.end(), executor_);
  const auto [ended] = co_await me->called.async_wait(asio::as_tuple(asio::use_awaitable));
  const bool has_turn = me->has_turn;
  waiting_.erase(me);
  // Called and cancelled at once: the turn is ours to pass on, which its destructor does.
  if (has_turn) co_return Turn(*this);
  throw boost::system::system_error(ended);
}

void Turns::pass_on() {
  const auto next = std::find_if(waiting_.begin(), waiting_.end(), [](const Waiter& waiter) {
    return !waiter.has_turn;
  });
  if (next == waiting_.end()) {
    taken_ = false;
    return;
  }
  next->has_turn = true;
  next->called.cancel();
}

}  // namespace rosterd::extension
