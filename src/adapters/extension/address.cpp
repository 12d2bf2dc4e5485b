#include "adapters/extension/address.hpp"

#include "rosterd/base/text.hpp"
#include "rosterd/ports/http.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace rosterd::extension {

namespace {

constexpr std::string_view http_scheme = "http://";
constexpr std::string_view https_scheme = "https://";

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool is_host_name(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._";
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_ipv6(const std::string& host) {
  return host.find(':') != std::string::npos;
}

/// `host`, `host:port`, `[::1]`, `[::1]:port` into the address; false when it is none of them.
bool take_host_and_port(std::string_view text, Address& address) {
  std::string_view port;
  if (text.substr(0, 1) == "[") {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    address.host = lower_case(text.substr(1, end - 1));
    port = text.substr(end + 1);
    if (!is_ipv6(address.host) || !address.is_ip()) return false;
  } else {
    const std::size_t colon = text.find(':');
    address.host = lower_case(text.substr(0, colon));
    port = colon == std::string_view::npos ? "" : text.substr(colon);
    if (!is_host_name(address.host)) return false;
  }
  if (port.empty()) return true;
  const auto number = port.front() == ':' ? parse_port(port.substr(1)) : std::nullopt;
  if (number) address.port = *number;
  return number.has_value();
}

std::string environment(const char* lower, const char* upper) {
  // By convention the lower-case name wins.
  for (const char* name : {lower, upper}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

std::optional<Address> proxy_for(const Address& peer, std::string_view configured) {
  std::string text(configured);
  if (text.empty()) {
    text = peer.tls ? environment("https_proxy", "HTTPS_PROXY")
                    : environment("http_proxy", "HTTP_PROXY");
    if (excluded_from_proxy(environment("no_proxy", "NO_PROXY"), peer)) return std::nullopt;
  }
  if (text.empty()) return std::nullopt;
  auto proxy = parse_proxy(text);
  if (!proxy) {
    // The text itself may hold a password.
    throw std::invalid_argument("the proxy address is not understood: http://HOST:PORT is right");
  }
  if (!peer.tls && !proxy->is_loopback()) return std::nullopt;
  return proxy;
}

}  // namespace

bool Address::is_ip() const {
  boost::system::error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

bool Address::is_loopback() const {
  if (host == "localhost") return true;
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(host, error);
  return !error && ip.is_loopback();
}

std::string Address::authority() const {
  const std::string name = is_ipv6(host) ? "[" + host + "]" : host;
  return name + ":" + std::to_string(port);
}

std::string Address::host_header() const {
  const std::string whole = authority();
  const bool own_port = port == (tls ? 443 : 80);
  return own_port ? whole.substr(0, whole.rfind(':')) : whole;
}

std::optional<Address> parse_address(std::string_view url) {
  Address address;
  if (equal_ignoring_case(url.substr(0, https_scheme.size()), https_scheme)) {
    url.remove_prefix(https_scheme.size());
  } else if (equal_ignoring_case(url.substr(0, http_scheme.size()), http_scheme)) {
    url.remove_prefix(http_scheme.size());
    address.tls = false;
    address.port = 80;
  } else {
    return std::nullopt;
  }
  if (url.find_first_of("?# \t\r\n\\") != std::string_view::npos) return std::nullopt;

  std::string_view authority = url.substr(0, url.find('/'));
  address.path = url.substr(authority.size());
  while (!address.path.empty() && address.path.back() == '/') address.path.pop_back();

  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const auto credentials = percent_decoded(authority.substr(0, at));
    if (!credentials) return std::nullopt;
    address.credentials = *credentials;
    authority.remove_prefix(at + 1);
  }
  if (!take_host_and_port(authority, address)) return std::nullopt;
  return address;
}

std::optional<Address> parse_proxy(std::string_view text) {
  text = trim(text);
  const bool bare = text.find("://") == std::string_view::npos;
  auto proxy =
      parse_address(bare ? std::string(http_scheme) + std::string(text) : std::string(text));
  if (!proxy || proxy->tls || !proxy->path.empty()) return std::nullopt;
  return proxy;
}

bool excluded_from_proxy(std::string_view no_proxy, const Address& peer) {
  constexpr std::string_view separators = ", \t";
  while (!no_proxy.empty()) {
    const std::size_t length = std::min(no_proxy.find_first_of(separators), no_proxy.size());
    const std::string_view entry = no_proxy.substr(0, length);
    no_proxy.remove_prefix(std::min(length + 1, no_proxy.size()));
    if (entry.empty()) continue;
    if (entry == "*") return true;

    Address named;
    named.port = peer.port;
    std::string text(entry.substr(
        entry.find_first_not_of('.') == std::string_view::npos ? entry.size()
                                                               : entry.find_first_not_of('.')
    ));
    const bool bare_ipv6 = text.find(':') != text.rfind(':') && text.front() != '[';
    if (bare_ipv6) text = "[" + text + "]";
    if (!take_host_and_port(text, named) || named.port != peer.port) continue;
    if (named.host == peer.host) return true;
    if (!peer.is_ip() && peer.host.ends_with("." + named.host)) return true;
  }
  return false;
}

Route route_to(std::string_view what, std::string_view url, std::string_view configured_proxy) {
  const std::string name(what);
  auto peer = parse_address(url);
  if (!peer || !peer->credentials.empty()) {
    throw std::invalid_argument(name + " is not an address like https://HOST/PATH");
  }
  if (!peer->tls && !peer->is_loopback()) {
    throw std::invalid_argument(
        name + " must start with https:// (plain http is for addresses of this machine only)"
    );
  }
  Route route;
  route.proxy = proxy_for(*peer, configured_proxy);
  route.peer = std::move(*peer);
  return route;
}

}  // namespace rosterd::extension
