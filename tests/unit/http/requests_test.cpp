#include "serving.hpp"

namespace rosterd::test {

namespace {

class HttpServer : public Serving {
 protected:
  HttpServer() {
    options.limits.idle = 300ms;
    serve();
  }
};

TEST_F(HttpServer, AnswersARequestWithABody) {
  RawClient peer = client();

  peer.say("POST /echo?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");

  EXPECT_EQ(
      peer.answer(),
      "HTTP/1.1 200 OK\r\nDate: Mon, 02 Mar 2026 09:00:00 GMT\r\nContent-Type: text/plain\r\n"
      "Content-Length: 22\r\n\r\nPOST /echo?x=1 [hello]"
  );
}

TEST_F(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  RawClient peer = client();

  peer.say(
      "POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1"
      "GET /two HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /three HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n3\r\n0\r\n\r\n"
      "GET /four HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
  );

  EXPECT_EQ(body_of(peer.answer()), "POST /one [1]");
  EXPECT_EQ(body_of(peer.answer()), "GET /two []");
  EXPECT_EQ(body_of(peer.answer()), "POST /three [3]");
  EXPECT_EQ(body_of(peer.answer()), "GET /four []");
  EXPECT_EQ(peer.until_closed(), "");
}

TEST_F(HttpServer, ReadsARequestThatComesByteByByte) {
  RawClient peer = client();
  const std::string_view request =
      "\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;note=\"x\"\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n";

  for (const char byte : request) peer.say(std::string_view(&byte, 1));

  EXPECT_EQ(body_of(peer.answer()), "POST /echo [abcde]");
}

TEST_F(HttpServer, ReadsABodyThatIsLargerThanItsBuffer) {
  RawClient peer = client();
  const std::string body(300'000, 'b');

  peer.say("POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + body);
  peer.say("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(body_of(peer.answer()), "POST /big 300000 bytes");
  EXPECT_EQ(body_of(peer.answer()), "GET /next []");
}

TEST_F(HttpServer, ReadsALargeChunkedBody) {
  RawClient peer = client();
  peer.say("POST /big HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

  for (int i = 0; i < 20; ++i) peer.say("2710\r\n" + std::string(10'000, 'c') + "\r\n");
  peer.say("0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(body_of(peer.answer()), "POST /big 200000 bytes");
  EXPECT_EQ(body_of(peer.answer()), "GET /next []");
}

TEST_F(HttpServer, SendsAnAnswerLargerThanTheSocketTakesAtOnce) {
  const std::string answer =
      exchange("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(body_of(answer).size(), 8'000'000U);
}

TEST_F(HttpServer, SendsNoBodyAfterHead) {
  RawClient peer = client();

  peer.say("HEAD /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  const std::string answer = peer.until_closed();
  EXPECT_NE(answer.find("Content-Length: 13\r\n"), std::string::npos) << answer;
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(HttpServer, AnnouncesNoLengthWithoutContent) {
  const std::string answer =
      exchange("GET /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(status_of(answer), 204U);
  EXPECT_EQ(answer.find("Content-Length"), std::string::npos) << answer;
}

TEST_F(HttpServer, TakesTheAbsoluteForm) {
  RawClient peer = client();

  peer.say("GET http://a/echo?x=1 HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(body_of(peer.answer()), "GET /echo?x=1 []");
}

TEST_F(HttpServer, ClosesAfterHttp10UnlessAskedToStay) {
  EXPECT_EQ(body_of(exchange("GET /echo HTTP/1.0\r\n\r\n")), "GET /echo []");

  RawClient peer = client();
  peer.say("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(peer.answer().find("Connection: keep-alive\r\n"), std::string::npos);
  peer.say("GET /again HTTP/1.0\r\n\r\n");
  EXPECT_EQ(body_of(peer.answer()), "GET /again []");
  EXPECT_EQ(peer.until_closed(), "");
}

TEST_F(HttpServer, SaysContinueOnlyWhenItWantsTheBody) {
  RawClient wanted = client();
  wanted.say("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(wanted.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  wanted.say("ok");
  EXPECT_EQ(body_of(wanted.answer()), "POST /echo [ok]");

  RawClient refused = client();
  refused.say(
      "POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
  );
  EXPECT_EQ(status_of(refused.answer()), 404U);
}

TEST_F(HttpServer, RefusesBeforeTheBodyAndCloses) {
  RawClient peer = client();
  peer.say("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nonly a part");

  const std::string answer = peer.answer();

  EXPECT_EQ(status_of(answer), 404U);
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
  EXPECT_EQ(handler.handled, 0);
  EXPECT_FALSE(peer.is_reset());
}

TEST_F(HttpServer, AnswersA500WhenTheHandlerThrowsAndServesOn) {
  RawClient peer = client();

  peer.say("GET /throw?token=secret HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(status_of(peer.answer()), 500U);
  EXPECT_EQ(log.text(), "a request failed inside method=GET path=/throw error=the disk is full\n");
  peer.say("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(peer.answer()), 200U);
}

struct Refusal {
  const char* name;
  unsigned status;
  std::string request;
};

void PrintTo(const Refusal& refusal, std::ostream* out) {
  *out << refusal.name;
}

class HttpRefusal : public HttpServer, public testing::WithParamInterface<Refusal> {};

TEST_P(HttpRefusal, IsAnsweredAndTheConnectionClosed) {
  RawClient peer = client();
  peer.say(GetParam().request);

  const std::string answer = peer.until_closed();

  EXPECT_EQ(status_of(answer), GetParam().status) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
  EXPECT_EQ(handler.handled, 0);
}

const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
const std::string smuggled = "\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table,
    HttpRefusal,
    testing::Values(
        Refusal{"garbage", 400, "\x16\x03\x01\x02\r\n\r\n"},
        Refusal{"no_version", 400, "GET /echo\r\n\r\n"},
        Refusal{"version_2", 400, "GET /echo HTTP/2.0\r\nHost: a\r\n\r\n"},
        Refusal{"no_host", 400, "GET /echo HTTP/1.1\r\n\r\n"},
        Refusal{"two_hosts", 400, "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        Refusal{"connect", 400, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refusal{"relative_target", 400, "GET echo HTTP/1.1\r\nHost: a\r\n\r\n"},
        Refusal{"space_before_colon", 400, post + "Content-Length : 5\r\n\r\nhello"},
        Refusal{"folded_line", 400, post + "X-A: one\r\n two\r\n\r\n"},
        Refusal{"folded_empty_line", 400, post + "X-A:\r\n two\r\n\r\n"},
        Refusal{"bare_line_feed", 400, "GET /echo HTTP/1.1\nHost: a\n\n\r\n\r\n"},
        Refusal{"bare_line_feed_in_value", 400, post + "X-A: one\nX-B: two\r\n\r\n"},
        Refusal{"zero_byte", 400, post + std::string("X-A: \0\r\n\r\n", 9)},
        Refusal{"two_lengths", 400, post + "Content-Length: 5\r\nContent-Length: 6\r\n" + smuggled},
        Refusal{"same_length_twice", 400, post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"},
        Refusal{"list_of_lengths", 400, post + "Content-Length: 5, 5\r\n\r\nhello"},
        Refusal{"signed_length", 400, post + "Content-Length: +5\r\n\r\nhello"},
        Refusal{"negative_length", 400, post + "Content-Length: -5\r\n\r\nhello"},
        Refusal{"hex_length", 400, post + "Content-Length: 0x5\r\n\r\nhello"},
        Refusal{"endless_length", 400, post + "Content-Length: 99999999999999999999999\r\n\r\n"},
        Refusal{
            "length_then_chunked",
            400,
            post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + smuggled},
        Refusal{
            "chunked_then_length",
            400,
            post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + smuggled},
        Refusal{
            "chunked_twice",
            400,
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + smuggled},
        Refusal{"gzip_then_chunked", 501, post + "Transfer-Encoding: gzip, chunked\r\n" + smuggled},
        Refusal{"unknown_coding", 501, post + "Transfer-Encoding: xchunked\r\n" + smuggled},
        Refusal{
            "kelvin_chunked",
            501,
            post +
                "Transfer-Encoding: chun\xe2\x84\xaa"
                "ed\r\n" +
                smuggled},
        Refusal{
            "chunked_in_http_1_0",
            400,
            "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + smuggled},
        Refusal{"bad_chunk_size", 400, post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"},
        Refusal{
            "endless_chunk_size",
            400,
            post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"},
        Refusal{
            "endless_chunk_extension",
            400,
            post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(30'000, 'a')},
        Refusal{
            "chunk_without_line_end",
            400,
            post + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"},
        Refusal{"unknown_expectation", 417, post + "Expect: tea\r\n\r\n"},
        Refusal{"long_header", 431, post + "X-A: " + std::string(9'000, 'a') + "\r\n\r\n"},
        Refusal{"endless_header", 431, post + "X-A: " + std::string(50'000, 'a')},
        Refusal{"endless_target", 431, "GET /" + std::string(50'000, 'a')},
        Refusal{
            "many_fields",
            431,
            [] {
              std::string request = post;
              for (int i = 0; i < 3'000; ++i) request += "a:\r\n";
              return request + "\r\n";
            }()},
        Refusal{"long_body", 413, post + "Content-Length: 1001\r\n\r\nhello"},
        Refusal{"huge_body", 413, post + "Content-Length: 18446744073709551615\r\n\r\n"},
        Refusal{"long_chunk", 413, post + "Transfer-Encoding: chunked\r\n\r\n3e9\r\nhello"},
        Refusal{
            "long_chunks",
            413,
            post + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + std::string(1'000, 'a') +
                "\r\n1\r\na\r\n0\r\n\r\n"}
    ),
    [](const auto& row) { return row.param.name; }
);

}  // namespace

}  // namespace rosterd::test
