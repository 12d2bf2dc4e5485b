#include "listening.hpp"

#include <boost/system/system_error.hpp>

#include <charconv>
#include <filesystem>
#include <stdexcept>
#include <sys/socket.h>
#include <utility>
#include <variant>

namespace rosterd {

namespace {

std::string address_text(const http::Endpoint& endpoint) {
  if (const auto* tcp = std::get_if<http::TcpListen>(&endpoint)) {
    return tcp->host + ":" + std::to_string(tcp->port);
  }
  if (const auto* socket = std::get_if<http::UnixListen>(&endpoint)) return socket->path;
  return "the socket that systemd handed over";
}

std::string remedy(const http::Endpoint& endpoint, const boost::system::error_code& error) {
  const bool is_file = std::holds_alternative<http::UnixListen>(endpoint);
  if (is_file && error == boost::system::errc::no_such_file_or_directory) {
    return "; its folder must be there (RuntimeDirectory= of the unit makes it)";
  }
  if (error == boost::system::errc::address_in_use) {
    return "; another process listens there";
  }
  return "";
}

void refuse_missing_tls_files(const http::TlsFiles& tls) {
  for (const std::string& file : {tls.certificate_chain, tls.private_key}) {
    std::error_code error;
    if (std::filesystem::is_regular_file(file, error)) continue;
    throw std::runtime_error("there is no PEM file " + file + ", which TLS needs");
  }
}

}  // namespace

std::optional<http::TcpListen> tcp_listen(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon + 1 == address.size()) return std::nullopt;
  http::TcpListen listen;
  const char* const end = address.data() + address.size();
  const auto parsed = std::from_chars(address.data() + colon + 1, end, listen.port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  listen.host = address.substr(0, colon);
  if (listen.host.starts_with('[') && listen.host.ends_with(']')) {
    listen.host = listen.host.substr(1, listen.host.size() - 2);
  }
  return listen;
}

bool is_unix_socket(int fd) {
  int family = 0;
  socklen_t length = sizeof(family);
  return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0 && family == AF_UNIX;
}

std::unique_ptr<http::Server> listen_on(
    const http::Endpoint& endpoint,
    const std::string& setting,
    const ServerParts& parts,
    http::Options options
) {
  if (options.tls) refuse_missing_tls_files(*options.tls);
  try {
    return std::make_unique<http::Server>(
        parts.loop, endpoint, parts.handler, parts.clock, parts.log, std::move(options)
    );
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(
        "cannot listen on " + address_text(endpoint) + " (" + setting +
        "): " + error.code().message() + remedy(endpoint, error.code())
    );
  }
}

}  // namespace rosterd
