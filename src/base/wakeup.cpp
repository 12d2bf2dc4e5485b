#include "rosterd/base/wakeup.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

namespace rosterd {

void Wakeup::notify() {
  signalled_ = true;
  timer_.cancel();
}

Task<void> Wakeup::wait_for(std::chrono::steady_clock::duration delay) {
  if (!signalled_) {
    timer_.expires_after(delay);
    const auto [ended] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (ended == asio::error::operation_aborted && !signalled_) {
      throw boost::system::system_error(ended);
    }
  }
  signalled_ = false;
}

}  // namespace rosterd
