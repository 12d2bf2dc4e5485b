#include "hold_output.hpp"

#include "hold_choice.hpp"
#include "rosterd/base/text.hpp"
#include "table.hpp"

#include <algorithm>
#include <cstdlib>

namespace rosterd::cli {

namespace {

constexpr std::size_t line_bytes_max = 400;

std::string in_words(HoldState state) {
  switch (state) {
    case HoldState::open:
      return "open: waits for somebody to approve or reject it";
    case HoldState::approved:
      return "approved: is being carried out";
    case HoldState::done:
      return "done: approved, and all of it is verified gone";
    case HoldState::rejected:
      return "rejected: is not done";
    case HoldState::lapsed:
      return "lapsed: nothing asks for any of it any more";
  }
  std::abort();
}

std::string in_words(HoldCause cause) {
  switch (cause) {
    case HoldCause::leavers:
      return "leavers: too many people have left";
    case HoldCause::removals:
      return "removals: too many assignments of people who stay would go";
    case HoldCause::emptied:
      return "emptied: a group or role would lose its last member";
  }
  std::abort();
}

Tone tone_of(HoldState state) {
  switch (state) {
    case HoldState::open:
      return Tone::bad;
    case HoldState::approved:
    case HoldState::rejected:
      return Tone::careful;
    case HoldState::done:
      return Tone::good;
    case HoldState::lapsed:
      return Tone::dim;
  }
  std::abort();
}

std::string count_or_nothing(const Hold& hold, std::size_t count) {
  return is_in_force(hold.state) ? std::to_string(count) : "";
}

void print_facts(const Hold& hold, const HoldOrigins& origins, std::ostream& out) {
  out << "Hold " << printable(hold.hash) << '\n';
  Table table({"", ""});
  table.add({"state", Cell(in_words(hold.state), tone_of(hold.state))});
  table.add({"cause", in_words(hold.cause)});
  table.add({"why", hold.why});
  if (!hold.policy_version.empty()) table.add({"policy", hold.policy_version});
  table.add({"opened", brief(hold.opened_at)});
  if (hold.changed_at != hold.opened_at) table.add({"changed", brief(hold.changed_at)});
  const std::string brought_up = in_words(origins);
  if (!brought_up.empty()) table.add({"brought up by", brought_up});
  if (hold.decided_at) table.add({"decided", brief(*hold.decided_at) + " by " + hold.decided_by});
  if (!hold.note.empty()) table.add({"note", hold.note});
  if (hold.finished_at) table.add({"over since", brief(*hold.finished_at)});
  table.print(out);
}

void print_person(
    const PersonId& person, const std::vector<const HeldRemoval*>& removals, std::ostream& out
) {
  if (person.value.empty()) {
    out << "accounts that belong to nobody\n";
  } else {
    out << "person " << printable(person.value) << (removals.front()->leaver ? " (has left)" : "")
        << '\n';
  }
  for (const HeldRemoval* removal : removals) {
    std::string line = "  - " + std::string(to_string(removal->entitlement.kind)) + " " +
                       to_string(removal->name) + " for " + removal->account.value + "  (" +
                       removal->reason;
    if (removal->event != 0) line += "; event " + std::to_string(removal->event);
    out << toned(printable(line + ")", line_bytes_max), Tone::bad) << '\n';
  }
}

void print_sums(const Hold& hold, std::ostream& out) {
  std::map<EntitlementName, std::size_t> sums;
  for (const HeldRemoval& removal : hold.removals) ++sums[removal.name];
  Table table({"ENTITLEMENT", "KIND", "LOSES"});
  for (const auto& [name, count] : sums) {
    table.add({
        to_string(name),
        std::string(to_string(name.kind)),
        counted(count, "member", "members"),
    });
  }
  table.print(out);
}

std::string who_keeps_access(const Hold& hold) {
  const std::size_t leavers = leavers_in(hold);
  if (leavers == 0) return "";
  return " " + counted(leavers, "person who has left keeps", "people who have left keep") +
         " access.";
}

void print_what_can_be_done(const Hold& hold, std::ostream& out) {
  const std::string approve = "  rosterd holds approve " + short_hash(hold) + "\n";
  switch (hold.state) {
    case HoldState::open:
      out << "Approving removes exactly this, " << extent_of(hold)
          << ", whatever the budgets say, and nothing else; where people, policy or tenant have "
             "moved, it is refused and the hold shown as it is then.\n"
          << approve
          << "Rejecting leaves it undone until the policy or the record no longer asks for it."
          << who_keeps_access(hold) << "\n  rosterd holds reject " << short_hash(hold) << '\n';
      return;
    case HoldState::rejected:
      out << "This stays undone until the policy or the record no longer asks for it: "
          << extent_of(hold) << "." << who_keeps_access(hold) << " It can be approved still.\n"
          << approve;
      return;
    case HoldState::approved:
      out << "What is verified gone disappears from here.\n";
      return;
    case HoldState::done:
    case HoldState::lapsed:
      return;
  }
  std::abort();
}

}  // namespace

std::string in_words(const HoldOrigins& origins) {
  std::string text;
  const auto add = [&](const std::string& one) { text += (text.empty() ? "" : ", ") + one; };
  for (const auto& [source, count] : origins.events) {
    add(counted(count, "event", "events") + " of " + source);
  }
  if (origins.forgotten > 0) {
    add(counted(origins.forgotten, "event", "events") + " that are not kept any more");
  }
  if (origins.time_or_policy) add("time or policy");
  return text;
}

std::string extent_of(const Hold& hold) {
  const std::string assignments = counted(hold.removals.size(), "assignment", "assignments");
  const std::size_t people = people_in(hold);
  const bool nobody =
      std::any_of(hold.removals.begin(), hold.removals.end(), [](const HeldRemoval& removal) {
        return removal.person.value.empty();
      });
  std::string whose;
  if (people > 0) whose = " of " + counted(people, "person", "people");
  if (nobody) whose += (people > 0 ? " and" : "") + std::string(" of accounts of nobody");
  return assignments + whose;
}

void print_holds(const std::vector<Hold>& holds, std::ostream& out) {
  Table table({"HASH", "STATE", "CAUSE", "PEOPLE", "REMOVALS", "OPENED", "WHY"});
  for (const Hold& hold : holds) {
    table.add({
        short_hash(hold),
        Cell(std::string(to_string(hold.state)), tone_of(hold.state)),
        std::string(to_string(hold.cause)),
        count_or_nothing(hold, people_in(hold)),
        count_or_nothing(hold, hold.removals.size()),
        brief(hold.opened_at),
        hold.why,
    });
  }
  table.print(out);
}

void print_removals(const Hold& hold, std::ostream& out) {
  std::map<PersonId, std::vector<const HeldRemoval*>> by_person;
  for (const HeldRemoval& removal : hold.removals) by_person[removal.person].push_back(&removal);
  for (const auto& [person, removals] : by_person) print_person(person, removals, out);
  if (by_person.empty()) return;
  out << '\n';
  print_sums(hold, out);
}

void print_hold(const Hold& hold, const HoldOrigins& origins, std::ostream& out) {
  print_facts(hold, origins, out);
  out << '\n';
  if (hold.removals.empty()) {
    out << "Nothing of it is left.\n";
    return;
  }
  print_removals(hold, out);
  out << '\n';
  print_what_can_be_done(hold, out);
}

}  // namespace rosterd::cli
