#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/base/secret.hpp"
#include "rosterd/config.hpp"
#include "rosterd/domain/breaker.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/log.hpp"
#include "rosterd/ports/target.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::extension {

class Caller;

/// What was called how often, since the start. For metrics.
struct Statistics {
  using OperationAndCode = std::pair<std::string, int>;

  /// `{"add_members", 204}` → times. The code is the HTTP status, 0 when no answer came; a call
  /// that was repeated counts each time it was sent. The token endpoint is the operation `token`.
  std::map<OperationAndCode, std::uint64_t> calls;
  Duration last_latency{0};  ///< of the last call that was answered, waiting its turn left out
};

/// Why nothing is sent at the moment, other than an open breaker: credentials, scopes, certificate.
struct Pause {
  std::string reason;  ///< for people
  Instant until{};     ///< the next call after this is a probe
};

/// The Authorization Extension over HTTPS (extension-api.md).
///
/// Owned by the composition root; lives on one loop with one thread; destroy it when no call is
/// under way. One kept-alive connection, one call in flight at all, first come first served, so
/// that no two mutating calls ever meet. A cancelled call leaves the queue, or closes the
/// connection, and throws `operation_aborted`; everything else that goes wrong is a `TargetError`.
///
/// A call waits for the pace when that is a matter of seconds; when the peer asked for more, the
/// breaker is open, or the target is paused, it fails at once with `paused` and `retry_at`.
/// A read is repeated once, at once, when a kept-alive connection turns out to be dead; a mutating
/// call only if not a byte of it was written. After a 401 the token is renewed and the call
/// repeated once: it had no effect.
///
/// TLS 1.2 or newer, certificate and host name verified, no way around it. Plain `http://` is for
/// loopback hosts (the sandbox) alone. Redirects are not followed.
class Client : public Target, public Accounts, public Structure, public Access, public Storage {
 public:
  /// Throws `std::invalid_argument`, with what would be right, when an address, a proxy or the
  /// authority's file cannot be used. Connects to nobody yet.
  Client(asio::any_io_executor executor, const TargetConfig& config, const Clock& clock, Log& log);
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// A token and one small read: whether the target can be used now.
  Task<Answer<Acknowledged>> probe();

  /// Other credentials from now on: the token is forgotten and a pause ends.
  void reload_credentials(std::string client_id, Secret client_secret);

  const Statistics& statistics() const;
  Breaker::State breaker_state() const;
  double calls_per_second() const;     ///< the pace at the moment
  std::optional<Pause> pause() const;  ///< nothing: calls are made

  /// What the last token may do, as the token endpoint said; nothing: no token yet, or it did not
  /// say.
  std::optional<std::vector<std::string>> token_scopes() const;

  // Target
  Task<Answer<std::vector<TenantGroup>>> groups() override;
  Task<Answer<std::vector<TenantRole>>> roles() override;
  Task<Answer<Acknowledged>> add_members(EntitlementId group, std::vector<AccountId> accounts)
      override;
  Task<Answer<Acknowledged>> remove_members(EntitlementId group, std::vector<AccountId> accounts)
      override;
  Task<Answer<Acknowledged>> add_roles(AccountId account, std::vector<EntitlementId> roles)
      override;
  Task<Answer<Acknowledged>> remove_roles(AccountId account, std::vector<EntitlementId> roles)
      override;
  std::size_t body_bytes_max() const override;

  // Accounts
  Task<Answer<std::optional<TenantUser>>> user(AccountId account) override;
  Task<Answer<std::vector<TenantUser>>> users_with_email(std::string email) override;
  Task<Answer<Page>> users_page(std::size_t page) override;

  // Structure
  Task<Answer<std::vector<TenantPermission>>> permissions() override;
  Task<Answer<EntitlementId>> create_group(std::string name, std::string description) override;
  Task<Answer<Acknowledged>> update_group(TenantGroup group) override;
  Task<Answer<EntitlementId>> create_role(TenantRole role) override;
  Task<Answer<Acknowledged>> update_role(TenantRole role) override;
  Task<Answer<std::string>> create_permission(TenantPermission permission) override;
  Task<Answer<Acknowledged>> update_permission(TenantPermission permission) override;
  Task<Answer<Acknowledged>> attach_roles(EntitlementId group, std::vector<EntitlementId> roles)
      override;
  Task<Answer<Acknowledged>> nest_groups(EntitlementId group, std::vector<EntitlementId> nested)
      override;

  // Access
  Task<Answer<EffectiveAccess>> effective(
      AccountId account, std::string application, std::string connection
  ) override;

  // Storage
  Task<Answer<StorageUse>> storage() override;

 private:
  std::size_t body_bytes_max_;
  std::unique_ptr<Caller> caller_;
};

}  // namespace rosterd::extension
