#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rosterd::test {

/// How a connection ends on the peer's side. `stall`: it does not.
enum class End { close, reset, stall, garbage };

/// What a peer does with one request.
struct Break {
  std::optional<std::size_t> reads;  ///< bytes of the request; nothing: all of it
  std::string says;                  ///< then
  End end = End::close;              ///< and then
};

/// A server on loopback that breaks off where it is told to. It takes one connection after another
/// and does with each the next thing of its script.
class BreakingPeer {
 public:
  explicit BreakingPeer(asio::io_context& loop)
      : loop_(loop), acceptor_(loop, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    asio::co_spawn(loop_, accept_all(), let_go);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void will(Break what) { script_.push_back(std::move(what)); }
  /// On the connection of the request before.
  void stays_open_and_will(Break what) {
    script_.back().end = End::stall;
    script_.push_back(std::move(what));
    same_connection_ = true;
  }

  /// Requests that came to their end, so that a server would have acted on them.
  std::size_t acted() const { return acted_; }
  std::size_t connections() const { return connections_; }
  std::size_t request_bytes() const { return request_bytes_; }

  void stop() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (Socket& socket : sockets_) socket.close(ignored);
  }

 private:
  using Socket = asio::ip::tcp::socket;
  static constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

  static void let_go(const std::exception_ptr&) {}

  Task<void> accept_all() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(as_result);
      if (error) co_return;
      ++connections_;
      sockets_.push_back(std::move(socket));
      co_await serve(sockets_.back());
    }
  }

  Task<void> serve(Socket& socket) {
    while (!script_.empty()) {
      const Break what = std::move(script_.front());
      script_.pop_front();
      if (what.reads) {
        co_await read_bytes(socket, *what.reads);
      } else {
        co_await read_request(socket);
      }
      co_await asio::async_write(socket, asio::buffer(what.says), as_result);
      if (what.end == End::stall && std::exchange(same_connection_, false)) continue;
      co_await end(socket, what.end);
      co_return;
    }
  }

  Task<void> read_bytes(Socket& socket, std::size_t count) {
    std::string bytes(count, '\0');
    const auto [error, read] = co_await asio::async_read(socket, asio::buffer(bytes), as_result);
    const std::size_t head = bytes.find("\r\n\r\n");
    const bool whole = head != std::string::npos && read == head + 4 + body_length(bytes);
    if (!error && whole) ++acted_;
  }

  Task<void> read_request(Socket& socket) {
    std::string bytes;
    auto buffer = asio::dynamic_buffer(bytes);
    const auto [error, head] =
        co_await asio::async_read_until(socket, buffer, "\r\n\r\n", as_result);
    if (error) co_return;
    request_bytes_ = head + body_length(bytes);
    const std::size_t missing = request_bytes_ - bytes.size();
    const auto [cut, read] =
        co_await asio::async_read(socket, buffer, asio::transfer_exactly(missing), as_result);
    if (!cut) ++acted_;
  }

  Task<void> end(Socket& socket, End how) {
    boost::system::error_code ignored;
    switch (how) {
      case End::stall:
        co_return;
      case End::garbage: {
        const std::string garbage("\0\xff\r\n\r\n", 6);
        co_await asio::async_write(socket, asio::buffer(garbage), as_result);
        break;
      }
      case End::reset:
        socket.set_option(asio::socket_base::linger(true, 0), ignored);
        break;
      case End::close:
        break;
    }
    socket.close(ignored);
  }

  static std::size_t body_length(std::string_view request) {
    constexpr std::string_view name = "Content-Length: ";
    const std::size_t at = request.find(name);
    if (at == std::string_view::npos) return 0;
    return std::strtoul(request.data() + at + name.size(), nullptr, 10);
  }

  asio::io_context& loop_;
  asio::ip::tcp::acceptor acceptor_;
  std::list<Socket> sockets_;
  std::list<Break> script_;
  bool same_connection_ = false;
  std::size_t acted_ = 0;
  std::size_t connections_ = 0;
  std::size_t request_bytes_ = 0;
};

/// Between a client and a server: passes on so many of the server's bytes, and then ends both.
class CuttingRelay {
 public:
  CuttingRelay(asio::io_context& loop, std::uint16_t server, std::size_t bytes, End how)
      : acceptor_(loop, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        client_(std::make_shared<Socket>(loop)),
        server_(std::make_shared<Socket>(loop)) {
    server_->connect({asio::ip::address_v4::loopback(), server});
    acceptor_.async_accept(*client_, [=, this, &loop](boost::system::error_code error) {
      if (error) return;
      asio::co_spawn(loop, pass(client_, server_, unlimited, End::close), let_go);
      asio::co_spawn(loop, pass(server_, client_, bytes, how), let_go);
    });
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void stop() {
    acceptor_.close();
    client_->close();
    server_->close();
  }

 private:
  using Socket = asio::ip::tcp::socket;
  static constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  static constexpr auto unlimited = static_cast<std::size_t>(-1);

  static void let_go(const std::exception_ptr&) {}

  static Task<void> pass(
      std::shared_ptr<Socket> from, std::shared_ptr<Socket> to, std::size_t bytes, End how
  ) {
    std::array<char, 4096> passing{};
    boost::system::error_code ignored;
    while (bytes > 0) {
      const auto room = asio::buffer(passing, bytes);
      const auto [error, read] = co_await from->async_read_some(room, as_result);
      if (error) break;
      const auto part = asio::buffer(passing.data(), read);
      const auto [lost, written] = co_await asio::async_write(*to, part, as_result);
      if (lost) break;
      bytes -= read;
    }
    if (how == End::reset) to->set_option(asio::socket_base::linger(true, 0), ignored);
    to->close(ignored);
    from->close(ignored);
  }

  asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<Socket> client_;
  std::shared_ptr<Socket> server_;
};

}  // namespace rosterd::test
