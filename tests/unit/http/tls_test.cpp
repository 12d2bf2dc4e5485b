#include "serving.hpp"
#include "support/certificate.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

namespace rosterd::test {

namespace {

class HttpOverTls : public Serving {
 protected:
  HttpOverTls() {
    write_certificate(path("certificate.pem"), path("key.pem"));
    options.tls = http::TlsFiles{path("certificate.pem"), path("key.pem")};
    options.limits.tls_handshake = 100ms;
    serve();
  }

  std::string exchange_over_tls(std::string_view request, int version_max = TLS1_3_VERSION) {
    asio::io_context loop;
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.load_verify_file(path("certificate.pem"));
    context.set_verify_mode(asio::ssl::verify_peer);
    SSL_CTX_set_min_proto_version(context.native_handle(), 0);
    SSL_CTX_set_max_proto_version(context.native_handle(), version_max);
    SSL_CTX_set_cipher_list(context.native_handle(), "DEFAULT:@SECLEVEL=0");
    asio::ssl::stream<asio::ip::tcp::socket> stream(loop, context);
    stream.next_layer().connect({asio::ip::address_v4::loopback(), port()});
    stream.handshake(asio::ssl::stream_base::client);
    asio::write(stream, asio::buffer(request));
    std::string answer;
    boost::system::error_code ended;
    asio::read(stream, asio::dynamic_buffer(answer), ended);
    return answer;
  }
};

constexpr std::string_view farewell_request =
    "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

TEST_F(HttpOverTls, IsServedAndKnownToTheHandler) {
  EXPECT_EQ(body_of(exchange_over_tls(farewell_request)), "POST /echo tls [ok]");
  EXPECT_EQ(body_of(exchange_over_tls(farewell_request, TLS1_2_VERSION)), "POST /echo tls [ok]");
}

TEST_F(HttpOverTls, CarriesLargeAnswers) {
  const std::string answer =
      exchange_over_tls("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(body_of(answer).size(), 8'000'000U);
}

TEST_F(HttpOverTls, RefusesTls11) {
  EXPECT_THROW(exchange_over_tls(farewell_request, TLS1_1_VERSION), boost::system::system_error);
}

TEST_F(HttpOverTls, ClosesOnAClientThatDoesNotShakeHands) {
  RawClient silent = client();
  RawClient plain = client();
  plain.say(farewell_request);

  EXPECT_EQ(silent.until_closed(), "");
  EXPECT_EQ(status_of(plain.until_closed()), 0U);
}

}  // namespace

}  // namespace rosterd::test
