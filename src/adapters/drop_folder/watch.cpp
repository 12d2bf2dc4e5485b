#include "adapters/drop_folder/watch.hpp"

#include "rosterd/base/within.hpp"

#include <boost/asio/as_tuple.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>

namespace rosterd::drop_folder {

namespace {

int open_inotify() {
  const int file = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "inotify_init1");
  return file;
}

Watch::Kind kind_of(std::uint32_t mask) {
  if ((mask & IN_Q_OVERFLOW) != 0) return Watch::Kind::lost;
  if ((mask & IN_MOVED_TO) != 0) return Watch::Kind::moved_in;
  if ((mask & IN_CLOSE_WRITE) != 0) return Watch::Kind::closed;
  if ((mask & IN_MODIFY) != 0) return Watch::Kind::written;
  return Watch::Kind::lost;
}

}  // namespace

Watch::Watch(asio::any_io_executor executor) : descriptor_(executor, open_inotify()) {}

void Watch::follow(const std::filesystem::path& folder) {
  const int file = descriptor_.native_handle();
  // Fails when that folder is gone, and its watch with it.
  if (followed_ >= 0) inotify_rm_watch(file, followed_);
  constexpr std::uint32_t mask = IN_MOVED_TO | IN_CLOSE_WRITE | IN_MODIFY | IN_ONLYDIR;
  followed_ = inotify_add_watch(file, folder.c_str(), mask);
  if (followed_ < 0) {
    throw std::system_error(errno, std::generic_category(), "watching " + folder.string());
  }
}

std::vector<Watch::Notice> Watch::read() {
  std::vector<Notice> notices;
  alignas(inotify_event) std::array<char, 64 << 10> buffer;
  for (;;) {
    const ssize_t bytes = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes <= 0) return notices;
    for (std::size_t at = 0; at < static_cast<std::size_t>(bytes);) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      Notice notice;
      notice.kind = kind_of(event.mask);
      if (event.len > 0) notice.name.assign(name, strnlen(name, event.len));
      notices.push_back(std::move(notice));
      at += sizeof event + event.len;
    }
  }
}

Task<void> Watch::wait(std::chrono::steady_clock::duration delay) {
  co_await finishes_within(delay, wait_readable());
}

Task<void> Watch::wait_readable() {
  auto [error] = co_await descriptor_.async_wait(
      asio::posix::stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable)
  );
  (void)error;
}

}  // namespace rosterd::drop_folder
