#pragma once

#include "rosterd/ports/target.hpp"

#include <utility>
#include <vector>

namespace rosterd::sync {

/// A target for dry runs: it reads, and refuses whatever would change the tenant.
class ReadOnlyTarget : public Target {
 public:
  explicit ReadOnlyTarget(Target& target) : target_(target) {}

  Task<Answer<std::vector<TenantGroup>>> groups() override { return target_.groups(); }
  Task<Answer<std::vector<TenantRole>>> roles() override { return target_.roles(); }

  Task<Answer<Acknowledged>> add_members(EntitlementId, std::vector<AccountId>) override {
    return refuse();
  }
  Task<Answer<Acknowledged>> remove_members(EntitlementId, std::vector<AccountId>) override {
    return refuse();
  }
  Task<Answer<Acknowledged>> add_roles(AccountId, std::vector<EntitlementId>) override {
    return refuse();
  }
  Task<Answer<Acknowledged>> remove_roles(AccountId, std::vector<EntitlementId>) override {
    return refuse();
  }

  std::size_t body_bytes_max() const override { return target_.body_bytes_max(); }

 private:
  static Task<Answer<Acknowledged>> refuse() {
    const TargetError error(ErrorClass::permanent, 0, "a dry run changes nothing");
    co_return error;
  }

  Target& target_;
};

}  // namespace rosterd::sync
