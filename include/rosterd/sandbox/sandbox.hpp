#pragma once

#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/http.hpp"
#include "rosterd/sandbox/options.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::sandbox {

/// A tenant with the Authorization Extension, in one process and on one port: what version 2.13.7
/// answers under `/api`, to the status code and the error text, its silent loss of concurrent
/// writes included; the tenant's `/oauth/token`, `/.well-known/jwks.json` and the part of the
/// Management API that is about users under `/api/v2` (a bearer token of this sandbox, whatever its
/// audience, or none at all: a convenience for tests).
///
/// Three things the original does not have: `GET /sandbox/stats` (calls by route, lost writes,
/// those that each client could notice, how many mutating calls were in flight at most), `GET|POST
/// /sandbox/faults` (the fault plan in force, or another), `POST /sandbox/reset` (everything as at
/// the start but without the state file; `?only=stats` just the counters), `POST /sandbox/users`
/// (many users at once).
///
/// An `HttpHandler` for whatever server: used from its loop's one thread. Owned by whoever
/// composes; must outlive the server's connections. Throws when the state file cannot be read or is
/// not JSON; a state file that cannot be written throws out of the loop.
class Sandbox final : public HttpHandler {
 public:
  Sandbox(Options options, const Clock& clock);
  ~Sandbox() override;

  Task<HttpResponse> handle(const HttpRequest& request) override;
  /// The extension looks at the token before the body: an over-long body with a bad token is a 401.
  std::optional<HttpResponse> refuse_early(const HttpRequest& header_only) override;
  std::size_t body_bytes_max(std::string_view target) const override;
  HttpResponse protocol_error(unsigned status) const override;

  /// For when the port is known only after binding. Tokens issued earlier are void.
  void set_issuer(std::string issuer);
  void set_faults(const FaultPlan& plan);

  void seed_users(const std::vector<User>& users);
  /// The storage as `GET /api/configuration/export` answers it.
  std::string export_json() const;
  /// Replaces the storage by a state in the form of the state file, whose `users` are added to the
  /// accounts. Throws `std::invalid_argument` when it is none.
  void import_json(std::string_view text);
  /// Writes the state file now, when there is one and something has changed.
  void save_state();

  /// Assignments that were answered 204 and then overwritten by a stale copy.
  std::uint64_t lost_writes() const;

  /// Those that a client could notice: assignments whose change was acknowledged to this client
  /// and that were otherwise when it next read all groups, or all roles. That is what a client that
  /// reads back can count itself, in the same unit: one assignment (account and group, or account
  /// and role), once for each reading that showed it undone.
  ///
  /// So it does not count: what was undone after it had been read back (drift); what another stale
  /// copy has put right before the client looked; what the client was never told (an answer cut
  /// off or stalled, a status that is no 2xx); what the client has not read yet. It does count what
  /// somebody undid on purpose between the answer and the reading: a client cannot tell. A client
  /// is a `client_id`, with all its tokens and connections.
  std::uint64_t lost_writes_of(const std::string& client_id) const;
  /// The most mutating calls to the extension that were ever in flight together.
  unsigned mutating_calls_max() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A small company in the shape of a state file, to try things on: groups, roles and permissions,
/// and the accounts of a dozen people who are not in any group yet.
std::string demo_state_json();

}  // namespace rosterd::sandbox
