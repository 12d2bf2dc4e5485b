#pragma once

#include "rosterd/base/task.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd {

/// One HTTP request as a handler sees it. Everything is a view into the connection's buffers and
/// lives until the handler's task has ended.
struct HttpRequest {
  std::string_view method;  ///< as sent, upper case for the standard ones
  std::string_view target;  ///< origin form, still percent-encoded: `/v1/events/hr?x=1`
  std::string_view body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;  ///< in the order sent
  bool over_tls = false;

  /// The first header of that name (RFC 9110: names ignore case).
  std::optional<std::string_view> header(std::string_view name) const;
  /// The header of that name where there is one, and not two.
  std::optional<std::string_view> single_header(std::string_view name) const;
  std::size_t count(std::string_view name) const;

  /// The target up to `?`.
  std::string_view path() const { return target.substr(0, target.find('?')); }
  /// The decoded value of a query parameter.
  std::optional<std::string> query(std::string_view name) const;
};

/// Deliberate misbehaviour, for the sandbox only: what a real peer and a real network do.
struct HttpFault {
  enum class Kind { none, reset, truncate, stall };
  Kind kind = Kind::none;
  std::chrono::milliseconds delay{0};  ///< before the answer, or before the reset
};

struct HttpResponse {
  HttpResponse() = default;
  explicit HttpResponse(unsigned status_code) : status(status_code) {}
  HttpResponse(unsigned status_code, std::string type, std::string text)
      : status(status_code), content_type(std::move(type)), body(std::move(text)) {}

  unsigned status = 200;
  std::string content_type;  ///< empty: no Content-Type header
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  HttpFault fault;
};

/// What a server asks for an answer. Called on the loop, concurrently for many connections (at each
/// `co_await`). A handler that throws gives its client a 500 and is logged once, by the server.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual Task<HttpResponse> handle(const HttpRequest& request) = 0;

  /// Asked once the header has been read and before the body is: an answer here is sent instead of
  /// reading the body, and the connection is closed.
  virtual std::optional<HttpResponse> refuse_early(const HttpRequest& header_only) {
    (void)header_only;
    return std::nullopt;
  }

  /// The body limit of this target in bytes; above it the server answers 413 by itself.
  virtual std::size_t body_bytes_max(std::string_view target) const = 0;

  /// What the server says for what never reaches a handler: 400, 408, 413, 415, 417, 431, 501, 503.
  virtual HttpResponse protocol_error(unsigned status) const { return HttpResponse{status}; }
};

/// Percent-decodes (RFC 3986); nothing when an escape is broken.
std::optional<std::string> percent_decoded(std::string_view text);
/// Percent-encodes everything but the unreserved characters of RFC 3986, so that a user id with `|`
/// and `/` is one path segment.
std::string percent_encoded(std::string_view text);

}  // namespace rosterd
