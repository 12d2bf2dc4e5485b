#pragma once

#include "adapters/extension/address.hpp"
#include "adapters/extension/exchange.hpp"
#include "rosterd/base/task.hpp"

#include <boost/beast/core/tcp_stream.hpp>

#include <optional>

namespace rosterd::extension {

/// Asks the proxy at the other end of `stream` for a tunnel to `peer` (CONNECT, RFC 9110, 9.3.6).
/// Nothing: the tunnel stands. Takes what is left of the stream's own time limit.
Task<std::optional<WireError>> open_tunnel(
    boost::beast::tcp_stream& stream, const Address& proxy, const Address& peer
);

}  // namespace rosterd::extension
