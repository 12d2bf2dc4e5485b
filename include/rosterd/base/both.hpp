#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace rosterd {

/// Awaits two tasks at once, and gives what the first one gives.
///
/// Ends when both have ended, also when one of them fails: what they refer to is safe until then.
/// When both fail, it throws what the first one threw. A cancellation reaches both.
template <class T>
Task<T> both(Task<T> first, Task<void> second) {
  const auto executor = co_await asio::this_coro::executor;
  auto one = asio::co_spawn(executor, std::move(first), asio::deferred);
  auto other = asio::co_spawn(executor, std::move(second), asio::deferred);
  auto group = asio::experimental::make_parallel_group(std::move(one), std::move(other));
  const asio::experimental::wait_for_all all;
  auto ended = group.async_wait(all, asio::use_awaitable);
  auto [order, first_failed, value, second_failed] = co_await std::move(ended);
  if (first_failed) std::rethrow_exception(first_failed);
  if (second_failed) std::rethrow_exception(second_failed);
  co_return std::move(value);
}

}  // namespace rosterd
