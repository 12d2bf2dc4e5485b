#pragma once

#include "rosterd/ports/http.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rosterd::http {

/// A fixed piece of memory that bytes come into at the end and are consumed from the front of.
/// Consumed bytes stay where they are until `compact`, so views into them live until then.
class ReadBuffer {
 public:
  explicit ReadBuffer(std::size_t capacity)
      : bytes_(std::make_unique_for_overwrite<char[]>(capacity)), capacity_(capacity) {}

  std::string_view unread() const { return {bytes_.get() + begin_, end_ - begin_}; }
  std::span<char> space() { return {bytes_.get() + end_, capacity_ - end_}; }
  std::size_t position() const { return begin_; }
  std::size_t filled() const { return end_; }

  void commit(std::size_t count) { end_ += count; }
  void consume(std::size_t count) { begin_ += count; }
  /// Moves what is unread down to offset `floor`.
  void compact(std::size_t floor);

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// Beast's parser, filling a request with views. Beast finds the tokens and the chunks; what it
/// tolerates and a receiver of signed requests should not, is refused here.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  RequestParser(HttpRequest& request, std::string& chunked_body)
      : request_(request), chunked_body_(chunked_body) {
    body_limit(boost::none);
  }

  void limit_chunks(std::size_t bytes_max) { chunked_bytes_max_ = bytes_max; }

  /// The status that the header deserves; 0 when there is nothing to object to.
  unsigned objection() const;
  bool expects_continue() const { return expects_continue_ && version_ == 11; }
  bool is_http_1_0() const { return version_ == 10; }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;
  using Field = boost::beast::http::field;

  void on_request_impl(
      boost::beast::http::verb, Text method, Text target, int version, Error& error
  ) override;
  void on_response_impl(int, Text, int, Error&) override {}
  void on_field_impl(Field field, Text name, Text value, Error& error) override;
  void on_header_impl(Error&) override { header_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(Text body, Error&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remaining, Text body, Error& error) override;
  void on_finish_impl(Error&) override {}

  void refuse(unsigned status, Error& error);

  HttpRequest& request_;
  std::string& chunked_body_;
  std::size_t chunked_bytes_max_ = 0;
  std::size_t chunk_extensions_bytes_ = 0;
  unsigned objection_ = 0;
  int version_ = 11;
  unsigned hosts_ = 0;
  unsigned lengths_ = 0;
  bool expects_continue_ = false;
  bool header_done_ = false;
};

enum class Progress { need_more, ready, refused };

/// Turns the bytes of one connection into requests, one after another. Does no I/O: whoever has
/// bytes puts them into `space()`, says `commit`, and asks again.
///
/// Header fields are views into the read buffer, and so is a body that arrived with them; a larger
/// body has a string that the connection reuses.
class RequestReader {
 public:
  RequestReader(std::size_t header_bytes_max, bool over_tls);

  /// Forgets the request before, and keeps what came in after it.
  void begin();

  std::span<char> space();
  void commit(std::size_t count);

  Progress parse_header();
  /// Once the header is ready: whether a body of this length may come at all.
  Progress limit_body(std::size_t bytes_max);
  Progress parse_body();

  const HttpRequest& request() const { return request_; }
  /// The status to refuse with.
  unsigned problem() const { return problem_; }
  bool keep_alive() const { return parser_->keep_alive(); }
  bool is_http_1_0() const { return parser_->is_http_1_0(); }
  bool expects_continue() const { return parser_->expects_continue(); }
  /// Whether more has arrived than this request.
  bool has_unread() const { return !buffer_.unread().empty(); }

 private:
  Progress refuse(unsigned status);
  Progress accept_header();
  Progress parse_sized_body(std::size_t length);
  Progress parse_chunked_body();

  std::size_t header_bytes_max_;
  ReadBuffer buffer_;
  HttpRequest request_;
  std::string large_body_;
  std::optional<RequestParser> parser_;
  std::size_t header_end_ = 0;
  std::size_t large_length_ = 0;  ///< of the body that is being read into `large_body_`
  std::size_t large_received_ = 0;
  unsigned problem_ = 0;
};

}  // namespace rosterd::http
