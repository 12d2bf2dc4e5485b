#include "adapters/extension/proxy_tunnel.hpp"

#include "adapters/extension/request_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace rosterd::extension {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr auto awaiting_tuple = asio::as_tuple(asio::use_awaitable);

WireError lost(const Address& proxy, const boost::system::error_code& error) {
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  WireError failure(ErrorClass::transient, "the proxy " + proxy.authority() + " did not answer: ");
  failure.timed_out = error == beast::error::timeout;
  failure.text += failure.timed_out ? "no answer in time" : error.message();
  return failure;
}

WireError refused(const Address& proxy, const Address& peer, unsigned status) {
  const std::string whom = "the proxy " + proxy.authority();
  if (status == 407) {
    return {ErrorClass::configuration, whom + " wants other credentials (407): target.proxy"};
  }
  const std::string code = " (" + std::to_string(status) + ")";
  // Proxies say 5xx when the peer is the problem, and 4xx when they do not want to.
  const auto error = status >= 500 ? ErrorClass::transient : ErrorClass::configuration;
  return {error, whom + " opens no tunnel to " + peer.authority() + code};
}

}  // namespace

Task<std::optional<WireError>> open_tunnel(
    beast::tcp_stream& stream, const Address& proxy, const Address& peer
) {
  http::request<http::empty_body> request(http::verb::connect, peer.authority(), 11);
  request.set(http::field::host, peer.authority());
  if (!proxy.credentials.empty()) {
    request.set(http::field::proxy_authorization, basic_credentials(proxy.credentials));
  }
  const auto [unsent, written] = co_await http::async_write(stream, request, awaiting_tuple);
  if (unsent) co_return lost(proxy, unsent);

  beast::flat_buffer buffer;
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  const auto [unread, read] =
      co_await http::async_read_header(stream, buffer, parser, awaiting_tuple);
  if (unread) co_return lost(proxy, unread);

  const unsigned status = parser.get().result_int();
  if (status / 100 == 2 && buffer.size() == 0) co_return std::nullopt;
  co_return refused(proxy, peer, status);
}

}  // namespace rosterd::extension
