// The least that a server of Beast can do, what the others are fractions of: reads each request
// whole and answers 202, on one thread. rosterd_peers_bare
#include "rosterd/base/task.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <exception>
#include <iostream>
#include <utility>

namespace rosterd::bench {
namespace {

namespace http = boost::beast::http;
using asio::ip::tcp;

void ignore(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

Task<void> serve(tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  const auto token = asio::as_tuple(asio::use_awaitable);
  http::response<http::string_body> response(http::status::accepted, 11);
  response.set(http::field::content_type, "application/json");
  response.body() = R"({"accepted":1,"duplicates":0,"ids":["0"]})";
  response.prepare_payload();
  for (;;) {
    http::request<http::string_body> request;
    const auto [not_read, size_read] = co_await http::async_read(socket, buffer, request, token);
    if (not_read) co_return;
    const auto [not_sent, size_sent] = co_await http::async_write(socket, response, token);
    if (not_sent) co_return;
  }
}

Task<void> listen(tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    auto session = serve(std::move(socket));
    asio::co_spawn(acceptor.get_executor(), std::move(session), ignore);
  }
}

void run() {
  asio::io_context loop{1};
  const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
  tcp::acceptor acceptor(loop, any_port);
  std::cout << "listening " << acceptor.local_endpoint().port() << std::endl;
  asio::co_spawn(loop, listen(acceptor), ignore);
  loop.run();
}

}  // namespace
}  // namespace rosterd::bench

int main() try { rosterd::bench::run(); } catch (const std::exception& error) {
  std::cerr << "rosterd_peers_bare: " << error.what() << "\n";
  return 1;
}
