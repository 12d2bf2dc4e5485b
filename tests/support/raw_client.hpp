#pragma once

#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace rosterd::test {

/// A blocking socket that says exactly the bytes it is given, for what no HTTP library would send.
/// Every wait ends after ten seconds with an exception, so a test fails instead of hanging.
class RawClient {
 public:
  static RawClient tcp(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return RawClient(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  }

  static RawClient local(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return RawClient(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  }

  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() { close(); }

  RawClient& say(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the server does not take what the client says");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
  }

  /// One answer: header, and as much body as Content-Length announces.
  std::string answer() {
    while (received_.find("\r\n\r\n") == std::string::npos) {
      if (!receive_more()) throw std::runtime_error("closed before an answer: " + received_);
    }
    const std::size_t header_end = received_.find("\r\n\r\n") + 4;
    const std::size_t length = header_end + announced(received_.substr(0, header_end));
    while (received_.size() < length) {
      if (!receive_more()) throw std::runtime_error("closed within an answer: " + received_);
    }
    std::string whole = received_.substr(0, length);
    received_.erase(0, length);
    return whole;
  }

  /// Everything until the server closes. A reset counts as closing.
  std::string until_closed() {
    while (receive_more()) {
    }
    return std::exchange(received_, {});
  }

  /// Whether the connection ended with a reset instead of a close.
  bool is_reset() {
    while (receive_more()) {
    }
    return was_reset_;
  }

  bool hears_nothing_for(std::chrono::milliseconds time) {
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, static_cast<int>(time.count())) == 0;
  }

  void half_close() { ::shutdown(fd_, SHUT_WR); }

  /// Ends the connection as a crash or a firewall does: what is under way is lost on both sides.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close();
  }

  /// Takes this many bytes of whatever comes, or fewer when the server closes before.
  std::string hear(std::size_t count) {
    while (received_.size() < count && receive_more()) {
    }
    std::string heard = received_.substr(0, count);
    received_.erase(0, heard.size());
    return heard;
  }

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  RawClient(int family, const sockaddr* address, socklen_t length)
      : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (::connect(fd_, address, length) != 0) {
      close();
      throw std::runtime_error("nobody listens");
    }
  }

  static std::size_t announced(std::string_view header) {
    constexpr std::string_view name = "Content-Length: ";
    const std::size_t at = header.find(name);
    if (at == std::string_view::npos) return 0;
    return std::strtoul(header.data() + at + name.size(), nullptr, 10);
  }

  bool receive_more() {
    char bytes[4096];
    const ssize_t count = ::recv(fd_, bytes, sizeof(bytes), 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      throw std::runtime_error("the server is silent; so far: " + received_);
    }
    if (count < 0) was_reset_ = true;
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int fd_;
  std::string received_;
  bool was_reset_ = false;
};

/// The status of an answer as it came over the wire.
inline unsigned status_of(std::string_view answer) {
  constexpr std::size_t after_version = 9;
  if (answer.size() < after_version + 3) return 0;
  return static_cast<unsigned>(std::strtoul(answer.data() + after_version, nullptr, 10));
}

inline std::string body_of(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string() : std::string(answer.substr(end + 4));
}

}  // namespace rosterd::test
