#pragma once

#include "rosterd/domain/drift.hpp"
#include "rosterd/domain/guard.hpp"
#include "rosterd/domain/ledger.hpp"
#include "rosterd/domain/lifecycle.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/residual.hpp"
#include "rosterd/domain/tenant.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/views.hpp"
#include "rosterd/ports/work_store.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::sync {

/// What is known of one person when their access is to be explained.
struct ExplainInput {
  WorkPerson person;
  std::optional<Instant> next_due_at;  ///< when the worker looks at the person by itself
  std::vector<EventRow> events;        ///< of the person: open and dead ones count; in any order
  GuardState guard;
  std::vector<DriftRow> drift;        ///< also of others
  std::vector<ResidualRow> residual;  ///< of this person, as it was last looked at
  /// The tenant as it is now. Nothing: it was not asked or gave no answer; then what is in the
  /// ledger counts as there, and of the rest nothing is said.
  std::optional<TenantState> tenant;
  std::map<AccountId, EffectiveAccess> effective;  ///< computed now; of no account: none was
};

struct ExplainParts {
  const Policy& policy;
  const GuardSettings& guard;
  const TimeZones& zones;
  Instant now{};
};

/// What a group or role is to a person. In the order in which people are told.
enum class Standing {
  agreed,   ///< wanted and there
  missing,  ///< wanted and not there
  not_yet,  ///< the rules would give it, but the person is not entitled now
  to_go,    ///< there, not wanted, and the next to be removed
  held,     ///< to be removed, and waits for approval
  kept,     ///< not wanted, and it stays all the same
  foreign,  ///< there, not wanted, and not rosterd's
};

/// What decides about it. For programs: names are stable.
enum class Because {
  rule,                 ///< agreed: a rule gives it, and the ledger has it
  not_in_ledger_yet,    ///< agreed: will be adopted
  no_account,           ///< missing: the person has none, or it cannot be told which
  unknown_entitlement,  ///< missing: the tenant lacks it
  report_mode,          ///< agreed without the ledger, missing or kept
  contended,            ///< missing or to go: somebody else undoes it again and again
  retrying,             ///< missing or to go: it was tried, and failed
  given_up,             ///< missing or to go: its event is dead
  queued,               ///< missing or to go: an event waits for its turn
  taken_away,           ///< missing: rosterd granted it, and somebody else removed it
  not_done_yet,         ///< missing or to go: the next look at the person does it
  lifecycle,            ///< not yet: not started, suspended or on leave
  over_budget,          ///< held: would open a hold, or join one
  in_hold,              ///< held
  rejected,             ///< kept: a person said no
  is_protected,         ///< kept
  additive_mode,        ///< kept
  not_ours,             ///< foreign
};

std::string_view name_of(Standing standing);
std::string_view name_of(Because because);

struct ExplainedAccess {
  Standing standing = Standing::agreed;
  Because because = Because::rule;
  AccountId account;  ///< empty: the person has none
  EntitlementName name;
  std::vector<std::string> rules;     ///< that give it, or would
  std::optional<LedgerEntry> ledger;  ///< how it came to be there
  std::string why;                    ///< for people, without names of person and entitlement
  EventId event = 0;                  ///< what it waits for; 0: no event
  std::optional<Instant> next_at;     ///< when that is tried again, or changes by itself
  std::string hold;                   ///< the hash of the hold that has it
};

/// An account of the person, and how the policy finds it today.
struct ExplainedLink {
  AccountId account;
  std::string how;
};

/// A way to a group or role besides a direct assignment.
struct OtherWay {
  AccountId account;
  ResidualAccess access;
  std::optional<Instant> seen_at;  ///< nothing: now
};

/// A rule that gives the person nothing, and the first thing that keeps it from doing so.
struct SilentRule {
  std::string rule;
  std::vector<EntitlementName> gives;
  std::string because;
};

/// Everything that answers "why does Anna have X?" and "why does Ben not have Y?".
struct Explanation {
  bool blank = false;  ///< nothing is known of the person but the id: nothing is decided
  Lifecycle lifecycle;
  std::vector<ExplainedLink> links;
  std::string no_link;                  ///< why there is none, or no certain one; else empty
  std::vector<ExplainedAccess> access;  ///< by standing, then name, then account
  std::vector<OtherWay> other_ways;
  std::vector<SilentRule> silent_rules;  ///< in the order of the policy
  std::vector<EventRow> open_events;     ///< and dead ones, by arrival
  bool tenant_known = false;
};

/// Decides as the worker does (`lifecycle_of`, `desired_for`, `diff`, `guard`) and says why. Pure.
Explanation explain(const ExplainInput& input, const ExplainParts& parts);

}  // namespace rosterd::sync
