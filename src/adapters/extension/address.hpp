#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rosterd::extension {

/// Where a peer is: the parts of an `http://` or `https://` URL that we use.
struct Address {
  bool tls = true;
  std::string host;  ///< lower case; IPv6 without brackets
  std::uint16_t port = 443;
  std::string path;         ///< without a trailing `/`; empty for the root
  std::string credentials;  ///< `user:password` before an `@`, percent-decoded

  bool is_ip() const;
  bool is_loopback() const;
  std::string authority() const;    ///< `host:port`, IPv6 in brackets, the port always there
  std::string host_header() const;  ///< the same without the scheme's own port
};

/// Nothing when the text is no absolute http(s) URL of a host, or has a query or a fragment.
std::optional<Address> parse_address(std::string_view url);

/// A proxy as people write it: the scheme `http://` and the port (80) may be left out. Other
/// schemes are not understood.
std::optional<Address> parse_proxy(std::string_view text);

/// Whether a NO_PROXY list (commas or blanks between) names the peer: `*`, a host, a domain with
/// or without a leading dot, each perhaps with a port.
bool excluded_from_proxy(std::string_view no_proxy, const Address& peer);

/// The way to a peer: directly, or through a proxy.
struct Route {
  Address peer;
  std::optional<Address> proxy;
};

/// Decides the way to `url`: `configured_proxy`, or HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the
/// environment. Plain http is refused unless the peer is on this machine, and then no proxy on
/// another machine sees it. Throws `std::invalid_argument`; `what` names the setting in its text.
Route route_to(std::string_view what, std::string_view url, std::string_view configured_proxy);

}  // namespace rosterd::extension
