#include "adapters/http/request_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstring>
#include <functional>

namespace rosterd::http {

namespace beast_http = boost::beast::http;

namespace {

constexpr std::size_t room_after_header = 8 * 1024;
constexpr std::size_t large_body_step = 64 * 1024;
constexpr std::size_t chunk_extensions_max = 8 * 1024;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// ASCII only, as the parser sees it: a Kelvin sign is no `k` in "chunked".
bool same_token(std::string_view left, std::string_view right) {
  return boost::beast::iequals({left.data(), left.size()}, {right.data(), right.size()});
}

bool all_digits(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Beast joins a folded value, or skips an empty first line of it: either way the bytes between
// name and value, or the value itself, are then not one line of the buffer.
bool is_folded(std::string_view name, std::string_view value) {
  const char* const after_name = name.data() + name.size();
  const std::less<const char*> before;
  if (before(value.data(), after_name)) return true;
  constexpr std::size_t header_bytes_at_most = std::size_t{1} << 24U;
  const auto gap = static_cast<std::size_t>(value.data() - after_name);
  if (gap > header_bytes_at_most) return true;
  return std::memchr(after_name, '\r', gap) != nullptr;
}

bool has_control(std::string_view text) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; };
  return std::any_of(text.begin(), text.end(), is_control);
}

// `http://host/path` and `/path` are the same resource to us (RFC 9112, 3.2.2).
std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_token(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t slash = target.find('/', scheme.size());
    const std::size_t question = target.find('?');
    if (slash == std::string_view::npos) return question == std::string_view::npos ? "/" : "";
    return slash < question ? target.substr(slash) : "";
  }
  return target;
}

}  // namespace

void ReadBuffer::compact(std::size_t floor) {
  const std::size_t count = end_ - begin_;
  if (begin_ != floor && count > 0)
    std::memmove(bytes_.get() + floor, bytes_.get() + begin_, count);
  begin_ = floor;
  end_ = floor + count;
}

unsigned RequestParser::objection() const {
  if (objection_ != 0) return objection_;
  if (hosts_ > 1 || (hosts_ == 0 && version_ == 11)) return 400;
  return 0;
}

void RequestParser::refuse(unsigned status, Error& error) {
  objection_ = status;
  error = beast_http::error::bad_field;
}

void RequestParser::on_request_impl(
    boost::beast::http::verb, Text method, Text target, int version, Error& error
) {
  request_.method = view(method);
  request_.target = origin_form(view(target));
  version_ = version;
  const bool asterisk = request_.target == "*" && request_.method == "OPTIONS";
  if (!asterisk && !request_.target.starts_with('/')) refuse(400, error);
}

void RequestParser::on_field_impl(Field field, Text name, Text value, Error& error) {
  const std::string_view text = view(value);
  if (is_folded(view(name), text)) return refuse(400, error);
  if (header_done_) return;  // trailers: nobody signs or reads them
  if (field == Field::host) {
    ++hosts_;
  } else if (field == Field::content_length) {
    if (++lengths_ > 1 || !all_digits(text)) return refuse(400, error);
  } else if (field == Field::transfer_encoding) {
    if (version_ == 10) return refuse(400, error);
    if (!same_token(text, "chunked")) return refuse(501, error);
  } else if (field == Field::content_encoding) {
    // Nothing is ever unpacked here: a small body that grows is nobody's.
    if (!text.empty() && !same_token(text, "identity")) return refuse(415, error);
  } else if (field == Field::expect) {
    if (!same_token(text, "100-continue")) return refuse(417, error);
    expects_continue_ = true;
  }
  request_.headers.emplace_back(view(name), text);
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) {
  // Beast lets a quoted extension hold a line feed, where another reader's line ends.
  if (has_control(view(extensions))) return refuse(400, error);
  chunk_extensions_bytes_ += extensions.size();
  if (chunk_extensions_bytes_ > chunk_extensions_max) return refuse(400, error);
  if (size > chunked_bytes_max_ - chunked_body_.size()) refuse(413, error);
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text body, Error&) {
  chunked_body_.append(body.data(), body.size());
  return body.size();
}

RequestReader::RequestReader(std::size_t header_bytes_max, bool over_tls)
    : header_bytes_max_(header_bytes_max), buffer_(header_bytes_max + room_after_header) {
  request_.over_tls = over_tls;
  request_.headers.reserve(24);
}

void RequestReader::begin() {
  buffer_.compact(0);
  request_.method = {};
  request_.target = {};
  request_.body = {};
  request_.headers.clear();
  large_body_.clear();
  if (large_body_.capacity() > 2 * large_body_step) large_body_.shrink_to_fit();
  large_length_ = 0;
  large_received_ = 0;
  header_end_ = 0;
  problem_ = 0;
  parser_.emplace(request_, large_body_);
  parser_->header_limit(static_cast<std::uint32_t>(header_bytes_max_));
}

std::span<char> RequestReader::space() {
  if (large_length_ == 0) return buffer_.space();
  large_body_.resize(std::min(large_length_, large_received_ + large_body_step));
  return std::span<char>(large_body_).subspan(large_received_);
}

void RequestReader::commit(std::size_t count) {
  if (large_length_ == 0) {
    buffer_.commit(count);
  } else {
    large_received_ += count;
  }
}

Progress RequestReader::refuse(unsigned status) {
  problem_ = status;
  return Progress::refused;
}

Progress RequestReader::parse_header() {
  if (!parser_->got_some()) {
    // RFC 9112, 2.2: empty lines before a request are ignored.
    while (buffer_.unread().starts_with("\r\n")) buffer_.consume(2);
    if (buffer_.unread().empty() || buffer_.unread() == "\r") {
      return buffer_.filled() < header_bytes_max_ ? Progress::need_more : refuse(400);
    }
  }
  const std::string_view unread = buffer_.unread();
  boost::beast::error_code error;
  const asio::const_buffer bytes(unread.data(), unread.size());
  buffer_.consume(parser_->put(bytes, error));
  if (error == beast_http::error::need_more) {
    return buffer_.filled() < header_bytes_max_ ? Progress::need_more : refuse(431);
  }
  if (error == beast_http::error::header_limit) return refuse(431);
  if (error) return refuse(parser_->objection() != 0 ? parser_->objection() : 400);
  if (!parser_->is_header_done()) return Progress::need_more;
  return accept_header();
}

Progress RequestReader::accept_header() {
  header_end_ = buffer_.position();
  if (header_end_ > header_bytes_max_) return refuse(431);
  if (parser_->objection() != 0) return refuse(parser_->objection());
  return Progress::ready;
}

Progress RequestReader::limit_body(std::size_t bytes_max) {
  parser_->limit_chunks(bytes_max);
  const auto length = parser_->content_length();
  if (length && *length > bytes_max) return refuse(413);
  return Progress::ready;
}

Progress RequestReader::parse_body() {
  if (parser_->is_done()) return Progress::ready;
  if (parser_->chunked()) return parse_chunked_body();
  return parse_sized_body(static_cast<std::size_t>(*parser_->content_length()));
}

Progress RequestReader::parse_sized_body(std::size_t length) {
  const std::string_view unread = buffer_.unread();
  if (large_length_ == 0 && unread.size() >= length) {
    request_.body = unread.substr(0, length);
    buffer_.consume(length);
    return Progress::ready;
  }
  if (large_length_ == 0 && unread.size() + buffer_.space().size() < length) {
    large_body_.assign(unread);
    large_received_ = unread.size();
    large_length_ = length;
    buffer_.consume(unread.size());
  }
  if (large_length_ == 0 || large_received_ < large_length_) return Progress::need_more;
  request_.body = large_body_;
  return Progress::ready;
}

Progress RequestReader::parse_chunked_body() {
  boost::beast::error_code error;
  while (!error && !parser_->is_done()) {
    const std::string_view unread = buffer_.unread();
    const asio::const_buffer bytes(unread.data(), unread.size());
    buffer_.consume(parser_->put(bytes, error));
    if (!error && buffer_.unread().empty()) break;
  }
  if (error && error != beast_http::error::need_more) {
    return refuse(parser_->objection() != 0 ? parser_->objection() : 400);
  }
  if (parser_->is_done()) {
    request_.body = large_body_;
    return Progress::ready;
  }
  buffer_.compact(header_end_);
  return buffer_.space().empty() ? refuse(400) : Progress::need_more;
}

}  // namespace rosterd::http
