#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace rosterd {

inline Task<void> sleep_for(std::chrono::steady_clock::duration delay) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, delay);
  co_await timer.async_wait(asio::use_awaitable);
}

namespace detail {

template <class T>
struct Settled {
  std::optional<T> value;
  std::exception_ptr error;
};

// `||` waits for the first success; wrapping makes a failure count as finishing.
template <class T>
Task<Settled<T>> settle(Task<T> work) {
  Settled<T> result;
  try {
    result.value = co_await std::move(work);
  } catch (...) {
    result.error = std::current_exception();
  }
  co_return result;
}

inline Task<std::monostate> as_value(Task<void> work) {
  co_await std::move(work);
  co_return std::monostate{};
}

}  // namespace detail

/// Awaits `work` for at most `limit`. Nothing means that the limit passed, and that `work` was
/// cancelled and has unwound. What `work` throws is thrown here. A name look-up cannot be
/// interrupted: `getaddrinfo` returns when it returns.
template <class T>
Task<std::optional<T>> within(std::chrono::steady_clock::duration limit, Task<T> work) {
  using namespace asio::experimental::awaitable_operators;
  auto raced = co_await (detail::settle(std::move(work)) || sleep_for(limit));
  if (raced.index() == 1) co_return std::nullopt;
  auto settled = std::get<0>(std::move(raced));
  if (settled.error) std::rethrow_exception(settled.error);
  co_return std::move(settled.value);
}

/// The same for work without a value: whether it finished in time.
inline Task<bool> finishes_within(std::chrono::steady_clock::duration limit, Task<void> work) {
  const auto done = co_await within(limit, detail::as_value(std::move(work)));
  co_return done.has_value();
}

}  // namespace rosterd
