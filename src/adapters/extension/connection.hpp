#pragma once

#include "adapters/extension/address.hpp"
#include "adapters/extension/exchange.hpp"
#include "adapters/extension/tls.hpp"
#include "rosterd/base/task.hpp"
#include "rosterd/config.hpp"
#include "rosterd/ports/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace rosterd::extension {

struct ConnectionLimits {
  explicit ConnectionLimits(const TargetConfig& config)
      : resolve_time_max(config.resolve_time_max),
        connect_time_max(config.connect_time_max),
        handshake_time_max(config.handshake_time_max),
        answer_bytes_max(config.answer_bytes_max) {}

  Duration resolve_time_max;
  Duration connect_time_max;
  Duration handshake_time_max;
  std::size_t answer_bytes_max;
  /// The extension closes idle connections after 5 s; one that old is not trusted with a request.
  Duration idle_time_max = std::chrono::seconds{4};
};

/// At most one connection to one peer, opened when needed and kept alive. One exchange at a time; a
/// cancelled exchange closes it.
class Connection {
 public:
  /// `tls` may be null for a plain peer; otherwise it outlives the connection.
  Connection(
      asio::any_io_executor executor,
      Route route,
      asio::ssl::context* tls,
      ConnectionLimits limits,
      const Clock& clock
  );

  /// Sends the request and reads the whole answer. Repeats it once when a kept-alive connection
  /// turns out to be dead and a repetition cannot do harm.
  Task<Exchanged> exchange(const WireRequest& request);

  void close();

 private:
  using Failure = std::optional<WireError>;

  bool is_usable();
  beast::tcp_stream& lowest();
  Task<Failure> open();
  Task<Result<std::vector<asio::ip::tcp::endpoint>, WireError>> resolve(const Address& address);
  Task<Failure> connect(std::vector<asio::ip::tcp::endpoint> endpoints);
  Task<Failure> tunnel();
  Task<Failure> handshake();
  Task<Exchanged> attempt(const WireRequest& request);
  template <class Stream>
  Task<Exchanged> talk(Stream& stream, const WireRequest& request);
  WireError no_answer(const WireRequest& request, const boost::system::error_code& error) const;

  asio::any_io_executor executor_;
  Route route_;
  asio::ssl::context* tls_context_;
  ConnectionLimits limits_;
  const Clock& clock_;

  std::unique_ptr<beast::tcp_stream> plain_;
  std::unique_ptr<TlsStream> tls_;
  beast::flat_buffer buffer_;
  Duration last_used_{0};
  bool whole_answer_read_ = false;  // and nothing else since: the connection may be used again

  // Of the exchange under way.
  std::size_t bytes_written_ = 0;
  bool request_written_ = false;
  bool answer_began_ = false;
};

}  // namespace rosterd::extension
