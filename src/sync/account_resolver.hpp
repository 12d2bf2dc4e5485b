#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/ports/log.hpp"
#include "rosterd/ports/target.hpp"
#include "rosterd/ports/work_store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rosterd::sync {

/// Who needs an account.
struct LinkRequest {
  PersonId person;
  Attributes attributes;
  bool left = false;  ///< keeps the accounts they have, too
};

struct LinkOutcome {
  enum class Kind {
    linked,
    none,       ///< nothing answers: no account yet
    ambiguous,  ///< several answer where one must
    conflict,   ///< the account is another person's
    failed,     ///< the tenant could not be asked
    deferred,   ///< not asked: the round was cut short
  };
  Kind kind = Kind::none;
  std::vector<AccountId> accounts;
  std::string detail;  ///< for people: candidates, owner
  std::optional<TargetError> error;
};

/// Finds people's accounts by the policy's `[accounts]`. Looks addresses up one by one, or page by
/// page when many are missing and the tenant is small enough for that to be cheaper.
class AccountResolver {
 public:
  AccountResolver(
      Accounts& accounts,
      Links& links,
      std::shared_ptr<const Policy> policy,
      std::size_t bulk_lookup_min
  )
      : accounts_(accounts),
        links_(links),
        policy_(std::move(policy)),
        matching_(policy_->accounts),
        bulk_lookup_min_(bulk_lookup_min) {}

  struct Questions {
    std::function<Task<bool>()> interrupted;  ///< asked between calls to the tenant
    std::function<bool(const WorkPerson&)> has_left;
  };

  /// One outcome per request. Nobody gets an account that is somebody else's, unless the owner gets
  /// another one in the same call, or has left and is not found by it any more.
  Task<std::map<PersonId, LinkOutcome>> resolve(
      std::vector<LinkRequest> requests, Questions questions
  );

 private:
  Task<LinkOutcome> resolve_one(const LinkRequest& request);
  Task<LinkOutcome> answer(const AccountMatch& match, const Attributes& attributes);
  Task<LinkOutcome> existing(std::vector<AccountId> candidates);
  Task<LinkOutcome> by_email(const std::string& connection, const std::string& email);
  enum class Reading { complete, not_worth_it, interrupted };
  Task<Reading> read_everybody(
      std::size_t requests, const std::function<Task<bool>()>& interrupted
  );
  Task<void> refuse_foreign(
      const std::vector<LinkRequest>& requests,
      const Questions& questions,
      std::map<PersonId, LinkOutcome>& outcomes
  );

  Accounts& accounts_;
  Links& links_;
  std::shared_ptr<const Policy> policy_;
  const AccountMatching& matching_;
  std::size_t bulk_lookup_min_;
  std::size_t calls_ = 0;  // to the tenant, about single people

  using Directory = std::unordered_map<std::string, std::vector<TenantUser>>;
  /// Address in lower case → users, once everybody was read; good for one call of `resolve`.
  std::optional<Directory> everybody_;
  /// Where reading everybody was cut short: the next round goes on from there.
  struct Paging {
    std::size_t next_page = 1;
    std::size_t seen = 0;
    Directory directory;
  };
  Paging paging_;
};

/// Fills `{name}` from attributes; nothing when one is missing or empty.
std::optional<std::string> filled(const std::string& text_template, const Attributes& attributes);

}  // namespace rosterd::sync
