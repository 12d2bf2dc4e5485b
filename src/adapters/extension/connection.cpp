#include "adapters/extension/connection.hpp"

#include "adapters/extension/proxy_tunnel.hpp"
#include "adapters/extension/request_text.hpp"
#include "rosterd/base/within.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/beast/http.hpp>

#include <iterator>

namespace rosterd::extension {

namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto awaiting_tuple = asio::as_tuple(asio::use_awaitable);

/// Being cancelled is not a failure of the peer.
void throw_if_cancelled(const error_code& error) {
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
}

WireError transient(std::string text, const error_code& error) {
  WireError failure(ErrorClass::transient, std::move(text));
  failure.timed_out = error == beast::error::timeout;
  failure.text += failure.timed_out ? ": no answer in time" : ": " + error.message();
  return failure;
}

bool is_pending(tcp::socket& socket) {
  // What arrives on an idle connection is its end; looking costs one system call and saves a
  // mutating call from an unknown outcome.
  char byte = 0;
  error_code error;
  socket.non_blocking(true, error);
  socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
  return error != asio::error::would_block;
}

std::string text_of(const http::fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : std::string(found->value());
}

WireAnswer answer_of(http::response<http::string_body>& response) {
  WireAnswer answer;
  answer.status = response.result_int();
  answer.location = text_of(response, "Location");
  answer.retry_after = text_of(response, "Retry-After");
  answer.content_encoding = text_of(response, "Content-Encoding");
  answer.rate_limit_remaining = text_of(response, "x-ratelimit-remaining");
  answer.rate_limit_reset = text_of(response, "x-ratelimit-reset");
  answer.body = std::move(response.body());
  return answer;
}

}  // namespace

Connection::Connection(
    asio::any_io_executor executor,
    Route route,
    asio::ssl::context* tls,
    ConnectionLimits limits,
    const Clock& clock
)
    : executor_(std::move(executor)),
      route_(std::move(route)),
      tls_context_(tls),
      limits_(limits),
      clock_(clock) {}

Task<Exchanged> Connection::exchange(const WireRequest& request) {
  const bool reused = is_usable();
  auto answer = co_await attempt(request);
  if (answer) co_return answer;

  const bool harmless = !request.mutating || bytes_written_ == 0;
  if (reused && harmless && !answer_began_ && !answer.error().timed_out) {
    answer = co_await attempt(request);
  }
  co_return answer;
}

void Connection::close() {
  tls_.reset();
  plain_.reset();
  buffer_.clear();
  whole_answer_read_ = false;
}

bool Connection::is_usable() {
  if (!whole_answer_read_ || (!plain_ && !tls_)) return false;
  if (clock_.monotonic() - last_used_ > limits_.idle_time_max) return false;
  return !is_pending(lowest().socket());
}

beast::tcp_stream& Connection::lowest() {
  return tls_ ? beast::get_lowest_layer(*tls_) : *plain_;
}

Task<Exchanged> Connection::attempt(const WireRequest& request) {
  bytes_written_ = 0;
  request_written_ = false;
  answer_began_ = false;
  if (!is_usable()) {
    close();
    const Failure failure = co_await open();
    if (failure) {
      close();
      co_return *failure;
    }
  }
  // Whoever is cancelled from here on leaves a connection that is not used again.
  whole_answer_read_ = false;
  lowest().expires_after(request.time_max);
  Exchanged answer = WireError();
  if (tls_) {
    answer = co_await talk(*tls_, request);
  } else {
    answer = co_await talk(*plain_, request);
  }
  if (whole_answer_read_) {
    lowest().expires_never();
    last_used_ = clock_.monotonic();
  } else {
    close();
  }
  co_return answer;
}

Task<Connection::Failure> Connection::open() {
  const Address& first = route_.proxy ? *route_.proxy : route_.peer;
  auto endpoints = co_await resolve(first);
  if (!endpoints) co_return endpoints.error();

  Failure failure = co_await connect(std::move(*endpoints));
  if (failure || !route_.peer.tls) co_return failure;

  if (route_.proxy) {
    failure = co_await tunnel();
    if (failure) co_return failure;
  }
  failure = co_await handshake();
  co_return failure;
}

Task<Result<std::vector<tcp::endpoint>, WireError>> Connection::resolve(const Address& address) {
  std::vector<tcp::endpoint> endpoints;
  error_code no_ip;
  const auto ip = asio::ip::make_address(address.host, no_ip);
  if (!no_ip) {
    endpoints.emplace_back(ip, address.port);
    co_return endpoints;
  }
  const std::string what = "the address of " + address.host + " was not found";
  tcp::resolver resolver(executor_);
  const std::string port = std::to_string(address.port);
  try {
    auto look_up = resolver.async_resolve(address.host, port, asio::use_awaitable);
    const auto found = co_await within(limits_.resolve_time_max, std::move(look_up));
    if (!found) {
      WireError failure(ErrorClass::transient, what + " in time");
      failure.timed_out = true;
      co_return failure;
    }
    for (const auto& entry : *found) endpoints.push_back(entry.endpoint());
  } catch (const boost::system::system_error& thrown) {
    throw_if_cancelled(thrown.code());
    co_return transient(what, thrown.code());
  }
  co_return endpoints;
}

Task<Connection::Failure> Connection::connect(std::vector<tcp::endpoint> endpoints) {
  plain_ = std::make_unique<beast::tcp_stream>(executor_);
  plain_->expires_after(limits_.connect_time_max);
  const auto [error, endpoint] = co_await plain_->async_connect(endpoints, awaiting_tuple);
  throw_if_cancelled(error);
  if (error) {
    const Address& first = route_.proxy ? *route_.proxy : route_.peer;
    const std::string whom = route_.proxy ? "the proxy " : "";
    co_return transient(whom + first.authority() + " cannot be reached", error);
  }
  error_code ignored;
  plain_->socket().set_option(tcp::no_delay(true), ignored);
  co_return std::nullopt;
}

Task<Connection::Failure> Connection::tunnel() {
  plain_->expires_after(limits_.connect_time_max);
  auto opening = open_tunnel(*plain_, *route_.proxy, route_.peer);
  Failure failure = co_await std::move(opening);
  co_return failure;
}

Task<Connection::Failure> Connection::handshake() {
  plain_->expires_after(limits_.handshake_time_max);
  tls_ = std::make_unique<TlsStream>(std::move(*plain_), *tls_context_);
  plain_.reset();
  const std::string& host = route_.peer.host;
  if (!expect_host(*tls_, host, route_.peer.is_ip())) {
    co_return WireError(ErrorClass::configuration, host + " cannot be the name of a TLS host");
  }
  const auto [error] =
      co_await tls_->async_handshake(asio::ssl::stream_base::client, awaiting_tuple);
  throw_if_cancelled(error);
  if (!error) co_return std::nullopt;

  const auto distrusted = distrust(*tls_, host);
  if (distrusted) co_return WireError(ErrorClass::configuration, *distrusted);
  if (error.category() == asio::error::get_ssl_category()) {
    co_return WireError(
        ErrorClass::configuration,
        "no TLS 1.2 or newer with " + host + ": " + error.message() +
            "; it must be enabled there, or the address in [target] is another service's"
    );
  }
  co_return transient("the TLS handshake with " + host + " failed", error);
}

template <class Stream>
Task<Exchanged> Connection::talk(Stream& stream, const WireRequest& request) {
  const auto message = request_text(request, route_);
  const auto [write_error, written] = co_await http::async_write(stream, message, awaiting_tuple);
  throw_if_cancelled(write_error);
  bytes_written_ = written;
  request_written_ = !write_error;
  if (write_error == beast::error::timeout) co_return no_answer(request, write_error);

  // A peer that refuses a request early answers, and closes while we still write: its answer is
  // read even when writing failed.
  for (;;) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(limits_.answer_bytes_max);
    parser.header_limit(32 << 10);
    const auto [error, read] = co_await http::async_read(stream, buffer_, parser, awaiting_tuple);
    throw_if_cancelled(error);
    answer_began_ = answer_began_ || parser.got_some();
    if (error) co_return no_answer(request, write_error ? write_error : error);
    const unsigned kind = parser.get().result_int() / 100;
    if (kind == 1) continue;
    // Nobody has done what did not reach them whole, whatever they say.
    if (kind == 2 && write_error) co_return no_answer(request, write_error);
    whole_answer_read_ = !write_error && parser.keep_alive() && buffer_.size() == 0;
    auto answer = answer_of(parser.get());
    co_return answer;
  }
}

WireError Connection::no_answer(const WireRequest& request, const error_code& error) const {
  WireError failure(ErrorClass::transient, "");
  failure.timed_out = error == beast::error::timeout;
  // A request that was not written to its end was not acted on: its length was announced.
  if (request_written_ && request.mutating) failure.error = ErrorClass::unknown;

  failure.text = request.method + " to " + route_.peer.host + ": ";
  if (!request_written_) {
    failure.text += "the request could not be sent";
  } else if (error == http::error::body_limit || error == http::error::header_limit) {
    failure.text += "the answer is longer than allowed";
    return failure;
  } else if (answer_began_) {
    failure.text += "the answer broke off";
  } else {
    failure.text += "no answer came";
  }
  failure.text += failure.timed_out ? " in time" : " (" + error.message() + ")";
  return failure;
}

}  // namespace rosterd::extension
