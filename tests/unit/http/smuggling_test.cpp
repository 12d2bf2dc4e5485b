// Where one request ends and the next begins must never be a matter of opinion: whatever two
// readers could frame differently is refused, and nothing after it is taken for a request.
#include "serving.hpp"

namespace rosterd::test {

namespace {

using namespace std::string_literals;

class HttpFraming : public Serving {
 protected:
  HttpFraming() { serve(); }
};

struct Doubtful {
  const char* name;
  unsigned status;
  std::string request;
};

void PrintTo(const Doubtful& doubtful, std::ostream* out) {
  *out << doubtful.name;
}

class HttpDesync : public HttpFraming, public testing::WithParamInterface<Doubtful> {};

TEST_P(HttpDesync, IsRefusedAndNothingBehindItIsTakenForARequest) {
  RawClient peer = client();
  peer.say(GetParam().request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

  const std::string answer = peer.until_closed();

  EXPECT_EQ(status_of(answer), GetParam().status) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
  EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << "a second answer: " << answer;
  EXPECT_EQ(handler.handled, 0);
}

const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
const std::string chunked = post + "Transfer-Encoding: chunked\r\n";
const std::string nothing = "0\r\n\r\n";

Doubtful transfer_encoding(const char* name, unsigned status, const std::string& line) {
  return {name, status, post + line + "\r\n\r\n" + nothing};
}

INSTANTIATE_TEST_SUITE_P(
    TransferEncodings,
    HttpDesync,
    testing::Values(
        transfer_encoding("then_identity", 501, "Transfer-Encoding: chunked, identity"),
        transfer_encoding("after_identity", 501, "Transfer-Encoding: identity, chunked"),
        transfer_encoding("identity", 501, "Transfer-Encoding: identity"),
        transfer_encoding("empty", 501, "Transfer-Encoding:"),
        transfer_encoding("quoted", 501, "Transfer-Encoding: \"chunked\""),
        transfer_encoding("comma_before", 501, "Transfer-Encoding: ,chunked"),
        transfer_encoding("comma_after", 501, "Transfer-Encoding: chunked,"),
        transfer_encoding("parameter", 501, "Transfer-Encoding: chunked;q=1"),
        transfer_encoding("vertical_tab", 400, "Transfer-Encoding:\x0b chunked"),
        transfer_encoding("zero_byte_in_name", 400, "Transfer\0Encoding: chunked"s),
        transfer_encoding("space_before_colon", 400, "Transfer-Encoding : chunked"),
        transfer_encoding("tab_before_colon", 400, "Transfer-Encoding\t: chunked"),
        transfer_encoding("folded", 400, "Transfer-Encoding:\r\n chunked"),
        transfer_encoding("folded_with_a_tab", 400, "Transfer-Encoding:\r\n\tchunked"),
        transfer_encoding("behind_a_bare_line_feed", 400, "X: x\nTransfer-Encoding: chunked"),
        transfer_encoding("behind_a_bare_return", 400, "X: x\rTransfer-Encoding: chunked"),
        transfer_encoding(
            "second_is_identity", 400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"
        ),
        transfer_encoding(
            "first_is_identity", 501, "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked"
        ),
        transfer_encoding(
            "with_an_empty_length", 400, "Content-Length:\r\nTransfer-Encoding: chunked"
        )
    ),
    [](const auto& row) { return row.param.name; }
);

INSTANTIATE_TEST_SUITE_P(
    Lengths,
    HttpDesync,
    testing::Values(
        Doubtful{"empty", 400, post + "Content-Length:\r\n\r\n"},
        Doubtful{"point", 400, post + "Content-Length: 5.0\r\n\r\nhello"},
        Doubtful{"exponent", 400, post + "Content-Length: 1e1\r\n\r\nhello"},
        Doubtful{"space_within", 400, post + "Content-Length: 5 5\r\n\r\nhello"},
        Doubtful{"underscore", 400, post + "Content-Length: 1_0\r\n\r\nhello"},
        Doubtful{
            "one_more_than_64_bits", 400, post + "Content-Length: 18446744073709551616\r\n\r\n"},
        Doubtful{
            "other_case_twice", 400, post + "content-length: 5\r\nCONTENT-LENGTH: 7\r\n\r\nhello"},
        Doubtful{"folded", 400, post + "Content-Length:\r\n 5\r\n\r\nhello"},
        Doubtful{"zero_and_a_second", 400, post + "Content-Length: 0\r\nContent-Length: 44\r\n\r\n"}
    ),
    [](const auto& row) { return row.param.name; }
);

INSTANTIATE_TEST_SUITE_P(
    Chunks,
    HttpDesync,
    testing::Values(
        Doubtful{"negative", 400, chunked + "\r\n-1\r\n"},
        Doubtful{"with_a_sign", 400, chunked + "\r\n+1\r\na\r\n" + nothing},
        Doubtful{"with_a_prefix", 400, chunked + "\r\n0x1\r\na\r\n" + nothing},
        Doubtful{"without_a_size", 400, chunked + "\r\n\r\n" + nothing},
        Doubtful{"size_of_spaces", 400, chunked + "\r\n  \r\n" + nothing},
        Doubtful{"size_after_a_space", 400, chunked + "\r\n 1\r\na\r\n" + nothing},
        Doubtful{"bare_line_feed_after_the_size", 400, chunked + "\r\n1\na\r\n" + nothing},
        Doubtful{"bare_line_feed_after_the_data", 400, chunked + "\r\n1\r\na\n" + nothing},
        Doubtful{"bare_line_feed_in_an_extension", 400, chunked + "\r\n1;x\na\r\n" + nothing},
        Doubtful{
            "bare_line_feed_in_a_quoted_one", 400, chunked + "\r\n1;x=\"\n\"\r\na\r\n" + nothing},
        Doubtful{"bare_return_in_an_extension", 400, chunked + "\r\n1;x\ra\r\na\r\n" + nothing},
        Doubtful{"zero_byte_in_an_extension", 400, chunked + "\r\n1;x\0\r\na\r\n"s + nothing},
        Doubtful{"data_without_an_end", 400, chunked + "\r\n1\r\na0\r\n\r\n"},
        Doubtful{"folded_trailer", 400, chunked + "\r\n0\r\nX: a\r\n b\r\n\r\n"},
        Doubtful{"bare_line_feed_in_a_trailer", 400, chunked + "\r\n0\r\nX: a\nY: b\r\n\r\n"},
        Doubtful{"length_in_a_trailer", 400, chunked + "\r\n0\r\nContent-Length: 44\r\n\r\n"},
        Doubtful{
            "encoding_in_a_trailer", 400, chunked + "\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        Doubtful{
            "extensions_without_end",
            400,
            chunked + "\r\n" +
                [] {
                  std::string chunks;
                  for (int i = 0; i < 20; ++i)
                    chunks += "1;" + std::string(4'000, 'x') + "\r\na\r\n";
                  return chunks;
                }() +
                nothing}
    ),
    [](const auto& row) { return row.param.name; }
);

INSTANTIATE_TEST_SUITE_P(
    Heads,
    HttpDesync,
    testing::Values(
        Doubtful{"http_0_9", 400, "GET /echo\r\n"},
        Doubtful{"http_0_9_by_name", 400, "GET /echo HTTP/0.9\r\nHost: a\r\n\r\n"},
        Doubtful{
            "http_0_9_in_chunks",
            400,
            "POST /echo HTTP/0.9\r\nTransfer-Encoding: chunked\r\n\r\n" + nothing},
        Doubtful{"http_1_9", 400, "GET /echo HTTP/1.9\r\nHost: a\r\n\r\n"},
        Doubtful{"http_1_9_without_host", 400, "GET /echo HTTP/1.9\r\n\r\n"},
        Doubtful{"http_in_lower_case", 400, "GET /echo http/1.1\r\nHost: a\r\n\r\n"},
        Doubtful{"two_spaces", 400, "GET  /echo HTTP/1.1\r\nHost: a\r\n\r\n"},
        Doubtful{"space_in_the_target", 400, "GET /echo HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n"},
        Doubtful{"tab_for_a_space", 400, "GET\t/echo\tHTTP/1.1\r\nHost: a\r\n\r\n"},
        Doubtful{"space_after_the_version", 400, "GET /echo HTTP/1.1 \r\nHost: a\r\n\r\n"},
        Doubtful{"control_in_the_target", 400, "GET /ec\x01ho HTTP/1.1\r\nHost: a\r\n\r\n"},
        Doubtful{"zero_byte_in_the_target", 400, "GET /ec\0ho HTTP/1.1\r\nHost: a\r\n\r\n"s},
        Doubtful{"absolute_without_path", 400, "GET http://a?x=/echo HTTP/1.1\r\nHost: a\r\n\r\n"},
        Doubtful{"another_scheme", 400, "GET gopher://a/echo HTTP/1.1\r\nHost: a\r\n\r\n"},
        Doubtful{"authority_alone", 400, "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
        Doubtful{"bare_line_feeds_only", 400, "GET /echo HTTP/1.1\nHost: a\n\n"},
        Doubtful{"bare_line_feed_at_the_end", 400, "GET /echo HTTP/1.1\r\nHost: a\r\n\n"},
        Doubtful{"bare_return", 400, "GET /echo HTTP/1.1\rHost: a\r\r"},
        Doubtful{"space_before_the_first_field", 400, "GET /echo HTTP/1.1\r\n Host: a\r\n\r\n"},
        Doubtful{"field_without_a_name", 400, post + ": x\r\n\r\n"},
        Doubtful{"field_without_a_colon", 400, post + "Content-Length\r\n\r\n"},
        Doubtful{"control_in_a_name", 400, post + "X\x01Y: x\r\n\r\n"},
        Doubtful{"control_in_a_value", 400, post + "X: \x01\r\n\r\n"},
        Doubtful{"delete_in_a_value", 400, post + "X: \x7f\r\n\r\n"},
        Doubtful{"escape_in_a_value", 400, post + "X: \x1b[2J\r\n\r\n"},
        Doubtful{"only_a_line_feed_before", 400, "\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n"}
    ),
    [](const auto& row) { return row.param.name; }
);

INSTANTIATE_TEST_SUITE_P(
    Codings,
    HttpDesync,
    testing::Values(
        Doubtful{"gzip", 415, post + "Content-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n"},
        Doubtful{"deflate", 415, post + "Content-Encoding: deflate\r\nContent-Length: 9\r\n\r\n"},
        Doubtful{"brotli", 415, post + "Content-Encoding: br\r\nContent-Length: 9\r\n\r\n"},
        Doubtful{"twice", 415, post + "Content-Encoding: gzip, gzip\r\nContent-Length: 9\r\n\r\n"},
        Doubtful{"behind_identity", 415, post + "Content-Encoding: identity, gzip\r\n\r\n"},
        Doubtful{"in_chunks", 415, chunked + "Content-Encoding: gzip\r\n\r\n1\r\n"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(HttpFraming, TakesABodyThatIsEncodedAsItIs) {
  RawClient peer = client();

  peer.say(post + "Content-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello");

  EXPECT_EQ(body_of(peer.answer()), "POST /echo [hello]");
}

TEST_F(HttpFraming, TellsASenderOfCompressedBodiesWhatItMaySend) {
  const std::string answer =
      exchange(post + "Content-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n");

  EXPECT_NE(answer.find("Accept-Encoding: identity\r\n"), std::string::npos) << answer;
}

TEST_F(HttpFraming, EndsABodyWhereItsLengthSaysAndTakesTheRestForTheNextRequest) {
  RawClient peer = client();

  peer.say(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
      "GET /second HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"
      "POST /third HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok, and more than announced"
  );

  EXPECT_EQ(body_of(peer.answer()), "POST /echo [hello]");
  EXPECT_EQ(body_of(peer.answer()), "GET /second []");
  EXPECT_EQ(body_of(peer.answer()), "POST /third [ok]");
  const std::string last = peer.until_closed();
  EXPECT_EQ(status_of(last), 400U) << last;
  EXPECT_EQ(handler.handled, 3);
}

TEST_F(HttpFraming, TakesABodyThatLooksLikeRequestsForABody) {
  RawClient peer = client();
  const std::string body = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

  peer.say("GET /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" + body);
  peer.say("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(body_of(peer.answer()), "GET /echo [" + body + "]");
  EXPECT_EQ(body_of(peer.answer()), "GET /next []");
}

TEST_F(HttpFraming, ServesNothingBehindARequestThatItRefusedOrWasAskedToCloseAfter) {
  const std::string next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string too_long = exchange(post + "Content-Length: 1001\r\n\r\n" + next);
  EXPECT_EQ(status_of(too_long), 413U);
  EXPECT_EQ(handler.handled, 0);

  const std::string closed =
      exchange("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + next);
  EXPECT_EQ(body_of(closed), "GET /echo []");
  EXPECT_EQ(handler.handled, 1);

  const std::string old = exchange("GET /echo HTTP/1.0\r\n\r\n" + next);
  EXPECT_EQ(body_of(old), "GET /echo []");
  EXPECT_EQ(handler.handled, 2);
}

TEST_F(HttpFraming, AsksForTheHostsNameInTheAbsoluteFormToo) {
  EXPECT_EQ(status_for("GET http://a/echo HTTP/1.1\r\n\r\n"), 400U);
}

}  // namespace

}  // namespace rosterd::test
