#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace rosterd::drop_folder {

/// What happens in one folder (inotify(7)). Belongs to the loop.
class Watch {
 public:
  enum class Kind { moved_in, written, closed, lost };

  struct Notice {
    Kind kind = Kind::lost;  ///< `lost`: the queue overflowed, so anything may have happened
    std::string name;
  };

  Watch(asio::any_io_executor executor, const std::filesystem::path& folder);

  /// What has happened since the last call; does not wait.
  std::vector<Notice> read();

  /// Returns when something has happened, at `cancel()`, or after `delay`.
  Task<void> wait(std::chrono::steady_clock::duration delay);
  void cancel() { descriptor_.cancel(); }

 private:
  Task<void> wait_readable();

  asio::posix::stream_descriptor descriptor_;
};

}  // namespace rosterd::drop_folder
