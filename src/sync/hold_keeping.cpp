#include "hold_keeping.hpp"

#include <utility>

namespace rosterd::sync {

namespace {

constexpr std::size_t short_hash_digits = 12;

void add_waiting(const Hold& hold, std::map<PersonId, std::string>& waiting) {
  std::map<PersonId, std::set<std::string>> names;
  for (const HeldRemoval& removal : hold.removals) {
    names[removal.person].insert(to_string(removal.name));
  }
  for (const auto& [person, held] : names) {
    std::string& text = waiting[person];
    text += text.empty() ? "removing " : "; removing ";
    for (const std::string& name : held) text += (name == *held.begin() ? "" : ", ") + name;
    text += " waits for approval in hold " + short_hash(hold.hash) + ": " + hold.why;
  }
}

}  // namespace

std::string hash_of(const std::vector<HeldRemoval>& removals, const Crypto& crypto) {
  return to_hex(crypto.sha256(canonical_text(removals)));
}

std::string short_hash(const std::string& hash) {
  return hash.substr(0, short_hash_digits);
}

std::vector<Hold> kept_holds(
    const ApplyResult& applied,
    const std::set<PersonId>& planned,
    const std::string& policy_version,
    const Crypto& crypto,
    Instant now
) {
  if (!applied.fresh || !applied.holds_known) return {};
  std::vector<Hold> changed =
      holds_after(applied.holds, applied.rest, applied.withheld, planned, policy_version, now);
  for (Hold& hold : changed) {
    if (!is_in_force(hold.state)) continue;
    hold.hash = hash_of(hold.removals, crypto);
    const auto over = applied.over.find(hold.cause);
    const bool grows = hold.state == HoldState::open && over != applied.over.end();
    if (grows) hold.why = over->second;
  }
  return changed;
}

std::set<PersonId> no_longer_waiting(
    const std::vector<Hold>& before, const std::vector<Hold>& changed
) {
  if (changed.empty()) return {};
  std::set<PersonId> waited;
  for (const Hold& hold : before) {
    if (hold.state != HoldState::open) continue;
    for (const HeldRemoval& removal : hold.removals) waited.insert(removal.person);
  }
  for (const auto& [person, what] : waiting_in(before, changed)) waited.erase(person);
  return waited;
}

std::map<PersonId, std::string> waiting_in(
    const std::vector<Hold>& before, const std::vector<Hold>& changed
) {
  std::set<std::int64_t> replaced;
  for (const Hold& hold : changed) replaced.insert(hold.id);
  std::map<PersonId, std::string> waiting;
  for (const Hold& hold : changed) {
    if (hold.state == HoldState::open) add_waiting(hold, waiting);
  }
  for (const Hold& hold : before) {
    const bool as_it_was = hold.state == HoldState::open && !replaced.contains(hold.id);
    if (as_it_was) add_waiting(hold, waiting);
  }
  return waiting;
}

}  // namespace rosterd::sync
