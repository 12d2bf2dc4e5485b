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

  explicit Watch(asio::any_io_executor executor);

  /// From now on what happens in this folder, and in no other. Throws a `std::system_error`.
  void follow(const std::filesystem::path& folder);

  /// What has happened since the last call; does not wait.
  std::vector<Notice> read();

  /// Returns when something has happened, at `cancel()`, or after `delay`.
  Task<void> wait(std::chrono::steady_clock::duration delay);
  void cancel() { descriptor_.cancel(); }

 private:
  Task<void> wait_readable();

  asio::posix::stream_descriptor descriptor_;
  int followed_ = -1;
};

}  // namespace rosterd::drop_folder
