#pragma once

#include "rosterd/ports/target.hpp"

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::test {

/// The calls of a tenant, by what they do.
enum class Call {
  groups,
  roles,
  add_members,
  remove_members,
  add_roles,
  remove_roles,
  user,
  users_with_email,
  users_page,
  permissions,
  create_group,
  update_group,
  create_role,
  update_role,
  create_permission,
  update_permission,
  attach_roles,
  nest_groups,
  effective,
  storage,
};
std::string_view to_string(Call call);
bool mutates(Call call);

/// What becomes of a call that a test has plans for.
enum class Fate {
  refused,           ///< an error, and nothing was done
  done_but_refused,  ///< an error, and it was done all the same
  lost,              ///< acknowledged, and nothing was done
};

/// A tenant in memory that behaves like extension-api.md, and fails as it is told.
///
/// Every call suspends once, so that two at a time would be seen: a second mutating call while one
/// is in flight aborts. Names in the verbs are those of groups, roles (of application `app`) and
/// users (`ada` is `auth0|ada`, ada@example.com, of connection `Users`).
class FakeTenant : public Target, public Accounts, public Structure, public Access, public Storage {
 public:
  static constexpr int always = -1;

  static AccountId account(const std::string& user) { return AccountId("auth0|" + user); }

  void has_group(const std::string& name, const std::vector<std::string>& members = {});
  void has_role(const std::string& name, const std::vector<std::string>& users = {});
  void has_user(const std::string& name, const std::string& email = {});
  void has_user(TenantUser user);
  void loses_group(const std::string& name);
  void put(const std::string& entitlement, const std::string& user);   ///< by somebody else
  void take(const std::string& entitlement, const std::string& user);  ///< by somebody else

  /// Who is in `inner` is in `outer`, too.
  void nests(const std::string& outer, const std::string& inner);
  /// Whoever is in the group has the role.
  void attaches(const std::string& role, const std::string& group);

  struct Plot {
    Call call = Call::add_members;
    Fate fate = Fate::refused;
    TargetError error;
    int times = 1;
    std::string about;  ///< a group or account; empty: any
  };
  void will(Plot plot) { plots_.push_back(std::move(plot)); }
  void fails(Call call, ErrorClass error, int times = 1, const std::string& about = {});
  void loses(Call call, int times = 1, const std::string& about = {});
  void relents() { plots_.clear(), trouble_ = 0.0; }
  /// From now on every call goes wrong with this probability, in one way or another.
  void misbehaves(double trouble, unsigned seed) { trouble_ = trouble, random_.seed(seed); }

  /// Called when a call arrives, before anything is decided about it.
  std::function<void(Call)> on_call;
  /// Called after a write has taken effect: the second writer.
  std::function<void(Call)> after_write;

  std::size_t count(Call call) const;
  std::size_t writes() const;
  std::size_t calls_to_groups_and_roles() const;
  const std::vector<std::string>& history() const { return history_; }  ///< writes, in order
  void forget_history() { counts_.clear(), history_.clear(); }

  /// `Engineering: ada, bob; Developer@app: ada`; what is empty is left out.
  std::string members_now() const;
  /// `Engineering, Developer@app`
  std::string access_of(const std::string& user) const;
  const TenantState& state() const { return state_; }
  const std::vector<TenantPermission>& known_permissions() const { return permissions_; }

  std::size_t body_limit = 1'000'000;
  std::uint64_t storage_bytes = 10'000;  ///< what the gauge says

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
  std::size_t body_bytes_max() const override { return body_limit; }

  Task<Answer<std::optional<TenantUser>>> user(AccountId account) override;
  Task<Answer<std::vector<TenantUser>>> users_with_email(std::string email) override;
  Task<Answer<Page>> users_page(std::size_t page) override;

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

  Task<Answer<EffectiveAccess>> effective(
      AccountId account, std::string application, std::string connection
  ) override;
  Task<Answer<StorageUse>> storage() override;

 private:
  using Effect = std::function<std::optional<TargetError>()>;

  Task<std::optional<Plot>> arrive(Call call, std::string about);
  Task<Answer<Acknowledged>> write(Call call, std::string about, std::string told, Effect effect);
  std::optional<Plot> fate_of(Call call, const std::string& about);
  std::optional<Plot> bad_luck(Call call);

  static TargetError not_found(const std::string& what);
  TenantGroup* group(const EntitlementId& id);
  TenantGroup* group_named(const std::string& name);
  bool is_in(const TenantGroup& group, const AccountId& account) const;
  TenantRole* role(const EntitlementId& id);
  std::string next_id(const std::string& prefix);

  TenantState state_;
  std::set<EntitlementId> ever_filled_;
  std::vector<TenantUser> users_;
  std::vector<TenantPermission> permissions_;
  std::vector<Plot> plots_;
  double trouble_ = 0.0;
  std::mt19937 random_;
  std::map<Call, std::size_t> counts_;
  std::vector<std::string> history_;
  int ids_ = 0;
  bool write_in_flight_ = false;
};

}  // namespace rosterd::test
