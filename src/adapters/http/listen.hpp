#pragma once

#include "rosterd/adapters/http/server.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include <string>

namespace rosterd::http {

// TCP and Unix sockets are one type to us from here on; the executor is the loop's own, because a
// type-erased one costs on every operation.
using AnyStream = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<AnyStream, asio::io_context::executor_type>;

/// A socket that listens, and what has to be known of it.
struct Listening {
  explicit Listening(asio::io_context& loop) : acceptor(loop.get_executor()) {}

  Acceptor acceptor;
  bool is_tcp = false;
  std::uint16_t port = 0;
  std::string socket_file;  ///< to be removed when the listener closes
};

/// Throws `system_error` when the address cannot be had.
Listening open_listener(asio::io_context& loop, const Endpoint& endpoint);

}  // namespace rosterd::http
