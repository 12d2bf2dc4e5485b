#pragma once

#include "page_files.hpp"
#include "rosterd/base/hash.hpp"
#include "rosterd/base/secret.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/crypto.hpp"
#include "rosterd/ports/http.hpp"
#include "rosterd/ports/log.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd {

/// Who may come in to the operator, and where they go; one for each listener.
///
///     GET  /healthz, /readyz   everybody; with the token, what is not ready
///     GET  / and page files    everybody: they are the program's own, and hold nothing
///     GET  /metrics, /api/…    with the token, where there is one
///     POST /api/…              the same
///
/// On a Unix socket its file's mode is the permission, and no token is asked for. A browser may
/// still get there, through a tunnel: so a request must name this machine as its host there, which
/// a stranger's page that found a way to our address cannot. Everywhere, a request with the Origin
/// of another page is refused, and a POST that is not JSON, which a stranger's form could send.
class OperatorDoor : public HttpHandler {
 public:
  struct Parts {
    HttpHandler& actions;  ///< /healthz, /readyz and POST
    HttpHandler& reads;    ///< GET /api/…
    HttpHandler& metrics;
    std::vector<PageFile> page;
    const Crypto& crypto;
    const Clock& clock;
    Log& log;
  };
  /// `token`: what is asked for; nothing: whoever reaches the listener may.
  OperatorDoor(Parts parts, const std::optional<Secret>& token);

  /// Another one from now on; where none is asked for, none is.
  void replace_token(const Secret& token);

  Task<HttpResponse> handle(const HttpRequest& request) override;
  std::optional<HttpResponse> refuse_early(const HttpRequest& header_only) override;
  std::size_t body_bytes_max(std::string_view target) const override;
  HttpResponse protocol_error(unsigned status) const override;

 private:
  enum class Area { health, page, metrics, api };

  static Area area_of(std::string_view path);
  std::optional<HttpResponse> refusal(const HttpRequest& request);
  std::optional<HttpResponse> refusal_of_stranger(const HttpRequest& request);
  static std::optional<HttpResponse> refusal_of_form(const HttpRequest& request, Area area);
  bool has_token(const HttpRequest& request) const;
  HttpResponse page_file(std::string_view path) const;
  bool may_tell();

  Parts parts_;
  std::optional<Digest> token_;  // its digest, so that comparing tells nothing of its length
  std::optional<Duration> told_at_;
};

}  // namespace rosterd
