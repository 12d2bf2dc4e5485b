#include "adapters/extension/proxy_tunnel.hpp"
#include "fuzzing.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

// First line: the sizes of the pieces. Below it what a proxy answers to CONNECT.

namespace rosterd::extension {
namespace {

using asio::ip::tcp;

constexpr std::string_view password = "the-password-of-the-proxy";
constexpr int turns_max = 20'000;

/// Whether a tunnel stood after these bytes.
bool opens(std::string_view answer, fuzz::Choices sizes, bool in_pieces) {
  static const Address peer = *parse_address("https://tenant.example.com/api");
  static const Address proxy =
      *parse_proxy("rosterd:" + std::string(password) + "@proxy.example.com:3128");
  asio::io_context loop{1};
  std::array<int, 2> ends{};
  fuzz::require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "sockets");
  tcp::socket socket(loop);
  socket.assign(tcp::v4(), ends[1]);
  boost::beast::tcp_stream stream(std::move(socket));

  std::optional<WireError> refusal;
  bool over = false;
  auto on_exit = [&](std::exception_ptr thrown, std::optional<WireError> error) {
    fuzz::require(!thrown, "a proxy's answer makes nobody throw");
    refusal = std::move(error);
    over = true;
  };
  asio::co_spawn(loop, open_tunnel(stream, proxy, peer), std::move(on_exit));
  int turn = 0;
  while (!over) {
    fuzz::require(++turn < turns_max, "an opening comes to its end");
    const std::size_t count =
        std::min(in_pieces ? 1 + sizes.next(80) : answer.size(), answer.size());
    fuzz::require(::send(ends[0], answer.data(), count, MSG_NOSIGNAL) >= 0, "there is room");
    answer.remove_prefix(count);
    if (answer.empty()) ::shutdown(ends[0], SHUT_WR);
    loop.poll();
  }
  ::close(ends[0]);
  if (!refusal) return true;
  fuzz::require_sentence(refusal->text, 300);
  const bool told = refusal->text.find(password) != std::string::npos;
  fuzz::require(!told, "no secret is told", refusal->text);
  return false;
}

}  // namespace
}  // namespace rosterd::extension

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  fuzz::Input input(data, size);
  const fuzz::Choices sizes(input.line());
  const std::string_view answer = input.rest();
  if (extension::opens(answer, sizes, false)) {
    const bool success = answer.starts_with("HTTP/1.1 2") || answer.starts_with("HTTP/1.0 2");
    fuzz::require(success, "a tunnel is what the proxy calls one", answer);
    fuzz::require(answer.ends_with("\r\n\r\n"), "nothing is said before its turn", answer);
    fuzz::require(extension::opens(answer, sizes, true), "pieces make no difference", answer);
  } else if (answer.find("\r\n\r\n") == answer.size() - 4) {
    fuzz::require(!extension::opens(answer, sizes, true), "nor to a refusal", answer);
  }
  return 0;
}
