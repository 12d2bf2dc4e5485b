#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/base/task.hpp"
#include "rosterd/ports/views.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace rosterd {

/// The store gave no answer in time, or too many wait for one. `what()` is for people.
class StoreBusy : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads the store for whoever asks on the loop, on a thread and with a connection of its own:
/// neither the loop nor the worker waits for a reader. One read at a time, first come first served.
///
/// A read cannot be interrupted. One that takes too long is given up by whoever waits for it and
/// goes on alone, so that what it captures must be its own; one that has not begun by then never
/// does. Lives on the loop; its end waits for the read under way.
class StoreReader {
 public:
  using Open = std::function<std::unique_ptr<Views>()>;

  struct Limits {
    Duration time_max = std::chrono::seconds{10};  ///< from the call to the answer
    std::size_t waiting_max = 64;                  ///< calls that wait
  };

  /// `open` is called on the reading thread, again after a read that failed.
  StoreReader(asio::any_io_executor loop, Open open)
      : StoreReader(std::move(loop), std::move(open), Limits()) {}
  StoreReader(asio::any_io_executor loop, Open open, Limits limits);
  StoreReader(const StoreReader&) = delete;
  StoreReader& operator=(const StoreReader&) = delete;

  /// Waits for the read under way and closes the connection. When nobody reads any more.
  void close();

  /// Gives the value of `work(Views&)`, or throws what it threw, or `StoreBusy`.
  template <class Work, class Value = std::invoke_result_t<Work&, Views&>>
  Task<Value> read(Work work);

 private:
  struct Job;
  class Waiting;

  Task<void> perform(std::function<void(Views&)> work);
  void run(Job& job);

  asio::any_io_executor loop_;
  Open open_;
  Limits limits_;
  std::size_t waiting_ = 0;
  std::unique_ptr<Views> views_;  // the reading thread's
  asio::thread_pool thread_{1};
};

template <class Work, class Value>
Task<Value> StoreReader::read(Work work) {
  const auto value = std::make_shared<std::optional<Value>>();
  std::function<void(Views&)> job = [value, work = std::move(work)](Views& views) mutable {
    value->emplace(work(views));
  };
  co_await perform(std::move(job));
  co_return std::move(**value);
}

}  // namespace rosterd
