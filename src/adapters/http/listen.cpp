#include "adapters/http/listen.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace rosterd::http {

namespace {

using boost::system::system_error;

[[noreturn]] void fail(const std::string& what) {
  throw system_error(errno, boost::system::system_category(), what);
}

[[noreturn]] void fail(int reason, const std::string& what) {
  throw system_error(reason, boost::system::system_category(), what);
}

std::uint16_t port_of(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) fail("getsockname");
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return 0;
}

int family_of(int fd) {
  int family = 0;
  socklen_t length = sizeof(family);
  if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length) != 0) fail("inherited socket");
  return family;
}

Listening adopt(asio::io_context& loop, int fd, int family) {
  Listening listening(loop);
  listening.acceptor.assign(AnyStream(family, 0), fd);
  listening.is_tcp = family == AF_INET || family == AF_INET6;
  listening.port = port_of(fd);
  return listening;
}

Listening open_tcp(asio::io_context& loop, const TcpListen& listen) {
  using asio::ip::tcp;
  tcp::resolver resolver(loop);
  const auto found = resolver.resolve(
      listen.host,
      std::to_string(listen.port),
      tcp::resolver::passive | tcp::resolver::numeric_service
  );
  const tcp::endpoint address = found.begin()->endpoint();
  tcp::acceptor acceptor(loop, address, true);
  acceptor.listen(SOMAXCONN);
  const int family = address.protocol().family();
  return adopt(loop, acceptor.release(), family);
}

bool somebody_answers(const sockaddr_un& address) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) fail("socket");
  const int failed = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  const int reason = errno;
  ::close(probe);
  return failed == 0 || reason != ECONNREFUSED;
}

void clear_the_way(const sockaddr_un& address, const std::string& path) {
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) {
    if (errno != ENOENT) fail(path);
    return;
  }
  if (!S_ISSOCK(file.st_mode)) fail(EEXIST, path);
  if (somebody_answers(address)) fail(EADDRINUSE, path);
  if (::unlink(path.c_str()) != 0) fail(path);
}

Listening open_unix(asio::io_context& loop, const UnixListen& listen) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (listen.path.empty() || listen.path.size() >= sizeof(address.sun_path)) {
    fail(ENAMETOOLONG, listen.path);
  }
  listen.path.copy(address.sun_path, listen.path.size());
  clear_the_way(address, listen.path);

  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  Listening listening = adopt(loop, fd, AF_UNIX);
  // The mode of the socket is the mode its file is born with, so that nobody slips in before chmod.
  if (::fchmod(fd, static_cast<mode_t>(listen.mode)) != 0) fail(listen.path);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    fail(listen.path);
  }
  listening.socket_file = listen.path;
  if (::chmod(listen.path.c_str(), static_cast<mode_t>(listen.mode)) != 0) fail(listen.path);
  if (::listen(fd, SOMAXCONN) != 0) fail(listen.path);
  return listening;
}

Listening adopt_inherited(asio::io_context& loop, const InheritedListen& listen) {
  const int family = family_of(listen.fd);
  int listens = 0;
  socklen_t length = sizeof(listens);
  if (::getsockopt(listen.fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || listens == 0) {
    fail(EINVAL, "the inherited socket does not listen");
  }
  if (::fcntl(listen.fd, F_SETFD, FD_CLOEXEC) != 0) fail("inherited socket");
  return adopt(loop, listen.fd, family);
}

}  // namespace

Listening open_listener(asio::io_context& loop, const Endpoint& endpoint) {
  if (const auto* tcp = std::get_if<TcpListen>(&endpoint)) return open_tcp(loop, *tcp);
  if (const auto* local = std::get_if<UnixListen>(&endpoint)) return open_unix(loop, *local);
  return adopt_inherited(loop, std::get<InheritedListen>(endpoint));
}

}  // namespace rosterd::http
