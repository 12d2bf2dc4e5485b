#pragma once

#include "adapters/http/connection.hpp"
#include "fuzzing.hpp"
#include "rosterd/ports/http.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::fuzz {

/// Between the server and a handler: remembers what was asked, and that no handler ever throws.
class Witness : public HttpHandler {
 public:
  explicit Witness(HttpHandler& handler) : handler_(handler) {}

  Task<HttpResponse> handle(const HttpRequest& request) override;
  std::optional<HttpResponse> refuse_early(const HttpRequest& header_only) override {
    return handler_.refuse_early(header_only);
  }
  std::size_t body_bytes_max(std::string_view target) const override {
    return handler_.body_bytes_max(target);
  }
  HttpResponse protocol_error(unsigned status) const override {
    return handler_.protocol_error(status);
  }

  /// `GET /path?query`, and the body, of each request that was handled.
  const std::vector<std::string>& asked() const { return asked_; }
  /// Which of them are answered without a body.
  const std::vector<bool>& bodiless() const { return bodiless_; }

 private:
  HttpHandler& handler_;
  std::vector<std::string> asked_;
  std::vector<bool> bodiless_;
};

/// What a connection of the real server, over a pair of sockets, answers to bytes that come in
/// pieces; whole, except for any `100 Continue`.
std::string answers_to(
    asio::io_context& loop,
    const std::shared_ptr<http::Hub>& hub,
    std::string_view bytes,
    Choices piece_bytes,
    bool in_pieces
);

/// Answers one after another.
struct Answers {
  std::vector<std::string> texts;  ///< to what was handled
  std::vector<unsigned> statuses;  ///< of these
  unsigned refusal = 0;            ///< of what was not handled, which comes last; 0: there is none
};

/// Ends the process where they are not HTTP, or more or fewer than there were requests and one
/// refusal.
Answers answers_in(std::string_view answers, const Witness& witness);

/// The size of the pieces makes no difference to the answers.
///
/// A header is looked at once when its first bytes arrive, and then when it is whole: so what comes
/// in pieces may be refused for its length, or not at all when its end never comes, where the same
/// in one piece is refused for what is wrong with it.
void require_same(const Answers& in_one_piece, const Answers& in_pieces);

}  // namespace rosterd::fuzz
