#pragma once

#include "rosterd/adapters/http/server.hpp"

#include <memory>
#include <optional>
#include <string>

namespace rosterd {

/// `HOST:PORT`, IPv6 in brackets; nothing when it is none.
std::optional<http::TcpListen> tcp_listen(const std::string& address);

/// Whether an inherited socket is one of a file, whose mode says who may connect.
bool is_unix_socket(int fd);

/// What a server is made of besides its endpoint.
struct ServerParts {
  asio::io_context& loop;
  HttpHandler& handler;
  const Clock& clock;
  Log& log;
};

/// Binds and listens. When it cannot, what it throws says where, which setting chose the place, and
/// what would help.
std::unique_ptr<http::Server> listen_on(
    const http::Endpoint& endpoint,
    const std::string& setting,
    const ServerParts& parts,
    http::Options options
);

}  // namespace rosterd
