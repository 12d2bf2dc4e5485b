#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/base/result.hpp"
#include "rosterd/base/task.hpp"
#include "rosterd/domain/outcome.hpp"
#include "rosterd/domain/residual.hpp"
#include "rosterd/domain/tenant.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rosterd {

/// Why a call to the tenant gave no answer that can be used.
struct TargetError {
  TargetError() = default;
  TargetError(ErrorClass c, int http_status, std::string what)
      : error(c), status(http_status), text(std::move(what)) {}

  ErrorClass error = ErrorClass::transient;
  int status = 0;    ///< 0: no HTTP answer
  std::string text;  ///< what happened, with the answer's body; at most 4 KiB; no token
  std::optional<Instant> retry_at;  ///< what the peer asked for, or when the breaker reopens
};

template <class T>
using Answer = Result<T, TargetError>;

/// A mutating call was answered with success. What it did is known only after reading back.
struct Acknowledged {
  Acknowledged() = default;
  explicit Acknowledged(int http_status) : status(http_status) {}
  int status = 204;
};

/// The tenant's groups and roles (extension-api.md). Called on the loop. At most one mutating call
/// is in flight, ever, whoever calls: the adapter queues. Every call is paced, has time limits, and
/// gives expected failures as values; `paused` when the breaker is open or the target is paused.
/// A call whose outcome is unknown is not repeated by the adapter.
class Target {
 public:
  virtual ~Target() = default;

  virtual Task<Answer<std::vector<TenantGroup>>> groups() = 0;
  virtual Task<Answer<std::vector<TenantRole>>> roles() = 0;

  virtual Task<Answer<Acknowledged>> add_members(
      EntitlementId group, std::vector<AccountId> accounts
  ) = 0;
  /// Absent members are ignored. The 500 of a group that never had a member is an error like any
  /// other here; the caller reads and decides.
  virtual Task<Answer<Acknowledged>> remove_members(
      EntitlementId group, std::vector<AccountId> accounts
  ) = 0;
  virtual Task<Answer<Acknowledged>> add_roles(
      AccountId account, std::vector<EntitlementId> roles
  ) = 0;
  virtual Task<Answer<Acknowledged>> remove_roles(
      AccountId account, std::vector<EntitlementId> roles
  ) = 0;

  /// The most bytes of a body; what `operations()` cuts to.
  virtual std::size_t body_bytes_max() const = 0;
};

/// Looking accounts up in the tenant. Same conduct as `Target`.
class Accounts {
 public:
  virtual ~Accounts() = default;

  /// Nothing: the tenant has no such user.
  virtual Task<Answer<std::optional<TenantUser>>> user(AccountId account) = 0;

  /// All users with that e-mail address (ignoring case), of any connection.
  virtual Task<Answer<std::vector<TenantUser>>> users_with_email(std::string email) = 0;

  struct Page {
    std::vector<TenantUser> users;
    std::size_t total = 0;
  };
  /// Everybody, 100 at a time; `page` counts from 1.
  virtual Task<Answer<Page>> users_page(std::size_t page) = 0;
};

/// Groups, roles and permissions themselves: made and completed, never deleted. Same conduct.
class Structure {
 public:
  virtual ~Structure() = default;

  virtual Task<Answer<std::vector<TenantPermission>>> permissions() = 0;
  virtual Task<Answer<EntitlementId>> create_group(std::string name, std::string description) = 0;
  virtual Task<Answer<Acknowledged>> update_group(TenantGroup group) = 0;
  virtual Task<Answer<EntitlementId>> create_role(TenantRole role) = 0;
  virtual Task<Answer<Acknowledged>> update_role(TenantRole role) = 0;
  virtual Task<Answer<std::string>> create_permission(TenantPermission permission) = 0;
  virtual Task<Answer<Acknowledged>> update_permission(TenantPermission permission) = 0;
  virtual Task<Answer<Acknowledged>> attach_roles(
      EntitlementId group, std::vector<EntitlementId> roles
  ) = 0;
  virtual Task<Answer<Acknowledged>> nest_groups(
      EntitlementId group, std::vector<EntitlementId> nested
  ) = 0;
};

/// Answers "what may this account do?". Same conduct as `Target`.
class Access {
 public:
  virtual ~Access() = default;

  /// `application`: a client id; empty: groups and roles only. `connection` is the user's own.
  virtual Task<Answer<EffectiveAccess>> effective(
      AccountId account, std::string application, std::string connection
  ) = 0;
};

/// How much of its storage the tenant uses (extension-api.md, "Limits that users meet").
struct StorageUse {
  std::uint64_t bytes = 0;
  std::string type;  ///< `default`
};

/// The storage gauge. Asks the Management API behind the extension: at most hourly. Same conduct as
/// `Target`, but a missing scope (`read:configuration`) pauses nothing. A storage that does not say
/// how large it is (S3) is `configuration`, too, with what to set.
class Storage {
 public:
  virtual ~Storage() = default;
  virtual Task<Answer<StorageUse>> storage() = 0;
};

}  // namespace rosterd
