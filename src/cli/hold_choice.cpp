#include "hold_choice.hpp"

#include "context.hpp"
#include "exit_code.hpp"
#include "rosterd/base/text.hpp"
#include "sync/hold_keeping.hpp"
#include "table.hpp"

#include <cstdlib>

namespace rosterd::cli {

namespace {

[[noreturn]] void fail(const std::string& text) {
  throw CommandError(exit_code::failed, text);
}

std::vector<const Hold*> starting_with(
    const std::vector<Hold>& holds, const std::string& hash, bool in_force
) {
  std::vector<const Hold*> found;
  for (const Hold& hold : holds) {
    if (is_in_force(hold.state) == in_force && hold.hash.starts_with(hash)) found.push_back(&hold);
  }
  return found;
}

[[noreturn]] void fail_as_ambiguous(
    const std::vector<const Hold*>& found, const std::string& hash
) {
  std::string text = "more than one hold has a hash that starts with " + hash + ":";
  for (const Hold* hold : found) text += "\n  " + hold->hash;
  fail(text + "\nsay more of it");
}

std::string decided(const Hold& hold) {
  std::string text = " by " + printable(hold.decided_by);
  if (hold.decided_at) text += " at " + brief(*hold.decided_at);
  return text;
}

}  // namespace

std::string short_hash(const Hold& hold) {
  return sync::short_hash(hold.hash);
}

const Hold& choose_hold(const std::vector<Hold>& holds, const std::string& hash) {
  const auto in_force = starting_with(holds, hash, true);
  if (in_force.size() == 1) return *in_force.front();
  if (in_force.size() > 1) fail_as_ambiguous(in_force, hash);
  const auto over = starting_with(holds, hash, false);
  if (over.empty()) {
    fail(
        "no hold has a hash that starts with " + hash +
        "; a hold that changes gets another hash: rosterd holds list shows those in force, and "
        "with --all those that are over"
    );
  }
  // What happened twice in the same way has the same hash twice.
  for (const Hold* hold : over) {
    if (hold->hash != over.front()->hash) fail_as_ambiguous(over, hash);
  }
  return *over.front();
}

void refuse_undecidable(const Hold& hold, bool approve) {
  switch (hold.state) {
    case HoldState::open:
      return;
    case HoldState::rejected:
      if (approve) return;
      fail("this hold was rejected" + decided(hold) + "; it can be approved still");
    case HoldState::approved:
      fail(
          "this hold was approved" + decided(hold) +
          ", and its removals are being carried out: there is nothing left to decide"
      );
    case HoldState::done:
      fail("this hold was approved" + decided(hold) + ", and all of it is done");
    case HoldState::lapsed:
      fail("this hold is over: nothing asks for any of its removals any more");
  }
  std::abort();
}

Hold only(Hold hold, const std::set<PersonId>& people) {
  if (people.empty()) return hold;
  std::set<PersonId> missing = people;
  for (const HeldRemoval& removal : hold.removals) missing.erase(removal.person);
  if (!missing.empty()) {
    fail(
        "the hold is not about person " + printable(missing.begin()->value) +
        "; rosterd holds show " + short_hash(hold) + " shows whom it is about"
    );
  }
  std::erase_if(hold.removals, [&](const HeldRemoval& removal) {
    return !people.contains(removal.person);
  });
  return hold;
}

std::size_t people_in(const Hold& hold) {
  std::set<PersonId> people;
  for (const HeldRemoval& removal : hold.removals) people.insert(removal.person);
  return people.size() - people.count(PersonId());
}

std::size_t leavers_in(const Hold& hold) {
  std::set<PersonId> leavers;
  for (const HeldRemoval& removal : hold.removals) {
    if (removal.leaver) leavers.insert(removal.person);
  }
  return leavers.size();
}

}  // namespace rosterd::cli
