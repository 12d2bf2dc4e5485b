// A client breaks off at every byte: of its request, of the handshake, of the answer.
#include "serving.hpp"
#include "support/certificate.hpp"
#include "support/eventually.hpp"

#include <openssl/ssl.h>

namespace rosterd::test {

namespace {

enum class End { close, half_close, reset, garbage };

struct BreakingOff {
  const char* name;
  End end;
};

void PrintTo(const BreakingOff& breaking_off, std::ostream* out) {
  *out << breaking_off.name;
}

class BrokenClient : public Serving {
 protected:
  void expect_nobody_left() {
    eventually("the last connection to go", [this] { return open_connections() == 0; });
    EXPECT_EQ(log.text(), "");
  }

  void expect_to_be_served_still() {
    RawClient peer = client();
    EXPECT_EQ(status_of(peer.say("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n").answer()), 200U);
  }

  static const std::vector<std::string>& requests() {
    static const std::vector<std::string> whole{
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;x=\"y\"\r\nabc\r\n2\r\nde\r\n0\r\nT: t\r\n\r\n"};
    return whole;
  }
};

class AfterAnyByte : public BrokenClient, public testing::WithParamInterface<BreakingOff> {};

TEST_P(AfterAnyByte, OfItsRequestABrokenClientCostsItsConnectionAlone) {
  serve();
  for (const std::string& request : requests()) {
    for (std::size_t count = 0; count < request.size(); ++count) {
      RawClient peer = client();
      peer.say(request.substr(0, count));
      switch (GetParam().end) {
        case End::close:
          peer.close();
          break;
        case End::half_close:
          peer.half_close();
          EXPECT_NE(status_of(peer.until_closed()), 200U) << request.substr(0, count);
          break;
        case End::reset:
          peer.reset();
          break;
        case End::garbage:
          // Within a body it is a body: the end that was announced does not come.
          peer.say(std::string(3, '\0'));
          peer.half_close();
          peer.until_closed();
          break;
      }
    }
  }
  expect_to_be_served_still();
  eventually("the last connection to go", [this] { return open_connections() <= 1; });
  EXPECT_EQ(log.text(), "");
  // Three bytes that are garbage are a whole body when just three were missing.
  const int bodies_made_whole = GetParam().end == End::garbage ? 3 : 0;
  EXPECT_EQ(handler.handled, 1 + bodies_made_whole);
}

INSTANTIATE_TEST_SUITE_P(
    Ends,
    AfterAnyByte,
    testing::Values(
        BreakingOff{"closing", End::close},
        BreakingOff{"half_closing", End::half_close},
        BreakingOff{"resetting", End::reset},
        BreakingOff{"garbage", End::garbage}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(BrokenClient, ThatFallsSilentAfterAnyByteIsToldSoAndLeft) {
  options.limits.idle = options.limits.header_read = options.limits.body_read = 100ms;
  serve();
  for (const std::string& request : requests()) {
    std::vector<RawClient> silent;
    for (std::size_t count = 0; count < request.size(); ++count) {
      silent.push_back(client());
      silent.back().say(request.substr(0, count));
    }
    EXPECT_EQ(silent.front().until_closed(), "");
    for (std::size_t count = 1; count < request.size(); ++count) {
      EXPECT_EQ(status_of(silent[count].until_closed()), 408U) << request.substr(0, count);
    }
  }
  EXPECT_EQ(handler.handled, 0);
  expect_nobody_left();
}

TEST_F(BrokenClient, ThatResetsWithinItsAnswerIsLeft) {
  serve();
  for (const std::size_t count : {0U, 1U, 17U, 100U, 65'536U, 1'000'000U, 7'900'000U}) {
    RawClient peer = client();
    peer.say("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(peer.hear(count).size(), count);
    peer.reset();
  }
  expect_nobody_left();
  expect_to_be_served_still();
}

std::string first_flight_of_a_handshake() {
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL* const client = SSL_new(context);
  BIO* const sent = BIO_new(BIO_s_mem());
  SSL_set_bio(client, BIO_new(BIO_s_mem()), sent);
  SSL_connect(client);
  char* bytes = nullptr;
  const long count = BIO_get_mem_data(sent, &bytes);
  std::string flight(bytes, static_cast<std::size_t>(count));
  SSL_free(client);
  SSL_CTX_free(context);
  return flight;
}

class BrokenTlsClient : public BrokenClient {
 protected:
  BrokenTlsClient() {
    write_certificate(path("certificate.pem"), path("key.pem"));
    options.tls = http::TlsFiles{path("certificate.pem"), path("key.pem")};
    serve();
  }
};

TEST_F(BrokenTlsClient, ThatBreaksOffWithinTheHandshakeIsLeft) {
  const std::string hello = first_flight_of_a_handshake();
  ASSERT_GT(hello.size(), 100U);
  for (std::size_t count = 0; count <= hello.size(); ++count) {
    client().say(hello.substr(0, count)).close();
    client().say(hello.substr(0, count)).reset();
    client().say(hello.substr(0, count)).say(std::string(40, '\xff')).close();
  }
  expect_nobody_left();
  EXPECT_EQ(handler.handled, 0);
}

}  // namespace

}  // namespace rosterd::test
