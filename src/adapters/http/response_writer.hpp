#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/ports/http.hpp"

#include <string>
#include <string_view>

namespace rosterd::http {

/// How one answer is framed, apart from what it says.
struct Framing {
  bool keep_alive = true;
  bool peer_is_http_1_0 = false;
  bool header_only = false;  ///< the answer to HEAD
  std::string_view date;     ///< as the Date field has it
};

/// Writes the status line and the fields over what `out` held. A body is announced when the status
/// allows one.
void write_header(std::string& out, const HttpResponse& response, const Framing& framing);

/// Whether the body goes out: not after HEAD, 204 or 304.
bool sends_body(const HttpResponse& response, const Framing& framing);

/// The Date field's text, made anew once a second.
class DateText {
 public:
  std::string_view at(Instant now);

 private:
  std::chrono::sys_seconds second_{std::chrono::seconds{-1}};
  std::string text_;
};

}  // namespace rosterd::http
