#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace rosterd::test {

/// Runs a task on `loop` until the loop has nothing left to do, and gives its value or throws.
template <class T>
T run(asio::io_context& loop, Task<T> task) {
  std::exception_ptr error;
  loop.restart();
  if constexpr (std::is_void_v<T>) {
    asio::co_spawn(loop, std::move(task), [&](std::exception_ptr e) { error = e; });
    loop.run();
    if (error) std::rethrow_exception(error);
  } else {
    std::optional<T> value;
    asio::co_spawn(loop, std::move(task), [&](std::exception_ptr e, T result) {
      error = e;
      if (!e) value.emplace(std::move(result));
    });
    loop.run();
    if (error) std::rethrow_exception(error);
    return std::move(value.value());
  }
}

/// The same on a loop of its own.
template <class T>
T run(Task<T> task) {
  asio::io_context loop{1};
  return run(loop, std::move(task));
}

}  // namespace rosterd::test
