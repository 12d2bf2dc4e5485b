#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace rosterd {

/// Lets everything else that is ready on the loop run first. For work that is cut into slices of a
/// few milliseconds so that it does not keep a webhook waiting.
inline Task<void> yield_now() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace rosterd
