#pragma once

#include "rosterd/ports/http.hpp"
#include "sandbox/tenant.hpp"
#include "sandbox/validation.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::sandbox {

/// One request on its way through a route, checked. Lives until the route has answered.
struct Call {
  const HttpRequest& request;
  std::vector<std::string> params;  ///< of the path, decoded, in order
  Json query;
  Json payload;
  std::vector<ListChange> done = {};  ///< so far

  const std::string& id() const { return params.front(); }
};

enum class Access {
  token,         ///< a token for the extension's API
  token_or_key,  ///< that, or the API key of the login rule
  management,    ///< any token of this tenant, or none
  open
};

/// A method and path, what it demands, and who answers: `answer` at once, or `work` in its time.
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< `{id:guid}` is a segment that must be a GUID, `{id}` any
  std::string_view scope = {};
  HttpResponse (*answer)(Tenant&, Call&) = nullptr;
  Task<HttpResponse> (*work)(Tenant&, Call&) = nullptr;
  Payload payload = {};
  std::optional<Fields> query = {};  ///< nothing: anything goes
  Access access = Access::token;
  bool mutating = false;  ///< changes the extension's storage
};
using Routes = std::vector<Route>;

Routes group_routes();
Routes group_member_routes();
Routes group_part_routes();
Routes role_routes();
Routes permission_routes();
Routes user_routes();
Routes configuration_routes();
Routes management_routes();
Routes token_routes();
Routes control_routes();

/// Finds the route of a request.
class Router {
 public:
  Router();

  struct Match {
    const Route* route = nullptr;
    std::vector<std::string> params;
    bool malformed = false;  ///< a broken escape in the path
  };
  Match find(std::string_view method, std::string_view path) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;
  };
  std::vector<Entry> entries_;
};

/// The name of a path segment that must be a GUID, by position among the parameters; empty if any
/// text will do.
std::vector<std::string> guid_params(std::string_view pattern);

/// The authentication and the scope, as the original checks them: an answer when refused.
std::optional<HttpResponse> refuse_token(Tenant& tenant, const HttpRequest& request, Access access);
std::optional<HttpResponse> refuse_scope(
    Tenant& tenant, const HttpRequest& request, std::string_view scope
);
/// The `client_id` that the request's token was issued to; empty without one.
std::string client_of(const HttpRequest& request);

}  // namespace rosterd::sandbox
