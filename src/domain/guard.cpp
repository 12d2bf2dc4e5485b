#include "rosterd/domain/guard.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>
#include <tuple>
#include <utility>

namespace rosterd {

namespace {

/// `24 h`, `30 min`: a window as people speak of it.
std::string in_words(Duration window) {
  using std::chrono::hours;
  using std::chrono::minutes;
  if (window >= hours{1} && window % hours{1} == Duration{0}) {
    return std::to_string(window / hours{1}) + " h";
  }
  if (window >= minutes{1} && window % minutes{1} == Duration{0}) {
    return std::to_string(window / minutes{1}) + " min";
  }
  return to_string(window);
}

std::size_t allowed_by(const GuardSettings::Budget& budget, std::size_t whole) {
  // 29 % of 100 is 28.999999999999996 in binary.
  const double part = std::floor(budget.part * static_cast<double>(whole) + 1e-9);
  return std::max(budget.at_least, static_cast<std::size_t>(std::max(part, 0.0)));
}

std::string over_budget(const std::string& what, Duration window, std::size_t allowed) {
  return what + " within " + in_words(window) + "; " + std::to_string(allowed) +
         " may without approval";
}

AssignmentKey key_of(const Change& change) {
  return {change.account, change.entitlement};
}

/// What has been decided about an assignment, or waits for a decision.
struct Standing {
  HoldState state = HoldState::open;
  HoldCause cause = HoldCause::removals;
  bool leaver = false;
};

bool outranks(HoldState left, HoldState right) {
  const auto rank = [](HoldState state) {
    return state == HoldState::approved ? 2 : state == HoldState::rejected ? 1 : 0;
  };
  return rank(left) > rank(right);
}

class Judge {
 public:
  Judge(
      const Plan& plan,
      const TenantState& observed,
      const GuardState& state,
      const GuardSettings& settings,
      Instant now
  )
      : plan_(plan), observed_(observed), state_(state), settings_(settings), now_(now) {
    verdict_.withheld.resize(plan.changes.size());
    for (const Change& change : plan.changes) {
      if (change.kind == Change::Kind::revoke) losing_.insert(change.account);
    }
  }

  GuardVerdict verdict() {
    if (losing_.empty()) return std::move(verdict_);
    hear_holds();
    hear_removals();
    sort_out();
    if (settings_.enabled) {
      weigh_leavers();
      weigh_removals();
      keep_last_members();
    }
    return std::move(verdict_);
  }

 private:
  using Indexes = std::vector<std::size_t>;

  bool is_within(Instant at, Duration window) const { return at > now_ - window; }

  /// What the holds say about the removals of this plan.
  void hear_holds() {
    for (const Hold& hold : state_.holds) {
      if (!is_in_force(hold.state)) continue;
      for (const HeldRemoval& removal : hold.removals) {
        if (!losing_.contains(removal.account)) continue;
        const Standing said{hold.state, hold.cause, removal.leaver};
        const auto [standing, is_new] = standings_.try_emplace(removal.identity(), said);
        if (!is_new && outranks(said.state, standing->second.state)) standing->second = said;
      }
    }
  }

  /// What was begun within the windows. After the clock was set back some of it lies in the future.
  void hear_removals() {
    for (const Removal& removal : state_.removals) {
      const auto& budget = removal.leaver ? settings_.leavers : settings_.removals;
      if (!is_within(removal.at, budget.window)) continue;
      if (losing_.contains(removal.account)) begun_.insert(removal.identity());
      if (removal.leaver) {
        leavers_gone_.insert(removal.person);
      } else {
        removals_begun_.insert(removal.key());
      }
    }
  }

  void sort_out() {
    for (std::size_t i = 0; i < plan_.changes.size(); ++i) {
      const Change& change = plan_.changes[i];
      if (change.kind == Change::Kind::revoke && !is_decided(i)) judged_.push_back(i);
    }
    for (const std::size_t i : judged_) {
      const Change& change = plan_.changes[i];
      if (begun_.contains({key_of(change), change.person, change.leaver})) continue;
      (change.leaver ? leavers_ : removals_).push_back(i);
    }
  }

  /// Whether a hold says what becomes of a removal.
  bool is_decided(std::size_t index) {
    const Change& change = plan_.changes[index];
    const auto found = standings_.find({key_of(change), change.person});
    if (found == standings_.end()) return false;
    const Standing& standing = found->second;
    switch (standing.state) {
      case HoldState::approved:
        return true;
      case HoldState::rejected:
        // "They keep it" was said of somebody who stays.
        if (change.leaver && !standing.leaver) return false;
        verdict_.withheld[index] = Withheld{standing.cause, true};
        return true;
      case HoldState::open:
        // A leaver does not wait for what somebody has to decide about a mover.
        if (change.leaver && !standing.leaver) return false;
        verdict_.withheld[index] = Withheld{standing.cause, false};
        return true;
      case HoldState::done:
      case HoldState::lapsed:
        break;
    }
    std::abort();
  }

  void withhold(const Indexes& indexes, HoldCause cause) {
    for (const std::size_t i : indexes) verdict_.withheld[i] = Withheld{cause, false};
  }

  void weigh_leavers() {
    std::set<PersonId> gone = leavers_gone_;
    for (const std::size_t i : leavers_) gone.insert(plan_.changes[i].person);
    const std::size_t allowed = allowed_by(settings_.leavers, state_.people + gone.size());
    if (leavers_.empty() || gone.size() <= allowed) return;
    withhold(leavers_, HoldCause::leavers);
    const std::string who =
        gone.size() == 1 ? "1 person would lose access as a leaver"
                         : std::to_string(gone.size()) + " people would lose access as leavers";
    verdict_.over[HoldCause::leavers] = over_budget(who, settings_.leavers.window, allowed);
  }

  void weigh_removals() {
    std::set<AssignmentKey> removed = removals_begun_;
    for (const std::size_t i : removals_) removed.insert(key_of(plan_.changes[i]));
    const std::size_t allowed = allowed_by(settings_.removals, state_.ledger);
    if (removals_.empty() || removed.size() <= allowed) return;
    withhold(removals_, HoldCause::removals);
    const std::string what = removed.size() == 1
                                 ? "1 assignment would be removed"
                                 : std::to_string(removed.size()) + " assignments would be removed";
    verdict_.over[HoldCause::removals] = over_budget(what, settings_.removals.window, allowed);
  }

  /// What a plan does to the members of a group or role.
  struct Flow {
    AccountSet leaving;  ///< who may go
    bool gains = false;
    Indexes judged;  ///< removals that may go and that nobody approved
    const EntitlementName* name = nullptr;
  };

  // Trying again costs no budget, but what was refilled or left alone when it was begun may be the
  // last one now.
  void keep_last_members() {
    std::vector<std::string> emptied;
    for (const auto& [entitlement, flow] : flows()) {
      if (flow.judged.empty() || !empties_a_big_one(entitlement, flow)) continue;
      withhold(flow.judged, HoldCause::emptied);
      emptied.push_back(to_string(*flow.name));
    }
    if (emptied.empty()) return;
    std::string what = emptied.front();
    if (emptied.size() > 1) what += " and " + std::to_string(emptied.size() - 1) + " more";
    verdict_.over[HoldCause::emptied] = what + " would lose the last member; what had more than " +
                                        std::to_string(settings_.emptied_members_max) +
                                        " members within " + in_words(settings_.emptied_window) +
                                        " may not without approval";
  }

  std::map<EntitlementRef, Flow> flows() const {
    std::map<EntitlementRef, Flow> flows;
    for (std::size_t i = 0; i < plan_.changes.size(); ++i) {
      const Change& change = plan_.changes[i];
      if (change.kind == Change::Kind::grant) flows[change.entitlement].gains = true;
      if (change.kind != Change::Kind::revoke || !verdict_.allows(i)) continue;
      Flow& flow = flows[change.entitlement];
      flow.leaving.insert(change.account);
      flow.name = &change.name;
    }
    for (const std::size_t i : judged_) {
      if (verdict_.allows(i)) flows[plan_.changes[i].entitlement].judged.push_back(i);
    }
    return flows;
  }

  bool empties_a_big_one(const EntitlementRef& entitlement, const Flow& flow) const {
    const AccountSet* members = observed_.accounts_of(entitlement);
    if (members == nullptr || flow.gains) return false;
    const bool all_leave =
        std::all_of(members->begin(), members->end(), [&](const AccountId& member) {
          return flow.leaving.contains(member);
        });
    if (!all_leave) return false;
    AccountSet had = *members;
    for (const Removal& removal : state_.removals) {
      if (removal.entitlement != entitlement) continue;
      if (is_within(removal.at, settings_.emptied_window)) had.insert(removal.account);
    }
    return had.size() > settings_.emptied_members_max;
  }

  const Plan& plan_;
  const TenantState& observed_;
  const GuardState& state_;
  const GuardSettings& settings_;
  const Instant now_;
  GuardVerdict verdict_;
  AccountSet losing_;  ///< what is said about others is of no concern
  std::map<HeldKey, Standing> standings_;
  std::set<std::tuple<AssignmentKey, PersonId, bool>> begun_;  ///< within their class's window
  std::set<AssignmentKey> removals_begun_;                     ///< those of people who stay
  std::set<PersonId> leavers_gone_;
  Indexes judged_;    ///< removals about which no hold says anything
  Indexes leavers_;   ///< of these, those that cost something: of leavers
  Indexes removals_;  ///< and of all others
};

}  // namespace

Duration GuardSettings::longest_window() const {
  return std::max({removals.window, leavers.window, emptied_window});
}

GuardVerdict guard(
    const Plan& plan,
    const TenantState& observed,
    const GuardState& state,
    const GuardSettings& settings,
    Instant now
) {
  return Judge(plan, observed, state, settings, now).verdict();
}

}  // namespace rosterd
