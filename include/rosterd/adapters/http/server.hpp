#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/http.hpp"
#include "rosterd/ports/log.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

namespace rosterd::http {

/// A TCP address. Port 0 lets the system choose; `Server::port()` then tells which.
struct TcpListen {
  std::string host;
  std::uint16_t port = 0;
};

/// A Unix socket file. A file left by a process that is gone is replaced; one that somebody answers
/// on is "address in use".
struct UnixListen {
  std::string path;
  unsigned mode = 0600;
};

/// A listening socket, TCP or Unix, that the service manager opened for us; the server owns it now.
struct InheritedListen {
  int fd = -1;
};

using Endpoint = std::variant<TcpListen, UnixListen, InheritedListen>;

/// PEM files. TLS 1.2 and 1.3 are spoken.
struct TlsFiles {
  std::string certificate_chain;
  std::string private_key;
};

/// Each is above zero. Raise them for slow clients or big uploads; lower `connections_max` when
/// file descriptors are few.
struct Limits {
  std::size_t header_bytes_max = 8 * 1024;  ///< request line and fields; above it: 431
  /// Above it, who has waited longest for its client is closed; 503 when all are being served.
  std::size_t connections_max = 1024;

  Duration header_read = std::chrono::seconds(5);    ///< from a request's first byte; then 408
  Duration body_read = std::chrono::seconds(10);     ///< from the header's end; then 408
  Duration idle = std::chrono::seconds(30);          ///< between requests; then closed in silence
  Duration write = std::chrono::seconds(10);         ///< an answer, for each MiB of it; then reset
  Duration tls_handshake = std::chrono::seconds(5);  ///< then closed
};

struct Options {
  Limits limits;
  std::optional<TlsFiles> tls;
  bool obey_faults = false;  ///< do what `HttpResponse::fault` says; the sandbox only
};

/// An HTTP/1.1 server (RFC 9110, RFC 9112) in front of one handler: keep-alive, pipelining, HEAD,
/// chunked bodies, `Expect: 100-continue`. What could be read in two ways is refused with 400:
/// Content-Length twice or beside Transfer-Encoding, folded header lines, no Host. A body that is
/// compressed is refused unread with 415: nothing is unpacked here.
///
/// Lives on one loop and must outlive `run()`. Whatever a client does, and whatever the handler
/// throws, costs that client's connection at most.
class Server {
 public:
  /// Binds and listens; throws `system_error` when it cannot, or when the TLS files are unusable.
  Server(
      asio::io_context& loop,
      const Endpoint& endpoint,
      HttpHandler& handler,
      const Clock& clock,
      Log& log,
      Options options = {}
  );
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The bound TCP port; 0 for a Unix socket.
  std::uint16_t port() const;

  /// Serves until `stop`, then closes the listener and idle connections at once, lets requests in
  /// flight finish, and returns when every connection is gone. When it is cancelled, requests in
  /// flight are cancelled, too.
  Task<void> run(std::stop_token stop);

  /// Open connections at this moment.
  std::size_t connections() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace rosterd::http
