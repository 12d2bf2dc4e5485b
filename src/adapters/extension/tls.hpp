#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rosterd::extension {

namespace beast = boost::beast;

using TlsStream = beast::ssl_stream<beast::tcp_stream>;

/// A client's context: TLS 1.2 or newer, the peer's certificate verified against the system's store
/// or `ca_file`. Throws `std::invalid_argument` when that file cannot be used.
std::unique_ptr<boost::asio::ssl::context> make_tls_context(const std::filesystem::path& ca_file);

/// Makes the stream ask for and insist on `host`. False when OpenSSL does not take the name.
bool expect_host(TlsStream& stream, const std::string& host, bool is_ip);

/// Why the peer was not trusted, for people; nothing when a failed handshake had another reason.
std::optional<std::string> distrust(TlsStream& stream, const std::string& host);

}  // namespace rosterd::extension
