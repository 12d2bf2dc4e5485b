#pragma once

#include "rosterd/base/secret.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sandbox {

/// How often a fault happens: with a probability, at every n-th call, or both. Never by default.
struct FaultRate {
  double probability = 0;   ///< 0 to 1, decided by the sandbox's seed
  std::uint64_t every = 0;  ///< 3: the third call, the sixth …; 0: not by count
};

/// What the real tenant and the real network do to a client, on demand. Concerns the extension's
/// API (`/api/…` but not `/api/v2/…`), and the token endpoint when `token_endpoint` is set. At most
/// one fault happens to a call; the first that is due in the order below.
struct FaultPlan {
  std::chrono::milliseconds latency{0};  ///< before every call

  FaultRate reset_before;       ///< the connection is cut, nothing was done
  FaultRate too_many_requests;  ///< 429 with x-ratelimit-* headers, nothing was done
  FaultRate unauthorized;       ///< 401 for a token that is good, nothing was done
  FaultRate server_error;       ///< 500, 502 or 503, nothing was done
  FaultRate reset_after;        ///< it was done, then the connection is cut
  FaultRate stall;              ///< it was done, the answer comes after `stall_for`
  FaultRate truncate;           ///< it was done, the answer's body breaks off

  unsigned server_error_status = 0;                 ///< 0: any of the three, by seed
  std::chrono::seconds ratelimit_reset{1};          ///< x-ratelimit-reset lies this far ahead
  std::optional<std::chrono::seconds> retry_after;  ///< also sent with a 429 when set
  std::chrono::milliseconds stall_for{30'000};
  bool only_mutating = false;          ///< spare the reads
  bool token_endpoint = false;         ///< `/oauth/token`, too
  std::optional<std::uint64_t> times;  ///< then no more; nothing: for ever
};

/// A connection of the tenant; its strategy is the prefix of its users' ids.
struct Connection {
  std::string id;
  std::string name;
  std::string strategy;
};

/// An account of the tenant. Empty fields are made up: the name is the e-mail, the nickname its
/// local part, the connection the first whose strategy is the id's prefix.
struct User {
  std::string user_id;
  std::string email;
  std::string name;
  std::string nickname;
  std::string connection;
};

/// Who may ask for tokens. No scopes: all of them.
struct Client {
  std::string id;
  Secret secret;
  std::vector<std::string> scopes;
};

/// What `rosterd sandbox` can be told.
struct Options {
  /// The address of this sandbox as its clients write it, ending in `/`: the issuer of its tokens.
  /// While empty, tokens name the Host they were asked at and any issuer is accepted.
  std::string issuer;
  std::string audience = "urn:auth0-authz-api";
  std::chrono::seconds token_lifetime{86'400};
  std::vector<Client> clients;  ///< none: any client id with any secret

  /// As in the original: membership and role calls write back a copy that they read earlier, so
  /// that concurrent ones overwrite each other and are answered 204 all the same.
  bool lossy = true;
  /// How long a lossy call sits on its copy at least.
  std::chrono::milliseconds race_window{2};

  /// Read at start when it exists, and written (whole and atomically) shortly after a change: the
  /// shape of the extension's export, with `users` beside it.
  std::optional<std::filesystem::path> state_file;
  std::size_t storage_bytes_max = 0;  ///< writes beyond it answer 500; 0: no limit (real: 500 KB)
  /// A user search shows no more than this many results, whatever the page; 0: no limit (real:
  /// 1000)
  std::size_t search_results_max = 0;

  /// None: `Username-Password-Authentication`, `google-oauth2`, `corp` (waad).
  std::vector<Connection> connections;
  FaultPlan faults;
  std::uint64_t seed = 0;  ///< of ids and faults; 0: different every time
};

}  // namespace rosterd::sandbox
