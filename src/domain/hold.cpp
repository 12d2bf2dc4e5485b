#include "rosterd/domain/hold.hpp"

#include "domain/enum_names.hpp"
#include "domain/fields.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <map>
#include <utility>

namespace rosterd {

namespace {

HeldRemoval held(const Change& change) {
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

bool by_key(const HeldRemoval& left, const HeldRemoval& right) {
  return left.key() < right.key();
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

/// The removals that are left to do, and why each is not done.
class Rest {
 public:
  struct Entry {
    const Change* change = nullptr;
    std::optional<Withheld> withheld;
  };

  Rest(const Plan& plan, const std::vector<std::optional<Withheld>>& withheld) {
    for (std::size_t i = 0; i < plan.changes.size(); ++i) {
      const Change& change = plan.changes[i];
      if (change.kind != Change::Kind::revoke) continue;
      const auto why = i < withheld.size() ? withheld[i] : std::nullopt;
      entries_.try_emplace({change.account, change.entitlement}, Entry{&change, why});
    }
  }

  const Change* find(const AssignmentKey& key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : found->second.change;
  }

  const std::map<AssignmentKey, Entry>& entries() const { return entries_; }

 private:
  std::map<AssignmentKey, Entry> entries_;
};

/// Whether what was said about a removal is still about the one that is asked for now.
bool is_about(const Hold& hold, const HeldRemoval& removal, const Change& change) {
  if (removal.person != change.person) return false;
  // "They keep it" was said of somebody who stays.
  return hold.state != HoldState::rejected || removal.leaver || !change.leaver;
}

/// What of a hold is left.
std::vector<HeldRemoval> left_of(
    const Hold& hold, const Rest& rest, const std::set<PersonId>& planned
) {
  std::vector<HeldRemoval> left;
  for (const HeldRemoval& removal : hold.removals) {
    const Change* change = rest.find(removal.key());
    if (change == nullptr) {
      if (!planned.contains(removal.person)) left.push_back(removal);
      continue;
    }
    if (!is_about(hold, removal, *change)) continue;
    left.push_back(removal);
    if (hold.state != HoldState::open) continue;
    // Who decides is to see why it would go now; what brought it up stays what it was.
    left.back() = held(*change);
    left.back().event = removal.event;
  }
  return left;
}

void finish_if_over(Hold& hold, Instant now) {
  if (!hold.removals.empty()) return;
  hold.state = hold.state == HoldState::approved ? HoldState::done : HoldState::lapsed;
  hold.finished_at = now;
}

std::set<AssignmentKey> keys_of(const std::vector<Hold>& holds) {
  std::set<AssignmentKey> keys;
  for (const Hold& hold : holds) {
    for (const HeldRemoval& removal : hold.removals) keys.insert(removal.key());
  }
  return keys;
}

Hold& open_hold(std::vector<Hold>& holds, HoldCause cause, Instant now) {
  const auto found = std::find_if(holds.begin(), holds.end(), [&](const Hold& hold) {
    return hold.state == HoldState::open && hold.cause == cause;
  });
  if (found != holds.end()) return *found;
  Hold opened;
  opened.cause = cause;
  opened.opened_at = now;
  holds.push_back(std::move(opened));
  return holds.back();
}

/// Puts what is withheld and in no hold into the open hold of its cause.
void join(std::vector<Hold>& holds, const Rest& rest, Instant now) {
  const std::set<AssignmentKey> known = keys_of(holds);
  for (const auto& [key, entry] : rest.entries()) {
    if (!entry.withheld || entry.withheld->rejected || known.contains(key)) continue;
    open_hold(holds, entry.withheld->cause, now).removals.push_back(held(*entry.change));
  }
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
  const Rest to_do(rest, withheld);
  std::vector<Hold> before;
  std::copy_if(holds.begin(), holds.end(), std::back_inserter(before), [](const Hold& hold) {
    return is_in_force(hold.state);
  });
  std::vector<Hold> after = before;
  for (Hold& hold : after) hold.removals = left_of(hold, to_do, planned);
  join(after, to_do, now);

  std::vector<Hold> changed;
  for (std::size_t i = 0; i < after.size(); ++i) {
    Hold& hold = after[i];
    std::sort(hold.removals.begin(), hold.removals.end(), by_key);
    const bool is_same = i < before.size() && hold.removals == before[i].removals;
    if (is_same && !hold.removals.empty()) continue;
    hold.changed_at = now;
    hold.policy_version = policy_version;
    finish_if_over(hold, now);
    changed.push_back(std::move(hold));
  }
  return changed;
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
