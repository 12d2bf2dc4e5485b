#include "sandbox/answers.hpp"
#include "sandbox/router.hpp"

#include <algorithm>

namespace rosterd::sandbox {

namespace {

constexpr std::string_view extension_scopes =
    "read:users read:applications read:connections read:configuration update:configuration "
    "read:groups create:groups update:groups delete:groups read:roles create:roles update:roles "
    "delete:roles read:permissions create:permissions update:permissions delete:permissions "
    "read:resource-server create:resource-server update:resource-server delete:resource-server";
constexpr std::string_view management_scopes =
    "read:users create:users update:users delete:users read:connections read:clients";

HttpResponse refused(unsigned status, std::string_view error, std::string_view description) {
  Json body = Json::object();
  body["error"] = error;
  body["error_description"] = description;
  return ok(body, status);
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (!word.empty()) result.emplace_back(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return result;
}

/// The scopes of a token: what there is, cut to what the client may have and to what it asked for.
std::string granted(std::string_view all, const Client* client, const std::string& asked) {
  const std::vector<std::string> wanted = words(asked);
  const auto among = [](const std::vector<std::string>& some, const std::string& scope) {
    return some.empty() || std::find(some.begin(), some.end(), scope) != some.end();
  };
  std::string result;
  for (const std::string& scope : words(all)) {
    if (client && !among(client->scopes, scope)) continue;
    if (!among(wanted, scope)) continue;
    result += (result.empty() ? "" : " ") + scope;
  }
  return result;
}

std::string issuer_for(const Tenant& tenant, const HttpRequest& request) {
  if (!tenant.options.issuer.empty()) return tenant.options.issuer;
  const std::string scheme = request.over_tls ? "https://" : "http://";
  return scheme + std::string(request.header("host").value_or("localhost")) + "/";
}

struct Grant {
  std::string issuer;
  std::string client_id;
  std::string audience;
  std::string scope;
};

HttpResponse issue(Tenant& tenant, const Grant& grant) {
  const auto now = std::chrono::floor<std::chrono::seconds>(tenant.clock.now());
  const std::int64_t issued_at = now.time_since_epoch().count();
  const std::int64_t lifetime = tenant.options.token_lifetime.count();
  Json claims = Json::object();
  claims["iss"] = grant.issuer;
  claims["sub"] = grant.client_id + "@clients";
  claims["aud"] = grant.audience;
  claims["iat"] = issued_at;
  claims["exp"] = issued_at + lifetime;
  claims["azp"] = grant.client_id;
  claims["scope"] = grant.scope;
  claims["gty"] = "client-credentials";

  Json answer = Json::object();
  answer["access_token"] = tenant.tokens.sign(claims);
  answer["scope"] = grant.scope;
  answer["expires_in"] = lifetime;
  answer["token_type"] = "Bearer";
  ++tenant.stats.tokens_issued;
  return ok(answer);
}

HttpResponse exchange(Tenant& tenant, Call& call) {
  if (!call.payload.is_object()) return refused(400, "invalid_request", "A body is required");
  const auto given = [&](const char* name) {
    const std::string* text = text_of(call.payload, name);
    return text ? *text : std::string();
  };
  if (given("grant_type").empty()) {
    return refused(400, "invalid_request", "Missing required parameter: grant_type");
  }
  if (given("grant_type") != "client_credentials") {
    return refused(403, "unsupported_grant_type", "Unsupported grant type: " + given("grant_type"));
  }
  Grant grant;
  grant.client_id = given("client_id");
  const std::string secret = given("client_secret");
  const auto& clients = tenant.options.clients;
  const auto client = std::find_if(clients.begin(), clients.end(), [&](const Client& known) {
    return known.id == grant.client_id && known.secret.reveal() == secret;
  });
  const bool known =
      clients.empty() ? !grant.client_id.empty() && !secret.empty() : client != clients.end();
  if (!known) return refused(401, "access_denied", "Unauthorized");

  grant.audience = given("audience");
  const bool management = grant.audience.ends_with("/api/v2/");
  if (grant.audience != tenant.options.audience && !management) {
    return refused(403, "access_denied", "Service not enabled within domain: " + grant.audience);
  }
  grant.issuer = issuer_for(tenant, call.request);
  grant.scope = granted(
      management ? management_scopes : extension_scopes,
      management || client == clients.end() ? nullptr : &*client,
      given("scope")
  );
  return issue(tenant, grant);
}

HttpResponse show_keys(Tenant& tenant, Call&) {
  return ok(tenant.tokens.key_set());
}

}  // namespace

Routes token_routes() {
  return {
      {.method = "POST", .pattern = "/oauth/token", .answer = exchange, .access = Access::open},
      {.method = "GET",
       .pattern = "/.well-known/jwks.json",
       .answer = show_keys,
       .access = Access::open}};
}

}  // namespace rosterd::sandbox
