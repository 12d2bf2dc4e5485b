#include "rosterd/base/turn.hpp"

#include <chrono>
#include <iterator>

namespace rosterd {

Task<Turn::Holder> Turn::take() {
  if (taken_ || !waiting_.empty()) {
    waiting_.emplace_back(executor_);
    const auto me = std::prev(waiting_.end());
    co_await wait_in_line(me);
  }
  taken_ = true;
  co_return Holder(this);
}

Task<void> Turn::wait_in_line(Waiting::iterator me) {
  constexpr auto look_again = std::chrono::hours{1};
  try {
    while (taken_ || me != waiting_.begin()) co_await me->wait_for(look_again);
  } catch (...) {
    leave(me);
    throw;
  }
  waiting_.erase(me);
}

void Turn::release() {
  taken_ = false;
  if (!waiting_.empty()) waiting_.front().notify();
}

// Who gives up while it is their turn passes it on.
void Turn::leave(Waiting::iterator me) {
  waiting_.erase(me);
  if (!taken_ && !waiting_.empty()) waiting_.front().notify();
}

}  // namespace rosterd
