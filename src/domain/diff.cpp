#include "rosterd/domain/plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace rosterd {

namespace {

/// A group or role of the tenant, looked up once for all subjects.
struct Seen {
  const AccountSet* accounts = nullptr;
  EntitlementName name;
  Mode mode = Mode::managed;
};

class Catalogue {
 public:
  Catalogue(const TenantState& observed, const Policy& policy) : observed_(observed) {
    for (const TenantGroup& group : observed.groups) {
      const EntitlementRef ref{EntitlementKind::group, group.id};
      add(ref, {&group.members, {EntitlementKind::group, group.name, {}}, {}}, policy);
    }
    for (const TenantRole& role : observed.roles) {
      const EntitlementRef ref{EntitlementKind::role, role.id};
      add(ref, {&role.users, {EntitlementKind::role, role.name, role.application}, {}}, policy);
    }
  }

  const Seen* seen(const EntitlementRef& ref) const {
    const auto found = seen_.find(ref);
    return found == seen_.end() ? nullptr : &found->second;
  }

  bool has(const EntitlementRef& ref, const AccountId& account) const {
    const Seen* found = seen(ref);
    return found != nullptr && found->accounts->contains(account);
  }

  std::optional<EntitlementRef> resolve(const EntitlementName& name) {
    const auto known = resolved_.find(name);
    if (known != resolved_.end()) return known->second;
    return resolved_[name] = observed_.find(name);
  }

  const std::vector<EntitlementRef>& exact() const { return exact_; }
  const TenantState& observed() const { return observed_; }

 private:
  void add(const EntitlementRef& ref, Seen entry, const Policy& policy) {
    entry.mode = policy.mode_of(entry.name);
    if (entry.mode == Mode::exact) exact_.push_back(ref);
    seen_.emplace(ref, std::move(entry));
  }

  const TenantState& observed_;
  std::unordered_map<EntitlementRef, Seen> seen_;
  std::vector<EntitlementRef> exact_;
  std::map<EntitlementName, std::optional<EntitlementRef>> resolved_;
};

using Assignment = std::pair<AccountId, EntitlementRef>;

bool is_linked(const Subject& subject, const AccountId& account) {
  const auto& accounts = subject.accounts;
  return std::find(accounts.begin(), accounts.end(), account) != accounts.end();
}

/// Accounts that belong to no person, which stand together as one subject.
bool is_nobody(const Subject& subject) {
  return subject.person.value.empty();
}

std::string joined_rules(const std::vector<std::string>& rules) {
  std::string out = rules.size() == 1 ? "rule " : "rules ";
  for (const std::string& rule : rules) {
    if (&rule != &rules.front()) out += ", ";
    out += rule;
  }
  return out;
}

/// Why somebody is given nothing, or nothing any more.
std::string reason_of(const Lifecycle& lifecycle) {
  const std::string why = lifecycle.why.empty() ? "" : " (" + lifecycle.why + ")";
  switch (lifecycle.state) {
    case LifecycleState::left:
      return "has left" + why;
    case LifecycleState::suspended:
      return "is suspended" + why;
    case LifecycleState::prehire:
      return "has not started" + why;
    case LifecycleState::on_leave:
      if (!lifecycle.entitled) return "is on leave" + why;
      break;
    case LifecycleState::active:
      break;
  }
  return "no rule gives it any more";
}

class Comparison {
 public:
  Comparison(
      const std::vector<Subject>& subjects, const TenantState& observed, const Policy& policy
  )
      : catalogue_(observed, policy), policy_(policy) {
    for (const Subject& subject : subjects) note_moved(subject);
    for (const Subject& subject : subjects) note_takeovers(subject);
  }

  void compare(const Subject& subject) {
    const Wanted wanted = wanted_by(subject);
    for (const AccountId& account : subject.accounts) grant(subject, account, wanted);
    for (const auto& [assignment, reason] : unwanted_of(subject, wanted)) {
      remove(subject, assignment, reason);
    }
    forget(subject, wanted);
  }

  Plan finished() {
    const auto rank = [](const Change& change) {
      switch (change.kind) {
        case Change::Kind::revoke:
          return change.leaver ? 0 : 1;
        case Change::Kind::grant:
          return 2;
        case Change::Kind::adopt:
          return 3;
        case Change::Kind::forget:
          return 4;
      }
      std::abort();
    };
    std::stable_sort(
        plan_.changes.begin(),
        plan_.changes.end(),
        [&](const Change& left, const Change& right) { return rank(left) < rank(right); }
    );
    return std::move(plan_);
  }

 private:
  using Wanted = std::map<EntitlementRef, std::vector<std::string>>;
  using Unwanted = std::map<Assignment, std::string>;

  void note_moved(const Subject& subject) {
    for (const LedgerEntry& entry : subject.ledger) {
      if (is_linked(subject, entry.account)) continue;
      moved_.insert(entry.account);
      left_behind_.insert({entry.account, entry.entitlement});
    }
  }

  void note_takeovers(const Subject& subject) {
    for (const AccountId& account : subject.accounts) {
      if (!moved_.contains(account)) continue;
      for (const Desired& desired : subject.desired) {
        if (const auto ref = catalogue_.resolve(desired.entitlement)) {
          taken_over_.insert({account, *ref});
        }
      }
    }
  }

  Wanted wanted_by(const Subject& subject) {
    Wanted wanted;
    for (const Desired& desired : subject.desired) {
      const auto ref = catalogue_.resolve(desired.entitlement);
      if (!ref) {
        unmet(subject, any_account(subject), desired.entitlement, Unmet::Why::unknown_entitlement);
        continue;
      }
      if (subject.accounts.empty()) {
        unmet(subject, {}, desired.entitlement, Unmet::Why::no_account);
      }
      std::vector<std::string>& rules = wanted[*ref];
      rules.insert(rules.end(), desired.rules.begin(), desired.rules.end());
    }
    return wanted;
  }

  void grant(const Subject& subject, const AccountId& account, const Wanted& wanted) {
    for (const auto& [ref, rules] : wanted) {
      const Seen& seen = *catalogue_.seen(ref);
      const bool there = seen.accounts->contains(account);
      const bool ours = in_ledger(subject, account, ref);
      if (there && ours) continue;
      if (seen.mode == Mode::report) {
        // Adopting would make it ours to remove, should the mode ever change.
        if (!there) unmet(subject, account, seen.name, Unmet::Why::report_mode);
        continue;
      }
      const auto kind = there ? Change::Kind::adopt : Change::Kind::grant;
      change(kind, subject, {account, ref}, seen.name, joined_rules(rules));
    }
  }

  Unwanted unwanted_of(const Subject& subject, const Wanted& wanted) const {
    Unwanted unwanted;
    const std::string reason = reason_of(subject.lifecycle);
    for (const LedgerEntry& entry : subject.ledger) {
      const bool linked = is_linked(subject, entry.account);
      if (linked && wanted.contains(entry.entitlement)) continue;
      if (!linked && taken_over_.contains({entry.account, entry.entitlement})) continue;
      if (!catalogue_.has(entry.entitlement, entry.account)) continue;
      const bool moved = !linked && !is_leaver(subject);
      unwanted[{entry.account, entry.entitlement}] =
          moved ? "the account is no longer this person's" : reason;
    }
    for (const AccountId& account : subject.accounts) {
      for (const EntitlementRef& ref : strange_assignments(subject, account)) {
        if (wanted.contains(ref)) continue;
        // Whom the ledger has it for loses it, once.
        if (is_nobody(subject) && left_behind_.contains({account, ref})) continue;
        unwanted.try_emplace({account, ref}, reason_for_strange(subject));
      }
    }
    return unwanted;
  }

  /// Assignments that may go though the ledger does not have them.
  std::vector<EntitlementRef> strange_assignments(const Subject& subject, const AccountId& account)
      const {
    if (loses_all(subject)) return catalogue_.observed().assignments_of(account);
    std::vector<EntitlementRef> found;
    for (const EntitlementRef& ref : catalogue_.exact()) {
      if (catalogue_.has(ref, account)) found.push_back(ref);
    }
    return found;
  }

  static std::string reason_for_strange(const Subject& subject) {
    const std::string reason = reason_of(subject.lifecycle);
    return subject.lifecycle.entitled ? "no rule gives it, and its mode is exact" : reason;
  }

  void remove(const Subject& subject, const Assignment& assignment, const std::string& reason) {
    const Seen& seen = *catalogue_.seen(assignment.second);
    if (policy_.protected_things.protects(subject.person, assignment.first, seen.name)) {
      const auto why = Unmet::Why::is_protected;
      plan_.unmet.push_back({subject.person, assignment.first, seen.name, why, true});
      return;
    }
    // A leaver who keeps access is worse than an additive group that loses a member.
    const bool additive = seen.mode == Mode::additive && !loses_all(subject);
    if (seen.mode == Mode::report || additive) {
      const auto why = additive ? Unmet::Why::additive_mode : Unmet::Why::report_mode;
      plan_.unmet.push_back({subject.person, assignment.first, seen.name, why, true});
      return;
    }
    change(Change::Kind::revoke, subject, assignment, seen.name, reason);
  }

  void forget(const Subject& subject, const Wanted& wanted) {
    for (const LedgerEntry& entry : subject.ledger) {
      const bool linked = is_linked(subject, entry.account);
      if (linked && wanted.contains(entry.entitlement)) continue;
      if (!linked && taken_over_.contains({entry.account, entry.entitlement})) continue;
      if (catalogue_.has(entry.entitlement, entry.account)) continue;
      const Assignment assignment{entry.account, entry.entitlement};
      change(
          Change::Kind::forget, subject, assignment, entry.name, "neither wanted nor there any more"
      );
    }
  }

  bool is_leaver(const Subject& subject) const {
    return subject.lifecycle.state == LifecycleState::left;
  }

  bool loses_all(const Subject& subject) const {
    return is_leaver(subject) && policy_.lifecycle.leaver == LifecycleSettings::Leaver::revoke_all;
  }

  static AccountId any_account(const Subject& subject) {
    return subject.accounts.empty() ? AccountId{} : subject.accounts.front();
  }

  static bool in_ledger(
      const Subject& subject, const AccountId& account, const EntitlementRef& ref
  ) {
    return std::any_of(subject.ledger.begin(), subject.ledger.end(), [&](const LedgerEntry& entry) {
      return entry.account == account && entry.entitlement == ref;
    });
  }

  void unmet(
      const Subject& subject, const AccountId& account, const EntitlementName& name, Unmet::Why why
  ) {
    plan_.unmet.push_back({subject.person, account, name, why, false});
  }

  void change(
      Change::Kind kind,
      const Subject& subject,
      const Assignment& assignment,
      const EntitlementName& name,
      std::string reason
  ) {
    const bool leaver = kind == Change::Kind::revoke && is_leaver(subject);
    plan_.changes.push_back(
        {kind,
         subject.person,
         assignment.first,
         assignment.second,
         name,
         std::move(reason),
         leaver,
         subject.event}
    );
  }

  Catalogue catalogue_;
  const Policy& policy_;
  std::unordered_set<AccountId> moved_;  ///< somebody had them who does not any more
  std::set<Assignment> left_behind_;     ///< what the ledger has of these
  std::set<Assignment> taken_over_;
  Plan plan_;
};

}  // namespace

bool Plan::touches_tenant() const {
  return count(Change::Kind::grant) + count(Change::Kind::revoke) > 0;
}

std::size_t Plan::count(Change::Kind kind) const {
  return static_cast<std::size_t>(std::count_if(
      changes.begin(), changes.end(), [&](const Change& change) { return change.kind == kind; }
  ));
}

Plan diff(const std::vector<Subject>& subjects, const TenantState& observed, const Policy& policy) {
  Comparison comparison(subjects, observed, policy);
  for (const Subject& subject : subjects) comparison.compare(subject);
  return comparison.finished();
}

}  // namespace rosterd
