#include "rosterd/adapters/http/unix_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

namespace rosterd::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

using Stream = beast::basic_stream<asio::local::stream_protocol>;
using boost::system::error_code;

constexpr timeval connect_max{5, 0};
constexpr std::chrono::seconds told_every{1};

/// Asio takes EAGAIN of a Unix socket, whose queue is full, for a connection under way: connected
/// by hand, the kernel keeps the time.
error_code connect(Stream& stream, const asio::local::stream_protocol::endpoint& endpoint) {
  error_code error;
  stream.socket().open(endpoint.protocol(), error);
  if (error) return error;
  const int socket = stream.socket().native_handle();
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &connect_max, sizeof connect_max);
  const auto size = static_cast<socklen_t>(endpoint.size());
  while (::connect(socket, endpoint.data(), size) != 0) {
    if (errno != EINTR) return {errno, boost::system::system_category()};
  }
  return error;
}

UnixError not_connected(const error_code& error) {
  using Why = UnixError::Why;
  switch (error.value()) {
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:
      return {Why::nobody_listens, error.message()};
    case EACCES:
    case EPERM:
      return {Why::not_permitted, error.message()};
    case EAGAIN:
      return {Why::unreachable, "it does not take the connection"};
    default:
      return {Why::unreachable, error.message()};
  }
}

/// One exchange: written, read, and over.
class Exchange {
 public:
  Exchange(Stream& stream, const UnixPost& post)
      : stream_(stream), request_(beast::http::verb::post, post.target, 11) {
    request_.set(beast::http::field::host, "rosterd");
    request_.set(beast::http::field::content_type, "application/json");
    request_.set(beast::http::field::connection, "close");
    request_.body() = post.json;
    request_.prepare_payload();
    // A large hold has many removals, and the peer is ours.
    parser_.body_limit(std::numeric_limits<std::uint64_t>::max());
    stream_.expires_after(post.answer_max);
  }

  void start() {
    beast::http::async_write(stream_, request_, [this](error_code error, std::size_t) {
      error_ = error;
      if (!error) read();
    });
  }

  const error_code& error() const { return error_; }
  UnixAnswer answer() { return {parser_.get().result_int(), std::move(parser_.get().body())}; }

 private:
  void read() {
    beast::http::async_read(stream_, buffer_, parser_, [this](error_code error, std::size_t) {
      error_ = error;
    });
  }

  Stream& stream_;
  beast::http::request<beast::http::string_body> request_;
  beast::http::response_parser<beast::http::string_body> parser_;
  beast::flat_buffer buffer_;
  error_code error_;
};

}  // namespace

Result<UnixAnswer, UnixError> post_to_socket(const UnixPost& post) {
  if (post.socket.native().size() >= sizeof(sockaddr_un::sun_path)) {
    return UnixError(UnixError::Why::unreachable, "the path is too long for a socket");
  }
  asio::io_context context{1};
  Stream stream(context);
  const asio::local::stream_protocol::endpoint endpoint(post.socket.string());
  if (const error_code error = connect(stream, endpoint)) return not_connected(error);

  Exchange exchange(stream, post);
  exchange.start();
  Duration waited{0};
  for (context.run_for(told_every); !context.stopped(); context.run_for(told_every)) {
    waited += told_every;
    if (post.waiting) post.waiting(waited);
  }
  const error_code& error = exchange.error();
  if (error == beast::error::timeout) return UnixError(UnixError::Why::no_answer, error.message());
  if (error) return UnixError(UnixError::Why::broken_off, error.message());
  return exchange.answer();
}

}  // namespace rosterd::http
