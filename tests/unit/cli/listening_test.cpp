#include "listening.hpp"

#include "support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace rosterd {
namespace {

class NothingHere : public HttpHandler {
 public:
  Task<HttpResponse> handle(const HttpRequest&) override { co_return HttpResponse(404); }
  std::size_t body_bytes_max(std::string_view) const override { return 0; }
};

class SilentLog : public Log {
 public:
  void write(LogLevel, std::string_view, const std::vector<LogField>&) override {}
};

class Listening : public testing::Test {
 protected:
  std::unique_ptr<http::Server> listen(const http::Endpoint& endpoint, http::Options options = {}) {
    return listen_on(endpoint, "--listen", {loop, handler, clock, log}, std::move(options));
  }
  std::string refusal(const http::Endpoint& endpoint, http::Options options = {}) {
    try {
      listen(endpoint, std::move(options));
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  asio::io_context loop{1};
  NothingHere handler;
  test::ManualClock clock;
  SilentLog log;
};

TEST(AnAddress, HasAHostAndAPort) {
  EXPECT_EQ(tcp_listen("127.0.0.1:8085").value().port, 8085);
  EXPECT_EQ(tcp_listen("[::1]:80").value().host, "::1");
  for (const char* wrong : {"", "8085", "localhost", "localhost:", "a:65536", "a:-1", "a:80x"}) {
    EXPECT_FALSE(tcp_listen(wrong)) << wrong;
  }
}

TEST_F(Listening, NamesAnAddressThatIsInUse) {
  const auto first = listen(http::TcpListen{"127.0.0.1", 0});
  const std::string address = "127.0.0.1:" + std::to_string(first->port());
  EXPECT_EQ(
      refusal(http::TcpListen{"127.0.0.1", first->port()}),
      "cannot listen on " + address +
          " (--listen): Address already in use; another process listens there"
  );
}

TEST_F(Listening, SaysThatTheFolderOfASocketIsMissing) {
  const std::string text = refusal(http::UnixListen{"/nonexistent/rosterd/operator.sock", 0600});
  EXPECT_NE(text.find("its folder must be there"), std::string::npos) << text;
}

TEST_F(Listening, NamesTheCertificateThatIsNotThere) {
  http::Options options;
  options.tls = http::TlsFiles{"/nonexistent/cert.pem", "/nonexistent/key.pem"};
  const std::string text = refusal(http::TcpListen{"127.0.0.1", 0}, options);
  EXPECT_NE(text.find("/nonexistent/cert.pem"), std::string::npos) << text;
}

TEST(AnInheritedSocket, HasAPermissionWhereItIsAFile) {
  for (const int family : {AF_UNIX, AF_INET, AF_INET6}) {
    const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(is_unix_socket(socket), family == AF_UNIX);
    ::close(socket);
  }
}

}  // namespace
}  // namespace rosterd
