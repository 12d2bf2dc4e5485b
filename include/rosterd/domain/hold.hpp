#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/entitlement.hpp"
#include "rosterd/domain/ids.hpp"
#include "rosterd/domain/plan.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd {

/// An assignment by what it is, not by what it is called.
struct AssignmentKey {
  AccountId account;
  EntitlementRef entitlement;

  auto operator<=>(const AssignmentKey&) const = default;
};

/// The budget that removals went over.
enum class HoldCause {
  leavers,   ///< too many people have left within the window
  removals,  ///< too many assignments of people who stay
  emptied,   ///< a group or role would lose its last member
};

std::string_view to_string(HoldCause cause);
std::optional<HoldCause> hold_cause(std::string_view text);

enum class HoldState {
  open,      ///< waits for a person
  approved,  ///< its removals are being carried out
  done,      ///< approved, and every one of them is verified gone
  rejected,  ///< not to be done, for as long as policy and record would still ask for it
  lapsed,    ///< nothing asks for any of it any more
};

std::string_view to_string(HoldState state);
std::optional<HoldState> hold_state(std::string_view text);
/// Open, approved or rejected: it still says what may be done.
bool is_in_force(HoldState state);

/// Whom an assignment would be taken from, too: a decision about somebody says nothing about
/// whoever has their account later, and both may be about to lose it.
using HeldKey = std::pair<AssignmentKey, PersonId>;

/// One removal that a hold is about.
struct HeldRemoval {
  PersonId person;  ///< empty: an account that belongs to nobody
  AccountId account;
  EntitlementRef entitlement;
  EntitlementName name;
  std::string reason;   ///< why it would go
  bool leaver = false;  ///< of somebody who has left
  EventId event = 0;    ///< what brought it up; 0: time or policy

  AssignmentKey key() const { return {account, entitlement}; }
  HeldKey identity() const { return {key(), person}; }
  bool operator==(const HeldRemoval&) const = default;
};

HeldRemoval held_removal(const Change& change);

/// Removals that wait for a person's approval. At most one is open for each cause: it grows with
/// what goes over the same budget, and every change of its removals changes its hash, so that an
/// approval is of exactly what was seen.
struct Hold {
  std::int64_t id = 0;  ///< 0: not stored
  HoldCause cause = HoldCause::removals;
  HoldState state = HoldState::open;
  std::string hash;  ///< 64 hexadecimal digits over `canonical_text`
  std::string why;   ///< `7 people have left within 24 h; 5 may without approval`
  std::string policy_version;
  Instant opened_at{};
  Instant changed_at{};
  std::optional<Instant> decided_at;
  std::string decided_by;
  std::string note;  ///< what the person who decided said
  std::optional<Instant> finished_at;
  std::vector<HeldRemoval> removals;  ///< what of it is left to be decided or done; by `identity`
};

/// Whether accounts that belong to nobody are among those it is about.
bool concerns_nobody(const Hold& hold);

/// The exact removals of a hold, one a line, in an order that depends on nothing else: what the
/// hash is over. All that is shown of them; not the events that brought them up.
std::string canonical_text(const std::vector<HeldRemoval>& removals);

/// Why a removal of a plan is not to be done now.
struct Withheld {
  HoldCause cause = HoldCause::removals;
  bool rejected = false;  ///< by a person; else it waits for one
};

/// What a plan, as read back, means for the holds: gives those that are new (`id` 0) or changed.
///
/// `rest` is what is left to do for the people `planned` (an empty id stands for the accounts of
/// nobody), and `withheld` says of each of its changes, by index, why it is not done; nothing: it
/// may be. A removal that a hold has and `rest` has not any more is dropped: gone, or not wanted
/// any more. A hold that has none left is over. A withheld removal that no hold has joins the open
/// hold of its cause, or opens one. Hashes are left for the caller to compute. Pure.
std::vector<Hold> holds_after(
    const std::vector<Hold>& holds,
    const Plan& rest,
    const std::vector<std::optional<Withheld>>& withheld,
    const std::set<PersonId>& planned,
    const std::string& policy_version,
    Instant now
);

/// The removals of these people as a hold of their own, and the hold without them; both without a
/// hash. Everybody where `people` is empty. Pure.
struct SplitHold {
  Hold part;  ///< the whole hold, with id and hash, where nothing is left for `rest`; else id 0
  std::optional<Hold> rest;
};
SplitHold split(const Hold& hold, const std::set<PersonId>& people);

}  // namespace rosterd
