#include "adapters/http/connection.hpp"

#include "adapters/http/request_reader.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/base/within.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <iterator>
#include <type_traits>
#include <utility>

namespace rosterd::http {

namespace {

using TlsStream = asio::ssl::stream<Socket>;
using boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t one_mebibyte = 1024 * 1024;
// Copied behind its header, so that an answer is one piece.
constexpr std::size_t short_body_bytes_max = 4096;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

enum class Received { request, refusal, nothing };

/// Serves one connection, plain or TLS.
template <class Stream>
class Session final : public Connection {
 public:
  static constexpr bool is_tls = std::is_same_v<Stream, TlsStream>;

  template <class... StreamArgs>
  Session(std::shared_ptr<Hub> hub, Welcome welcome, StreamArgs&&... stream)
      : Connection(std::move(hub)),
        stream_(std::forward<StreamArgs>(stream)...),
        reader_(hub_->options.limits.header_bytes_max, is_tls),
        welcome_(welcome) {}

  Task<void> serve() override;

 private:
  using Parts = std::array<asio::const_buffer, 2>;

  Socket& socket() {
    if constexpr (is_tls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  void cancel_io() override {
    error_code ignored;
    socket().cancel(ignored);
  }

  auto read_some() {
    const std::span<char> space = reader_.space();
    return stream_.async_read_some(asio::buffer(space.data(), space.size()), as_result);
  }

  Task<bool> shake_hands();
  Task<Received> receive();
  Task<Received> receive_body();
  Task<bool> answer();
  Task<bool> send(const HttpResponse& response, bool keep_alive);
  Task<bool> send_rest(Parts parts, std::size_t sent);
  Task<bool> misbehave(const HttpResponse& response);
  Task<void> drain(Duration at_most);
  Task<void> close();

  std::size_t send_at_once(const Parts& parts, error_code& error);
  Received refuse(unsigned status);
  HttpResponse failed(const char* why);

  Stream stream_;
  RequestReader reader_;
  Welcome welcome_;
  std::string out_;
  HttpResponse refusal_;
  bool unread_input_ = false;  ///< closing now would reset what the client has yet to read
};

template <class Stream>
Task<void> Session<Stream>::serve() {
  socket().non_blocking(true);
  if (!co_await shake_hands()) co_return;

  bool keep_alive = true;
  while (keep_alive && !hub_->stopping) {
    const Received received = co_await receive();
    if (received == Received::nothing) co_return;
    if (received == Received::refusal) {
      unread_input_ = true;
      keep_alive = co_await send(refusal_, false);
      break;
    }
    keep_alive = co_await answer();
  }
  co_await close();
}

template <class Stream>
Task<bool> Session<Stream>::shake_hands() {
  if constexpr (is_tls) {
    limit(hub_->options.limits.tls_handshake);
    const auto [error] =
        co_await stream_.async_handshake(asio::ssl::stream_base::server, as_result);
    co_return !error;
  } else {
    co_return true;
  }
}

template <class Stream>
Task<Received> Session<Stream>::receive() {
  if (welcome_ == Welcome::too_many) co_return refuse(503);
  const Limits& limits = hub_->options.limits;
  reader_.begin();
  Progress progress = reader_.parse_header();
  bool begun = reader_.has_unread() || progress != Progress::need_more;
  idle(!begun);
  limit(begun ? limits.header_read : limits.idle);
  while (progress == Progress::need_more) {
    const auto [error, count] = co_await read_some();
    if (error && expired() && begun) co_return refuse(408);
    if (error) co_return Received::nothing;
    if (!begun) {
      begun = true;
      idle(false);
      limit(limits.header_read);
    } else if (expired()) {
      co_return refuse(408);
    }
    reader_.commit(count);
    progress = reader_.parse_header();
  }
  unlimited();
  if (progress == Progress::refused) co_return refuse(reader_.problem());

  const HttpRequest& request = reader_.request();
  progress = reader_.limit_body(hub_->handler.body_bytes_max(request.target));
  if (progress == Progress::refused) co_return refuse(reader_.problem());
  if (auto early = hub_->handler.refuse_early(request)) {
    refusal_ = std::move(*early);
    co_return Received::refusal;
  }
  progress = reader_.parse_body();
  if (progress == Progress::refused) co_return refuse(reader_.problem());
  if (progress == Progress::ready) co_return Received::request;
  co_return co_await receive_body();
}

template <class Stream>
Task<Received> Session<Stream>::receive_body() {
  if (reader_.expects_continue()) {
    const Parts parts{asio::buffer(continue_line), asio::const_buffer()};
    const bool sent = co_await send_rest(parts, 0);
    if (!sent) co_return Received::nothing;
  }
  limit(hub_->options.limits.body_read);
  Progress progress = Progress::need_more;
  while (progress == Progress::need_more) {
    const auto [error, count] = co_await read_some();
    if (expired()) co_return refuse(408);
    if (error) co_return Received::nothing;
    reader_.commit(count);
    progress = reader_.parse_body();
  }
  unlimited();
  if (progress == Progress::refused) co_return refuse(reader_.problem());
  co_return Received::request;
}

template <class Stream>
Received Session<Stream>::refuse(unsigned status) {
  refusal_ = hub_->handler.protocol_error(status);
  const auto is_retry_after = [](const auto& header) {
    return equal_ignoring_case(header.first, "Retry-After");
  };
  auto& headers = refusal_.headers;
  if (status == 503 && std::none_of(headers.begin(), headers.end(), is_retry_after)) {
    headers.emplace_back("Retry-After", "1");
  }
  if (status == 415) headers.emplace_back("Accept-Encoding", "identity");
  return Received::refusal;
}

template <class Stream>
Task<bool> Session<Stream>::answer() {
  HttpResponse response;
  try {
    response = co_await hub_->handler.handle(reader_.request());
  } catch (const std::exception& error) {
    if (insisted()) throw;
    response = failed(error.what());
  }
  if (hub_->options.obey_faults && response.fault.delay.count() > 0) {
    co_await sleep_for(response.fault.delay);
  }
  if (hub_->options.obey_faults && response.fault.kind != HttpFault::Kind::none) {
    co_return co_await misbehave(response);
  }
  co_return co_await send(response, reader_.keep_alive());
}

template <class Stream>
HttpResponse Session<Stream>::failed(const char* why) {
  const HttpRequest& request = reader_.request();
  hub_->log.error(
      "a request failed inside",
      {{"method", printable(request.method, 20)},
       {"path", printable(request.path())},
       {"error", printable(why)}}
  );
  return hub_->handler.protocol_error(500);
}

template <class Stream>
Task<bool> Session<Stream>::send(const HttpResponse& response, bool keep_alive) {
  Framing framing;
  framing.keep_alive = keep_alive && !hub_->stopping;
  framing.peer_is_http_1_0 = keep_alive && reader_.is_http_1_0();
  framing.header_only = reader_.request().method == "HEAD";
  framing.date = hub_->date.at(hub_->clock.now());
  write_header(out_, response, framing);

  const bool has_body = sends_body(response, framing);
  const bool is_short = response.body.size() <= short_body_bytes_max;
  if (has_body && is_short) out_ += response.body;

  Parts parts{asio::buffer(out_), asio::const_buffer()};
  if (has_body && !is_short) parts[1] = asio::buffer(response.body);
  error_code error;
  const std::size_t sent = send_at_once(parts, error);
  if (!error && sent < asio::buffer_size(parts)) {
    const bool sent_all = co_await send_rest(parts, sent);
    if (!sent_all) error = asio::error::connection_aborted;
  }
  if (!error) co_return framing.keep_alive;
  // Who does not take an answer is owed no farewell.
  socket().close(error);
  co_return false;
}

// Nearly every answer fits into the socket's buffer: then no operation has to wait at all.
template <class Stream>
std::size_t Session<Stream>::send_at_once(const Parts& parts, error_code& error) {
  if constexpr (is_tls) {
    return 0;
  } else {
    // A single buffer takes a shorter way through the kernel.
    const std::size_t sent = parts[1].size() == 0 ? stream_.write_some(parts[0], error)
                                                  : stream_.write_some(parts, error);
    if (error == asio::error::would_block) error = {};
    return sent;
  }
}

template <class Stream>
Task<bool> Session<Stream>::send_rest(Parts parts, std::size_t sent) {
  for (asio::const_buffer& part : parts) {
    const std::size_t skipped = std::min(sent, part.size());
    part += skipped;
    sent -= skipped;
  }
  const auto mebibytes = static_cast<std::int64_t>(asio::buffer_size(parts) / one_mebibyte);
  limit(hub_->options.limits.write * (1 + mebibytes));
  const auto [error, count] = co_await asio::async_write(stream_, parts, as_result);
  unlimited();
  co_return !error;
}

template <class Stream>
Task<bool> Session<Stream>::misbehave(const HttpResponse& response) {
  switch (response.fault.kind) {
    case HttpFault::Kind::none:
      break;
    case HttpFault::Kind::reset: {
      error_code ignored;
      socket().set_option(asio::socket_base::linger(true, 0), ignored);
      socket().close(ignored);
      break;
    }
    case HttpFault::Kind::truncate: {
      Framing framing;
      write_header(out_, response, framing);
      const Parts parts{
          asio::buffer(out_), asio::buffer(response.body.data(), response.body.size() / 2)};
      co_await send_rest(parts, 0);
      error_code ignored;
      socket().close(ignored);
      break;
    }
    case HttpFault::Kind::stall:
      unlimited();
      co_await drain(Duration::max());
      break;
  }
  co_return false;
}

// Reads and forgets until the client leaves.
template <class Stream>
Task<void> Session<Stream>::drain(Duration at_most) {
  idle(true);
  if (at_most != Duration::max()) limit(at_most);
  std::array<char, 4096> unwanted{};
  const auto space = asio::buffer(unwanted);
  while (!expired() && !hub_->stopping) {
    const auto [error, count] = co_await socket().async_read_some(space, as_result);
    if (error) co_return;
  }
}

template <class Stream>
Task<void> Session<Stream>::close() {
  error_code ignored;
  if (!socket().is_open()) co_return;
  idle(true);
  if constexpr (is_tls) {
    if (!hub_->stopping) {
      limit(farewell);
      co_await stream_.async_shutdown(as_result);
    }
  }
  socket().shutdown(Socket::shutdown_send, ignored);
  if (unread_input_ || reader_.has_unread()) co_await drain(farewell);
  socket().close(ignored);
}

}  // namespace

Connection::Connection(std::shared_ptr<Hub> hub) : hub_(std::move(hub)) {
  hub_->connections.push_back(this);
  place_ = std::prev(hub_->connections.end());
}

Connection::~Connection() {
  hub_->connections.erase(place_);
  hub_->left();
}

void Connection::expire() {
  expired_ = true;
  deadline_ = hub_->clock.monotonic() + reminder;
  cancel_io();
}

bool Connection::make_room() {
  if (!std::exchange(idle_, false)) return false;
  cancel_io();
  return true;
}

void Connection::idle(bool is_idle) {
  idle_ = is_idle;
  auto& all = hub_->connections;
  if (is_idle) all.splice(all.end(), all, place_);
}

void Connection::leave_if_idle() {
  if (idle_) cancel_io();
}

void Connection::insist() {
  insisted_ = true;
  cancel_.emit(asio::cancellation_type::terminal);
}

std::shared_ptr<Connection> make_connection(
    std::shared_ptr<Hub> hub, Socket socket, asio::ssl::context* tls, Welcome welcome
) {
  if (tls == nullptr) {
    return std::make_shared<Session<Socket>>(std::move(hub), welcome, std::move(socket));
  }
  return std::make_shared<Session<TlsStream>>(std::move(hub), welcome, std::move(socket), *tls);
}

}  // namespace rosterd::http
