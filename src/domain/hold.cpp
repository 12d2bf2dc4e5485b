#include "rosterd/domain/hold.hpp"

#include "domain/enum_names.hpp"
#include "domain/fields.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

namespace rosterd {

namespace {

bool in_order(const HeldRemoval& left, const HeldRemoval& right) {
  return std::tie(left.account, left.entitlement, left.person) <
         std::tie(right.account, right.entitlement, right.person);
}

std::string line_of(const HeldRemoval& removal) {
  std::string line;
  append_field(line, removal.person.value);
  append_field(line, removal.account.value);
  append_field(line, to_string(removal.entitlement.kind));
  append_field(line, removal.entitlement.id.value);
  append_field(line, removal.name.name);
  append_field(line, removal.name.application);
  append_field(line, removal.reason);
  append_field(line, removal.leaver ? "leaver" : "");
  return line + "\n";
}

/// Whether what was said about a removal is still about the one that is asked for now.
bool is_about(const Hold& hold, const HeldRemoval& removal, const Change& change) {
  // "They keep it" was said of somebody who stays.
  return hold.state != HoldState::rejected || removal.leaver || !change.leaver;
}

HeldKey identity_of(const Change& change) {
  return {{change.account, change.entitlement}, change.person};
}

/// A plan's removals as the holds see them. A hold may have many thousands, and most plans concern
/// few of them: nothing is copied before something changes.
class Rest {
 public:
  Rest(const Plan& plan, const std::set<PersonId>& planned) : planned_(planned) {
    for (const Change& change : plan.changes) {
      if (change.kind != Change::Kind::revoke) continue;
      accounts_.insert(change.account);
      removals_.try_emplace(identity_of(change), &change);
    }
  }

  enum class Fate { stays, renewed, dropped };

  Fate fate_of(const Hold& hold, const HeldRemoval& removal) const {
    const Change* change = find(removal);
    if (change == nullptr) return planned_.contains(removal.person) ? Fate::dropped : Fate::stays;
    if (!is_about(hold, removal, *change)) return Fate::dropped;
    const bool is_same = hold.state != HoldState::open || renewed(removal, *change) == removal;
    return is_same ? Fate::stays : Fate::renewed;
  }

  /// Makes a hold what its removals' fates say.
  void apply(const std::vector<Fate>& fates, Hold& hold) const {
    std::vector<HeldRemoval> left;
    left.reserve(hold.removals.size());
    for (std::size_t i = 0; i < fates.size(); ++i) {
      HeldRemoval& removal = hold.removals[i];
      if (fates[i] == Fate::renewed) removal = renewed(removal, *find(removal));
      if (fates[i] != Fate::dropped) left.push_back(std::move(removal));
    }
    hold.removals = std::move(left);
  }

 private:
  const Change* find(const HeldRemoval& removal) const {
    if (!accounts_.contains(removal.account)) return nullptr;
    const auto found = removals_.find(removal.identity());
    return found == removals_.end() ? nullptr : found->second;
  }

  /// Who decides is to see why it would go now; what brought it up stays what it was.
  static HeldRemoval renewed(const HeldRemoval& removal, const Change& change) {
    HeldRemoval now = held_removal(change);
    now.event = removal.event;
    return now;
  }

  const std::set<PersonId>& planned_;
  AccountSet accounts_;
  std::map<HeldKey, const Change*> removals_;
};

/// A hold that has nothing left is over, even if it had nothing before.
bool as_it_was(const std::vector<Rest::Fate>& fates) {
  return !fates.empty() && std::all_of(fates.begin(), fates.end(), [](Rest::Fate fate) {
    return fate == Rest::Fate::stays;
  });
}

/// What waits for a person and is in no hold yet.
using Joining = std::map<HeldKey, std::pair<HoldCause, const Change*>>;

Joining joining_of(const Plan& plan, const std::vector<std::optional<Withheld>>& withheld) {
  Joining joining;
  for (std::size_t i = 0; i < std::min(plan.changes.size(), withheld.size()); ++i) {
    const Change& change = plan.changes[i];
    if (change.kind != Change::Kind::revoke || !withheld[i] || withheld[i]->rejected) continue;
    joining.try_emplace(identity_of(change), withheld[i]->cause, &change);
  }
  return joining;
}

/// Those of one cause, in order.
std::vector<HeldRemoval> take(Joining& joining, HoldCause cause) {
  std::vector<HeldRemoval> taken;
  for (const auto& [identity, waiting] : joining) {
    if (waiting.first == cause) taken.push_back(held_removal(*waiting.second));
  }
  std::erase_if(joining, [&](const auto& each) { return each.second.first == cause; });
  return taken;
}

/// The hold with what has joined it, and over when none of it is left.
Hold changed(Hold hold, std::vector<HeldRemoval> joined, const std::string& version, Instant now) {
  auto& removals = hold.removals;
  const auto middle = static_cast<std::ptrdiff_t>(removals.size());
  std::move(joined.begin(), joined.end(), std::back_inserter(removals));
  std::inplace_merge(removals.begin(), removals.begin() + middle, removals.end(), in_order);
  hold.changed_at = now;
  hold.policy_version = version;
  if (!hold.removals.empty()) return hold;
  hold.state = hold.state == HoldState::approved ? HoldState::done : HoldState::lapsed;
  hold.finished_at = now;
  return hold;
}

}  // namespace

std::string_view to_string(HoldCause cause) {
  switch (cause) {
    case HoldCause::leavers:
      return "leavers";
    case HoldCause::removals:
      return "removals";
    case HoldCause::emptied:
      return "emptied";
  }
  std::abort();
}

std::optional<HoldCause> hold_cause(std::string_view text) {
  return enum_named(text, HoldCause::emptied);
}

std::string_view to_string(HoldState state) {
  switch (state) {
    case HoldState::open:
      return "open";
    case HoldState::approved:
      return "approved";
    case HoldState::done:
      return "done";
    case HoldState::rejected:
      return "rejected";
    case HoldState::lapsed:
      return "lapsed";
  }
  std::abort();
}

std::optional<HoldState> hold_state(std::string_view text) {
  return enum_named(text, HoldState::lapsed);
}

bool concerns_nobody(const Hold& hold) {
  return std::any_of(hold.removals.begin(), hold.removals.end(), [](const HeldRemoval& removal) {
    return removal.person.value.empty();
  });
}

bool is_in_force(HoldState state) {
  switch (state) {
    case HoldState::open:
    case HoldState::approved:
    case HoldState::rejected:
      return true;
    case HoldState::done:
    case HoldState::lapsed:
      return false;
  }
  std::abort();
}

HeldRemoval held_removal(const Change& change) {
  HeldRemoval removal;
  removal.person = change.person;
  removal.account = change.account;
  removal.entitlement = change.entitlement;
  removal.name = change.name;
  removal.reason = change.reason;
  removal.leaver = change.leaver;
  removal.event = change.event;
  return removal;
}

std::string canonical_text(const std::vector<HeldRemoval>& removals) {
  std::vector<std::string> lines;
  lines.reserve(removals.size());
  for (const HeldRemoval& removal : removals) lines.push_back(line_of(removal));
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::vector<Hold> holds_after(
    const std::vector<Hold>& holds,
    const Plan& rest,
    const std::vector<std::optional<Withheld>>& withheld,
    const std::set<PersonId>& planned,
    const std::string& policy_version,
    Instant now
) {
  const Rest to_do(rest, planned);
  Joining joining = joining_of(rest, withheld);
  std::vector<std::pair<const Hold*, std::vector<Rest::Fate>>> in_force;
  for (const Hold& hold : holds) {
    if (!is_in_force(hold.state)) continue;
    std::vector<Rest::Fate> fates;
    fates.reserve(hold.removals.size());
    for (const HeldRemoval& removal : hold.removals) {
      fates.push_back(to_do.fate_of(hold, removal));
      const bool is_in_it = !joining.empty() && fates.back() != Rest::Fate::dropped;
      if (is_in_it) joining.erase(removal.identity());
    }
    in_force.emplace_back(&hold, std::move(fates));
  }

  std::vector<Hold> after;
  for (const auto& [hold, fates] : in_force) {
    std::vector<HeldRemoval> joined;
    if (hold->state == HoldState::open) joined = take(joining, hold->cause);
    if (joined.empty() && as_it_was(fates)) continue;
    Hold now_held = *hold;
    to_do.apply(fates, now_held);
    after.push_back(changed(std::move(now_held), std::move(joined), policy_version, now));
  }
  while (!joining.empty()) {
    Hold opened;
    opened.cause = joining.begin()->second.first;
    opened.opened_at = now;
    std::vector<HeldRemoval> removals = take(joining, opened.cause);
    after.push_back(changed(std::move(opened), std::move(removals), policy_version, now));
  }
  return after;
}

SplitHold split(const Hold& hold, const std::set<PersonId>& people) {
  const auto is_meant = [&](const HeldRemoval& removal) {
    return people.empty() || people.contains(removal.person);
  };
  const auto& all = hold.removals;
  if (std::all_of(all.begin(), all.end(), is_meant)) return {hold, std::nullopt};
  SplitHold parts{hold, hold};
  parts.part.id = 0;
  std::erase_if(parts.part.removals, [&](const HeldRemoval& each) { return !is_meant(each); });
  std::erase_if(parts.rest->removals, is_meant);
  // A hash of what they no longer are must not be taken for theirs.
  parts.part.hash.clear();
  parts.rest->hash.clear();
  return parts;
}

}  // namespace rosterd
