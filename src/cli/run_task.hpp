#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace rosterd::cli {

/// Runs one task on a command's loop to its end; gives its value, or throws what it threw.
template <class T>
T run_task(asio::io_context& loop, Task<T> task) {
  std::exception_ptr error;
  std::optional<T> value;
  loop.restart();
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown, T result) {
    error = thrown;
    if (!thrown) value.emplace(std::move(result));
  });
  while (!error && !value && loop.run_one() > 0) {
  }
  if (error) std::rethrow_exception(error);
  return std::move(value.value());
}

}  // namespace rosterd::cli
