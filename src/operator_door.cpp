#include "operator_door.hpp"

#include "json_answer.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace rosterd {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t token_bytes_max = 4096;

bool reads(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

/// HOST of `HOST:PORT` and `[ADDRESS]:PORT`.
std::string_view host_of(std::string_view authority) {
  const std::size_t colon = authority.find(':', authority.rfind(']') + 1);
  return authority.substr(0, colon);
}

/// What this machine is called by those who reach its socket: tunnels, curl, and our commands.
bool names_this_machine(std::string_view authority) {
  const std::string host = lower_case(host_of(authority));
  if (host == "localhost" || host == "rosterd" || host == "[::1]") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

/// Whether a browser says that the request comes from a page of another place. The scheme does not
/// count: TLS may end in front of us.
bool is_of_other_page(const HttpRequest& request) {
  const auto origin = request.header("Origin");
  if (!origin) return false;
  const std::size_t scheme_end = origin->find("://");
  if (scheme_end == std::string_view::npos || request.count("Origin") > 1) return true;
  const std::string_view authority = origin->substr(scheme_end + 3);
  return !equal_ignoring_case(authority, request.header("Host").value_or(std::string_view{}));
}

bool is_json(const HttpRequest& request) {
  const std::string_view type = request.header("Content-Type").value_or(std::string_view{});
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json");
}

HttpResponse wrong_method(const std::string& allowed) {
  HttpResponse response = json_refusal(405, "say " + allowed);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

std::string media_type(std::string_view name) {
  static const std::map<std::string_view, const char*> types = {
      {"html", "text/html; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"svg", "image/svg+xml"},
  };
  const auto found = types.find(name.substr(name.rfind('.') + 1));
  return found == types.end() ? "application/octet-stream" : found->second;
}

/// What a browser is told not to do with any of it: no scripts but ours, no frames, no guessing of
/// types, no copies.
HttpResponse secured(HttpResponse response, bool may_be_kept) {
  auto& headers = response.headers;
  headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
      "object-src 'none'"
  );
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("X-Frame-Options", "DENY");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  headers.emplace_back("Cache-Control", may_be_kept ? "no-cache" : "no-store");
  return response;
}

Digest digest_of(const Crypto& crypto, const Secret& token) {
  return crypto.sha256(token.reveal());
}

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

OperatorDoor::OperatorDoor(Parts parts, const std::optional<Secret>& token)
    : parts_(std::move(parts)) {
  if (token) token_ = digest_of(parts_.crypto, *token);
}

void OperatorDoor::replace_token(const Secret& token) {
  if (token_) token_ = digest_of(parts_.crypto, token);
}

std::size_t OperatorDoor::body_bytes_max(std::string_view target) const {
  return parts_.actions.body_bytes_max(target);
}

HttpResponse OperatorDoor::protocol_error(unsigned status) const {
  return secured(parts_.actions.protocol_error(status), false);
}

OperatorDoor::Area OperatorDoor::area_of(std::string_view path) {
  if (path == "/healthz" || path == "/readyz") return Area::health;
  if (path == "/metrics") return Area::metrics;
  if (path == "/api" || path.starts_with("/api/")) return Area::api;
  return Area::page;
}

// Before the body is read: nobody who may not come in makes us keep a megabyte.
std::optional<HttpResponse> OperatorDoor::refuse_early(const HttpRequest& header_only) {
  auto refused = refusal(header_only);
  if (!refused) return std::nullopt;
  return secured(std::move(*refused), false);
}

Task<HttpResponse> OperatorDoor::handle(const HttpRequest& request) {
  if (auto refused = refuse_early(request)) co_return std::move(*refused);
  const Area area = area_of(request.path());
  if (area == Area::page) co_return secured(page_file(request.path()), true);
  HttpHandler* handler = &parts_.actions;
  if (area == Area::metrics) handler = &parts_.metrics;
  if (area == Area::api && reads(request)) handler = &parts_.reads;
  HttpResponse response = co_await handler->handle(request);
  // What the tenant said about our credentials is not for everybody who can ask for readiness.
  const bool is_open = area == Area::health && token_ && !has_token(request);
  if (is_open && response.status != 200) response.body = "not ready; the token shows why\n";
  co_return secured(std::move(response), false);
}

std::optional<HttpResponse> OperatorDoor::refusal(const HttpRequest& request) {
  const Area area = area_of(request.path());
  if (is_of_other_page(request)) {
    return json_refusal(403, "this request comes from a page of another origin");
  }
  if (area == Area::metrics || area == Area::api) {
    if (auto refused = refusal_of_stranger(request)) return refused;
  }
  return refusal_of_form(request, area);
}

std::optional<HttpResponse> OperatorDoor::refusal_of_stranger(const HttpRequest& request) {
  if (!token_) {
    if (names_this_machine(request.header("Host").value_or(std::string_view{}))) {
      return std::nullopt;
    }
    return json_refusal(
        403,
        "on this socket the host is localhost; for another name, listen on TCP with a token "
        "([operator] listen)"
    );
  }
  if (has_token(request)) return std::nullopt;
  const bool tried = request.header("Authorization").has_value();
  if (tried && may_tell()) {
    parts_.log.warning("a token of the operator was wrong; told once a minute");
  }
  HttpResponse response =
      json_refusal(401, tried ? "this is not the token" : "say Authorization: Bearer TOKEN");
  response.headers.emplace_back(
      "WWW-Authenticate",
      tried ? R"(Bearer realm="rosterd", error="invalid_token")" : R"(Bearer realm="rosterd")"
  );
  return response;
}

std::optional<HttpResponse> OperatorDoor::refusal_of_form(const HttpRequest& request, Area area) {
  if (reads(request)) return std::nullopt;
  if (area != Area::api) return wrong_method("GET");
  if (request.method != "POST") return wrong_method("GET, POST");
  if (is_json(request)) return std::nullopt;
  return json_refusal(415, "say Content-Type: application/json");
}

bool OperatorDoor::has_token(const HttpRequest& request) const {
  constexpr std::string_view scheme = "Bearer ";
  const auto said = request.header("Authorization");
  if (!said || request.count("Authorization") > 1 || said->size() > token_bytes_max) return false;
  if (!equal_ignoring_case(said->substr(0, scheme.size()), scheme)) return false;
  const Digest digest = parts_.crypto.sha256(trim(said->substr(scheme.size())));
  return parts_.crypto.equal_constant_time(bytes_of(digest), bytes_of(*token_));
}

HttpResponse OperatorDoor::page_file(std::string_view path) const {
  std::string_view wanted = path == "/" ? "/index.html" : path;
  if (wanted.starts_with('/')) wanted.remove_prefix(1);
  for (const PageFile& file : parts_.page) {
    if (file.name == wanted) {
      return HttpResponse(200, media_type(file.name), std::string(file.text));
    }
  }
  return json_refusal(404, "there is nothing here");
}

bool OperatorDoor::may_tell() {
  const Duration now = parts_.clock.monotonic();
  if (told_at_ && now - *told_at_ < 1min) return false;
  told_at_ = now;
  return true;
}

}  // namespace rosterd
