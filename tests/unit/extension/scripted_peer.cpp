#include "scripted_peer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <list>
#include <optional>

namespace rosterd::test {

namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

constexpr auto awaiting_tuple = asio::as_tuple(asio::use_awaitable);

/// Nobody asks a test's peer how it ended; what it saw is what counts.
void let_go(const std::exception_ptr&) {}

tcp::acceptor listen_on_loopback(asio::io_context& loop) {
  return {loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
}

using Request = http::request<http::string_body>;

SeenRequest seen_of(const Request& request, std::size_t connection) {
  SeenRequest seen;
  seen.method = std::string(request.method_string());
  seen.target = std::string(request.target());
  seen.body = request.body();
  seen.authorization = std::string(request[http::field::authorization]);
  seen.host = std::string(request[http::field::host]);
  seen.content_type = std::string(request[http::field::content_type]);
  seen.accept_encoding = std::string(request[http::field::accept_encoding]);
  seen.connection = connection;
  return seen;
}

http::response<http::string_body> response_of(const Expectation& expected) {
  http::response<http::string_body> response;
  response.version(11);
  response.result(expected.status);
  for (const auto& [name, value] : expected.headers) response.set(name, value);
  response.body() = expected.body;
  if (expected.status != 204) response.prepare_payload();
  return response;
}

}  // namespace

struct ScriptedPeer::State : std::enable_shared_from_this<State> {
  State(asio::io_context& io, asio::ssl::context* context)
      : loop(io), tls(context), acceptor(listen_on_loopback(io)) {}

  Task<void> accept_all() {
    const auto self = shared_from_this();
    for (;;) {
      auto [error, socket] = co_await acceptor.async_accept(awaiting_tuple);
      if (error) co_return;
      ++connections;
      socket.set_option(tcp::no_delay(true));
      const auto place = sockets.emplace(sockets.end(), std::move(socket));
      asio::co_spawn(loop, serve_socket(*place, connections), let_go);
    }
  }

  Task<void> serve_socket(tcp::socket& socket, std::size_t number) {
    const auto self = shared_from_this();
    if (tls == nullptr) {
      co_await serve(socket, number);
    } else {
      asio::ssl::stream<tcp::socket&> stream(socket, *tls);
      const auto [error] =
          co_await stream.async_handshake(asio::ssl::stream_base::server, awaiting_tuple);
      if (!error) co_await serve(stream, number);
    }
    boost::system::error_code ignored;
    socket.close(ignored);
  }

  template <class Stream>
  Task<void> serve(Stream& stream, std::size_t number) {
    beast::flat_buffer buffer;
    for (;;) {
      Request request;
      http::request_parser<http::string_body> parser;
      parser.body_limit(8 << 20);
      const auto [error, read] = co_await http::async_read(stream, buffer, parser, awaiting_tuple);
      if (error) co_return;
      request = parser.release();
      seen.push_back(seen_of(request, number));
      in_flight_max = std::max(in_flight_max, ++in_flight);
      const Expectation expected = next_for(request);
      if (expected.delay.count() > 0) {
        asio::steady_timer timer(loop, expected.delay);
        co_await timer.async_wait(awaiting_tuple);
      }
      --in_flight;
      if (!expected.answers) {
        co_await asio::async_write(stream, asio::buffer(expected.raw), awaiting_tuple);
        co_return;
      }
      const auto response = response_of(expected);
      const auto [lost, written] = co_await http::async_write(stream, response, awaiting_tuple);
      if (lost || expected.closes) co_return;
    }
  }

  Expectation next_for(const Request& request) {
    const std::string asked =
        std::string(request.method_string()) + " " + std::string(request.target());
    const bool matches =
        !script.empty() && script.front().method + " " + script.front().target == asked;
    if (!matches) {
      surprises.push_back(asked + " " + request.body().substr(0, 200));
      Expectation none("", "");
      none.replies(599, "not expected");
      return none;
    }
    Expectation expected = script.front();
    script.pop_front();
    return expected;
  }

  asio::io_context& loop;
  asio::ssl::context* tls;
  tcp::acceptor acceptor;
  std::list<tcp::socket> sockets;
  std::deque<Expectation> script;
  std::vector<SeenRequest> seen;
  std::vector<std::string> surprises;
  std::size_t connections = 0;
  std::size_t in_flight = 0;
  std::size_t in_flight_max = 0;
};

ScriptedPeer::ScriptedPeer(asio::io_context& loop, asio::ssl::context* tls)
    : state_(std::make_shared<State>(loop, tls)), port_(state_->acceptor.local_endpoint().port()) {
  asio::co_spawn(loop, state_->accept_all(), let_go);
}

ScriptedPeer::~ScriptedPeer() {
  stop();
}

Expectation& ScriptedPeer::expects(std::string method, std::string target) {
  state_->script.emplace_back(std::move(method), std::move(target));
  return state_->script.back();
}

void ScriptedPeer::stop() {
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  for (tcp::socket& socket : state_->sockets) socket.close(ignored);
}

std::size_t ScriptedPeer::connections() const {
  return state_->connections;
}

std::size_t ScriptedPeer::unasked() const {
  return state_->script.size();
}

std::size_t ScriptedPeer::in_flight_max() const {
  return state_->in_flight_max;
}

const std::vector<SeenRequest>& ScriptedPeer::seen() const {
  return state_->seen;
}

const std::vector<std::string>& ScriptedPeer::surprises() const {
  return state_->surprises;
}

struct TunnelProxy::State : std::enable_shared_from_this<State> {
  explicit State(asio::io_context& io) : loop(io), acceptor(listen_on_loopback(io)) {}

  Task<void> accept_all() {
    const auto self = shared_from_this();
    for (;;) {
      auto [error, socket] = co_await acceptor.async_accept(awaiting_tuple);
      if (error) co_return;
      sockets.push_back(std::move(socket));
      tcp::socket& client = sockets.back();
      sockets.emplace_back(loop);
      asio::co_spawn(loop, open(client, sockets.back()), let_go);
    }
  }

  Task<void> open(tcp::socket& client, tcp::socket& peer) {
    const auto self = shared_from_this();
    std::string head;
    auto whole = asio::dynamic_buffer(head);
    co_await asio::async_read_until(client, whole, "\r\n\r\n", asio::use_awaitable);
    seen.push_back(head);
    const std::size_t colon = head.find(':');
    const auto port = static_cast<std::uint16_t>(std::stoi(head.substr(colon + 1)));
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    co_await peer.async_connect(endpoint, asio::use_awaitable);
    const std::string yes = "HTTP/1.1 200 Connection established\r\n\r\n";
    co_await asio::async_write(client, asio::buffer(yes), asio::use_awaitable);
    asio::co_spawn(loop, relay(peer, client), let_go);
    co_await relay(client, peer);
  }

  Task<void> relay(tcp::socket& from, tcp::socket& to) {
    const auto self = shared_from_this();
    std::array<char, 4096> bytes{};
    boost::system::error_code ignored;
    for (;;) {
      const auto [error, read] = co_await from.async_read_some(asio::buffer(bytes), awaiting_tuple);
      if (error) break;
      const auto part = asio::buffer(bytes.data(), read);
      const auto [lost, written] = co_await asio::async_write(to, part, awaiting_tuple);
      if (lost) break;
    }
    to.close(ignored);
  }

  asio::io_context& loop;
  tcp::acceptor acceptor;
  std::list<tcp::socket> sockets;
  std::vector<std::string> seen;
};

TunnelProxy::TunnelProxy(asio::io_context& loop)
    : state_(std::make_shared<State>(loop)), port_(state_->acceptor.local_endpoint().port()) {
  asio::co_spawn(loop, state_->accept_all(), let_go);
}

TunnelProxy::~TunnelProxy() {
  stop();
}

void TunnelProxy::stop() {
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  for (tcp::socket& socket : state_->sockets) socket.close(ignored);
}

const std::vector<std::string>& TunnelProxy::seen() const {
  return state_->seen;
}

}  // namespace rosterd::test
