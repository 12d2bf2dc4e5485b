#include "rosterd/sync/explain.hpp"

#include "account_resolver.hpp"
#include "believed_tenant.hpp"
#include "explain_events.hpp"
#include "rosterd/base/text.hpp"
#include "rule_reasons.hpp"
#include "subject.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace rosterd::sync {

namespace {

bool stands_in(const Hold& hold, const HeldKey& key) {
  return std::any_of(hold.removals.begin(), hold.removals.end(), [&](const HeldRemoval& removal) {
    return removal.identity() == key;
  });
}

std::string to_the_second(Instant instant) {
  return to_string(Instant{std::chrono::floor<std::chrono::seconds>(instant)});
}

bool is_value_of(const Attributes& attributes, const std::string& name, const AccountId& account) {
  const auto found = attributes.find(name);
  if (found == attributes.end()) return false;
  if (const auto* list = std::get_if<std::vector<std::string>>(&found->second)) {
    return std::find(list->begin(), list->end(), account.value) != list->end();
  }
  return to_text(found->second) == account.value;
}

/// How the policy finds this account today; an address can only be what it was found by.
std::string how_found(
    const AccountMatching& matching, const Attributes& attributes, const AccountId& account
) {
  std::string likely;
  for (const AccountMatch& match : matching.match) {
    switch (match.kind) {
      case AccountMatch::Kind::attribute:
        if (is_value_of(attributes, match.argument, account)) {
          return "by the attribute " + match.argument;
        }
        break;
      case AccountMatch::Kind::text_template:
        if (filled(match.argument, attributes) == account.value) {
          return "by the template " + match.argument;
        }
        break;
      case AccountMatch::Kind::email:
        if (const auto email = text_of(attributes, attribute::email); email && likely.empty()) {
          likely = "by the e-mail address " + *email + " in connection " + match.argument;
        }
        break;
    }
  }
  return likely.empty() ? "earlier; [accounts] of the policy would not find it now" : likely;
}

class Explainer {
 public:
  Explainer(const ExplainInput& input, const ExplainParts& parts)
      : input_(input),
        parts_(parts),
        attributes_(input.person.record.attributes),
        events_(input.events, input.person.record.newest.arrival),
        subject_(subject_of(input.person, input.person.record, parts.policy, parts.zones, parts.now)
        ) {}

  Explanation explain() {
    out_.lifecycle = subject_.lifecycle;
    out_.tenant_known = input_.tenant.has_value();
    out_.open_events = events_.all();
    out_.blank = is_blank(input_.person.record);
    link();
    if (out_.blank) return std::move(out_);
    observed_ = input_.tenant ? *input_.tenant : believed_tenant(subject_, input_.drift);
    compare();
    add_what_is_there();
    add_what_the_lifecycle_keeps_back();
    std::sort(out_.access.begin(), out_.access.end(), [](const auto& left, const auto& right) {
      return std::tie(left.standing, left.name, left.account) <
             std::tie(right.standing, right.name, right.account);
    });
    add_other_ways();
    add_silent_rules();
    return std::move(out_);
  }

 private:
  void link() {
    for (const AccountId& account : subject_.accounts) {
      out_.links.push_back({account, how_found(parts_.policy.accounts, attributes_, account)});
    }
    if (const EventRow* row = events_.without_account()) {
      out_.no_link = row->reason;
    } else if (out_.links.empty()) {
      out_.no_link = "no account of the tenant belongs to this person yet";
    }
  }

  void compare() {
    const std::vector<Subject> subjects{subject_};
    const Plan plan = diff(subjects, observed_, parts_.policy);
    GuardSettings settings = parts_.guard;
    // How many others are in a group is not known without the tenant.
    if (!input_.tenant) {
      settings.emptied_members_max = std::numeric_limits<std::size_t>::max();
    }
    const GuardVerdict verdict = guard(plan, observed_, input_.guard, settings, parts_.now);
    for (std::size_t i = 0; i < plan.changes.size(); ++i) {
      add_change(plan.changes[i], verdict.withheld[i], verdict);
    }
    for (const Unmet& unmet : plan.unmet) add_unmet(unmet);
  }

  void add_change(
      const Change& change, const std::optional<Withheld>& withheld, const GuardVerdict& verdict
  ) {
    const AssignmentKey key{change.account, change.entitlement};
    switch (change.kind) {
      case Change::Kind::grant:
        return missing(entry(Standing::missing, change.account, change.name), key);
      case Change::Kind::revoke:
        return unwanted(
            entry(Standing::to_go, change.account, change.name), change, withheld, verdict
        );
      case Change::Kind::adopt:  // is there, and found with the rest
      case Change::Kind::forget:
        return;
    }
    std::abort();
  }

  ExplainedAccess& entry(Standing standing, const AccountId& account, const EntitlementName& name) {
    told_.emplace(account, name);
    ExplainedAccess& access = out_.access.emplace_back();
    access.standing = standing;
    access.account = account;
    access.name = name;
    access.rules = rules_of(name);
    access.ledger = ledger_entry_of(account, name);
    return access;
  }

  void missing(ExplainedAccess& access, const AssignmentKey& key) {
    if (says_contended(key, DriftKind::missing, access)) return;
    if (events_.say_what_is_open(access)) return;
    if (access.ledger) {
      access.because = Because::taken_away;
      access.why =
          "rosterd granted it, and somebody else took it away; the next reconciliation "
          "gives it back";
      return;
    }
    if (events_.say_what_is_dead(access)) return;
    not_done_yet(access, "given");
  }

  void unwanted(
      ExplainedAccess& access,
      const Change& change,
      const std::optional<Withheld>& withheld,
      const GuardVerdict& verdict
  ) {
    const AssignmentKey key{change.account, change.entitlement};
    access.why = change.reason;
    if (withheld) {
      const auto state = withheld->rejected ? HoldState::rejected : HoldState::open;
      waits_for_somebody(access, *withheld, hold_with(key, state), verdict);
      return;
    }
    if (const Hold* hold = hold_with(key, HoldState::approved)) {
      access.hold = hold->hash;
      access.why += "; approved by " + hold->decided_by;
    }
    if (says_contended(key, DriftKind::unexpected, access)) return;
    if (events_.say_what_is_open(access) || events_.say_what_is_dead(access)) return;
    not_done_yet(access, "removed");
  }

  void waits_for_somebody(
      ExplainedAccess& access,
      const Withheld& withheld,
      const Hold* hold,
      const GuardVerdict& verdict
  ) const {
    if (hold != nullptr) access.hold = hold->hash;
    if (withheld.rejected) {
      access.standing = Standing::kept;
      access.because = Because::rejected;
      access.why += "; but ";
      access.why += hold == nullptr || hold->decided_by.empty() ? "somebody" : hold->decided_by;
      access.why += " rejected its removal";
      if (hold != nullptr && hold->decided_at) access.why += " " + to_the_second(*hold->decided_at);
      if (hold != nullptr && !hold->note.empty()) access.why += " (" + hold->note + ")";
      return;
    }
    access.standing = Standing::held;
    if (hold != nullptr) {
      access.because = Because::in_hold;
      access.why +=
          "; waits for approval since " + to_the_second(hold->opened_at) + ", because " + hold->why;
      return;
    }
    access.because = Because::over_budget;
    const auto over = verdict.over.find(withheld.cause);
    access.why += "; would have to be approved";
    if (over != verdict.over.end()) access.why += ", because " + over->second;
  }

  void not_done_yet(ExplainedAccess& access, const std::string& done) const {
    access.because = Because::not_done_yet;
    access.next_at = input_.next_due_at;
    if (!access.why.empty()) access.why += "; ";
    access.why += "not " + done + " yet: the next reconciliation does it, or the next event";
  }

  bool says_contended(const AssignmentKey& key, DriftKind kind, ExplainedAccess& access) const {
    const auto found =
        std::find_if(input_.drift.begin(), input_.drift.end(), [&](const DriftRow& row) {
          return row.drift.kind == kind && row.drift.key() == key && row.contended();
        });
    if (found == input_.drift.end()) return false;
    access.because = Because::contended;
    if (!access.why.empty()) access.why += "; ";
    access.why += "somebody else ";
    access.why += kind == DriftKind::missing ? "takes it away" : "gives it back";
    access.why += " again and again (" + std::to_string(found->times) + " times since " +
                  to_the_second(found->first_seen) + ")";
    return true;
  }

  void add_unmet(const Unmet& unmet) {
    const Standing standing = unmet.removal ? Standing::kept : Standing::missing;
    ExplainedAccess& access = entry(standing, unmet.account, unmet.name);
    switch (unmet.why) {
      case Unmet::Why::no_account:
        access.because = Because::no_account;
        access.why = out_.no_link;
        access.next_at = input_.person.account_recheck_at;
        if (const EventRow* row = events_.without_account()) {
          access.event = row->id;
          access.next_at = row->next_attempt_at;
        }
        return;
      case Unmet::Why::unknown_entitlement:
        access.because = Because::unknown_entitlement;
        access.why = "the tenant has no such " + std::string(to_string(unmet.name.kind));
        return;
      case Unmet::Why::report_mode:
        access.because = Because::report_mode;
        access.why = "its mode is report: rosterd changes nothing about it";
        return;
      case Unmet::Why::additive_mode:
        access.because = Because::additive_mode;
        access.why = "its mode is additive: rosterd never removes it";
        return;
      case Unmet::Why::is_protected: {
        const auto by =
            parts_.policy.protected_things.protects(subject_.person, unmet.account, unmet.name);
        access.because = Because::is_protected;
        access.why = by.value_or("it is protected");
        return;
      }
    }
    std::abort();
  }

  /// Whatever the comparison did not speak about: what agrees, and what is nobody's business.
  void add_what_is_there() {
    for (const AccountId& account : subject_.accounts) {
      for (const EntitlementRef& ref : observed_.assignments_of(account)) {
        const auto name = observed_.name_of(ref);
        if (!name || told_.contains({account, *name})) continue;
        ExplainedAccess& access = entry(Standing::agreed, account, *name);
        if (access.rules.empty()) {
          access.standing = Standing::foreign;
          access.because = Because::not_ours;
          access.why = "no rule gives it, and rosterd did not";
        } else if (access.ledger) {
          access.because = Because::rule;
        } else if (parts_.policy.mode_of(*name) == Mode::report) {
          access.because = Because::report_mode;
          access.why = "its mode is report: it was there without rosterd's doing";
        } else {
          access.because = Because::not_in_ledger_yet;
          access.why =
              "it was there without rosterd's doing; the next look at the person adopts it";
        }
      }
    }
  }

  void add_what_the_lifecycle_keeps_back() {
    if (subject_.lifecycle.entitled || has_left(subject_)) return;
    Lifecycle entitled;
    entitled.state = LifecycleState::active;
    std::set<EntitlementName> told;
    for (const auto& [account, name] : told_) told.insert(name);
    for (const Desired& desired : desired_for(parts_.policy, attributes_, entitled)) {
      if (told.contains(desired.entitlement)) continue;
      ExplainedAccess& access = entry(Standing::not_yet, {}, desired.entitlement);
      access.rules = desired.rules;
      access.because = Because::lifecycle;
      access.why = subject_.lifecycle.why;
      access.next_at = subject_.lifecycle.next_change_at;
    }
  }

  void add_other_ways() {
    for (const AccountId& account : subject_.accounts) {
      const auto effective = input_.effective.find(account);
      if (!input_.tenant || effective == input_.effective.end()) {
        for (const ResidualRow& row : input_.residual) {
          if (row.of.account == account) {
            out_.other_ways.push_back({account, row.access, row.seen_at});
          }
        }
        continue;
      }
      for (ResidualAccess& way : residual_of(account, effective->second, *input_.tenant)) {
        const bool direct = way.way.starts_with("directly");
        if (!direct) out_.other_ways.push_back({account, std::move(way), std::nullopt});
      }
    }
  }

  void add_silent_rules() {
    if (has_left(subject_)) return;
    for (const Rule& rule : parts_.policy.rules) {
      if (holds(rule.when, attributes_)) continue;
      out_.silent_rules.push_back({rule.name, rule.entitlements, why_not(rule.when, attributes_)});
    }
  }

  std::vector<std::string> rules_of(const EntitlementName& name) const {
    const auto ref = observed_.find(name);
    std::vector<std::string> rules;
    for (const Desired& desired : subject_.desired) {
      const bool same =
          desired.entitlement == name || (ref && observed_.find(desired.entitlement) == ref);
      if (same) rules.insert(rules.end(), desired.rules.begin(), desired.rules.end());
    }
    return rules;
  }

  std::optional<LedgerEntry> ledger_entry_of(const AccountId& account, const EntitlementName& name)
      const {
    const auto ref = observed_.find(name);
    for (const LedgerEntry& entry : subject_.ledger) {
      if (entry.account == account && ref && entry.entitlement == *ref) return entry;
    }
    return std::nullopt;
  }

  const Hold* hold_with(const AssignmentKey& key, HoldState state) const {
    for (const Hold& hold : input_.guard.holds) {
      if (hold.state == state && stands_in(hold, {key, subject_.person})) return &hold;
    }
    return nullptr;
  }

  const ExplainInput& input_;
  const ExplainParts& parts_;
  const Attributes& attributes_;
  UnfinishedEvents events_;
  Subject subject_;
  TenantState observed_;
  std::set<std::pair<AccountId, EntitlementName>> told_;
  Explanation out_;
};

}  // namespace

Explanation explain(const ExplainInput& input, const ExplainParts& parts) {
  return Explainer(input, parts).explain();
}

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::agreed:
      return "agreed";
    case Standing::missing:
      return "missing";
    case Standing::not_yet:
      return "not_yet";
    case Standing::to_go:
      return "to_go";
    case Standing::held:
      return "held";
    case Standing::kept:
      return "kept";
    case Standing::foreign:
      return "foreign";
  }
  std::abort();
}

std::string_view name_of(Because because) {
  switch (because) {
    case Because::rule:
      return "rule";
    case Because::not_in_ledger_yet:
      return "not_in_ledger_yet";
    case Because::no_account:
      return "no_account";
    case Because::unknown_entitlement:
      return "unknown_entitlement";
    case Because::report_mode:
      return "report_mode";
    case Because::contended:
      return "contended";
    case Because::retrying:
      return "retrying";
    case Because::given_up:
      return "given_up";
    case Because::queued:
      return "queued";
    case Because::taken_away:
      return "taken_away";
    case Because::not_done_yet:
      return "not_done_yet";
    case Because::lifecycle:
      return "lifecycle";
    case Because::over_budget:
      return "over_budget";
    case Because::in_hold:
      return "in_hold";
    case Because::rejected:
      return "rejected";
    case Because::is_protected:
      return "is_protected";
    case Because::additive_mode:
      return "additive_mode";
    case Because::not_ours:
      return "not_ours";
  }
  std::abort();
}

}  // namespace rosterd::sync
