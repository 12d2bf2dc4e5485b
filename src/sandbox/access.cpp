#include "rosterd/base/text.hpp"
#include "sandbox/answers.hpp"
#include "sandbox/router.hpp"

#include <algorithm>

namespace rosterd::sandbox {

namespace {

std::optional<std::string_view> bearer(const HttpRequest& request) {
  const auto header = request.header("authorization");
  if (!header) return std::nullopt;
  const std::size_t space = header->find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  if (!equal_ignoring_case(header->substr(0, space), "Bearer")) return std::nullopt;
  return trim(header->substr(space + 1));
}

HttpResponse unauthorized(std::string_view message) {
  HttpResponse response = failed(401, message);
  response.headers.emplace_back("www-authenticate", "Token");
  return response;
}

bool expired(const Json& claims, Instant now) {
  const Json* expiry = member(claims, "exp");
  if (!expiry || !expiry->is_number()) return false;
  const auto seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
  return expiry->get<double>() <= seconds;
}

/// Signed here, from here, and not past its time.
bool is_ours(Tenant& tenant, std::string_view token, const Json& claims) {
  const std::string& issuer = tenant.options.issuer;
  if (!issuer.empty() && !has_text(claims, "iss", issuer)) return false;
  return !expired(claims, tenant.clock.now()) && tenant.tokens.signed_by_us(token);
}

bool is_for_the_extension(Tenant& tenant, const Json& claims) {
  const std::string& audience = tenant.options.audience;
  if (!has_text(claims, "aud", audience) && !lists(claims, "aud", audience)) return false;
  const std::string* subject = text_of(claims, "sub");
  if (!subject || !subject->ends_with("@clients")) return false;
  return !member(claims, "gty") || has_text(claims, "gty", "client-credentials");
}

bool has_api_key(Tenant& tenant, const HttpRequest& request) {
  const auto key = request.header("x-api-key");
  const Json& configuration = tenant.storage.all("configuration");
  if (!key || key->empty() || configuration.empty()) return false;
  return has_text(configuration.front(), "apikey", *key);
}

}  // namespace

std::optional<HttpResponse> refuse_token(
    Tenant& tenant, const HttpRequest& request, Access access
) {
  if (access == Access::open) return std::nullopt;
  const auto token = bearer(request);
  const auto decoded = token ? TokenIssuer::decode(*token) : std::nullopt;
  if (access == Access::management) {
    if (!token) return std::nullopt;
    if (decoded && is_ours(tenant, *token, decoded->claims)) return std::nullopt;
    return management_error(401, "Invalid token", "");
  }
  if (!decoded) {
    if (access != Access::token_or_key) return unauthorized("Missing authentication");
    if (has_api_key(tenant, request)) return std::nullopt;
    return failed(401, "Invalid API Key");
  }
  const Json& claims = decoded->claims;
  if (is_ours(tenant, *token, claims) && is_for_the_extension(tenant, claims)) return std::nullopt;
  return failed(401, "Invalid credentials");
}

std::string client_of(const HttpRequest& request) {
  const auto token = bearer(request);
  const auto decoded = token ? TokenIssuer::decode(*token) : std::nullopt;
  const std::string* client = decoded ? text_of(decoded->claims, "azp") : nullptr;
  return client ? *client : std::string();
}

std::optional<HttpResponse> refuse_scope(
    Tenant&, const HttpRequest& request, std::string_view scope
) {
  if (scope.empty()) return std::nullopt;
  const auto token = bearer(request);
  const auto decoded = token ? TokenIssuer::decode(*token) : std::nullopt;
  const std::string* granted = decoded ? text_of(decoded->claims, "scope") : nullptr;
  std::string_view rest = granted ? std::string_view(*granted) : std::string_view();
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    if (one == scope) return std::nullopt;
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  return failed(403, "Insufficient scope");
}

}  // namespace rosterd::sandbox
