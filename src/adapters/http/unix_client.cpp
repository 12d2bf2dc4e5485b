#include "rosterd/adapters/http/unix_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace rosterd::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

std::optional<UnixAnswer> post_to_socket(
    const std::filesystem::path& socket, const std::string& target, const std::string& json
) {
  asio::io_context context;
  asio::local::stream_protocol::socket stream(context);
  boost::system::error_code refused;
  stream.connect(asio::local::stream_protocol::endpoint(socket.string()), refused);
  if (refused) return std::nullopt;

  beast::http::request<beast::http::string_body> request(beast::http::verb::post, target, 11);
  request.set(beast::http::field::host, "rosterd");
  request.set(beast::http::field::content_type, "application/json");
  request.set(beast::http::field::connection, "close");
  request.body() = json;
  request.prepare_payload();
  beast::http::write(stream, request);

  beast::flat_buffer buffer;
  beast::http::response<beast::http::string_body> response;
  beast::http::read(stream, buffer, response);
  return UnixAnswer{response.result_int(), response.body()};
}

}  // namespace rosterd::http
