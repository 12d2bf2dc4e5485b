#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/domain/tenant.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace rosterd {

/// `[guard]`: how much may be removed within a rolling window before a person is asked.
struct GuardSettings {
  /// The larger of a number and a part of the whole.
  struct Budget {
    std::size_t at_least = 0;
    double part = 0.0;  ///< of 1
    Duration window{0};
  };

  bool enabled = true;
  /// Assignments taken from people who stay, and from accounts of nobody. The whole: the ledger.
  Budget removals{10, 0.05, std::chrono::hours{1}};
  /// People who have left and lose something. The whole: the people who have not left. What a
  /// leaver loses counts here alone: in a company of 30, one leaver may have more than 10 groups.
  Budget leavers{5, 0.02, std::chrono::hours{24}};
  /// A group or role that had more members than this within the window never loses its last one
  /// without approval.
  std::size_t emptied_members_max = 3;
  Duration emptied_window = std::chrono::hours{24};

  Duration longest_window() const;
};

/// A removal that was begun without anybody's approval. Kept before it is sent, so that a crash
/// does not give a budget back.
struct Removal {
  PersonId person;
  AccountId account;
  EntitlementRef entitlement;
  bool leaver = false;
  Instant at{};

  AssignmentKey key() const { return {account, entitlement}; }

  /// What makes two of them the same removal begun again. Somebody who leaves, comes back and moves
  /// within a day counts for both budgets.
  std::tuple<AssignmentKey, PersonId, bool> identity() const { return {key(), person, leaver}; }
};

/// What the guard has to know; of the store.
struct GuardState {
  std::size_t people = 0;         ///< who have not left
  std::size_t ledger = 0;         ///< assignments in it
  std::vector<Removal> removals;  ///< of the longest window
  std::vector<Hold> holds;        ///< those in force
};

/// What may be done of a plan.
struct GuardVerdict {
  /// One for each change of the plan; nothing: it may be done. Only removals are ever withheld.
  std::vector<std::optional<Withheld>> withheld;
  /// Of each budget that this plan goes over: what was counted and what is allowed, for people.
  std::map<HoldCause, std::string> over;

  bool allows(std::size_t change) const { return !withheld[change].has_value(); }
};

/// Decides about the removals of a plan. Pure.
///
/// What a person approved goes, whatever the budgets say, and costs nothing; what a person rejected
/// and what waits in an open hold stays (but that somebody who stays keeps something says nothing
/// about them once they have left). Of the rest, a removal that was begun within the window is free
/// (it is only tried again), unless it would take a last member now. If what remains goes over a
/// budget, nothing of that class is done. All budgets count what was begun in their window,
/// whatever brought it up: webhooks, files, policy, time, reconciliation; splitting work into many
/// small plans gains nothing.
GuardVerdict guard(
    const Plan& plan,
    const TenantState& observed,
    const GuardState& state,
    const GuardSettings& settings,
    Instant now
);

}  // namespace rosterd
