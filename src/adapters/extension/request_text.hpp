#pragma once

#include "adapters/extension/address.hpp"
#include "adapters/extension/exchange.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string>

namespace rosterd::extension {

/// The message to write for a request on this way: absolute form for a plain peer behind a proxy
/// (RFC 9112, 3.2.2), origin form else.
boost::beast::http::request<boost::beast::http::string_body> request_text(
    const WireRequest& request, const Route& route
);

/// The value of Proxy-Authorization for `user:password` (RFC 7617).
std::string basic_credentials(const std::string& credentials);

}  // namespace rosterd::extension
