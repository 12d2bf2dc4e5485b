#include "status_output.hpp"

#include "drift_output.hpp"
#include "hold_choice.hpp"
#include "rosterd/base/text.hpp"
#include "table.hpp"

#include <cstdlib>
#include <string>
#include <vector>

namespace rosterd::cli {

namespace {

Tone tone_of(EventState state) {
  switch (state) {
    case EventState::dead:
      return Tone::bad;
    case EventState::retrying:
    case EventState::held:
      return Tone::careful;
    case EventState::applied:
      return Tone::good;
    case EventState::pending:
    case EventState::running:
    case EventState::scheduled:
    case EventState::waiting:
    case EventState::superseded:
    case EventState::ignored:
    case EventState::cancelled:
      return Tone::plain;
  }
  std::abort();
}

void print_events(const StatusView& view, Instant now, std::ostream& out) {
  Table table({"EVENTS", "COUNT"});
  for (const auto& [state, count] : view.events) {
    const Tone tone = count == 0 ? Tone::dim : tone_of(state);
    table.add({Cell(std::string(to_string(state)), tone), std::to_string(count)});
  }
  table.print(out);
  if (view.oldest_open_received_at) {
    out << "\nThe oldest open event was received " << brief(*view.oldest_open_received_at) << ", "
        << to_string(Duration{now - *view.oldest_open_received_at}) << " ago.\n";
  }
}

void print_people(const StatusView& view, std::ostream& out) {
  out << '\n' << counted(view.people, "person", "people");
  for (const auto& [state, count] : view.people_by_status) {
    out << ", " << count << ' ' << to_string(state);
  }
  out << "; " << counted(view.links, "account", "accounts") << " linked; "
      << counted(view.ledger, "assignment", "assignments") << " in the ledger; policy "
      << (view.policy_version.empty() ? "none yet" : view.policy_version) << ".\n";
}

void print_files(const StatusView& view, std::ostream& out) {
  if (view.intakes.empty()) return;
  out << '\n';
  Table table({"FILE", "DROP", "STATE", "TAKEN", "ROWS", "FAILED", "JOINED", "CHANGED", "LEFT"});
  for (const Intake& intake : view.intakes) {
    table.add({
        intake.file_name,
        intake.source,
        std::string(to_string(intake.state)),
        brief(intake.taken_at),
        std::to_string(intake.rows),
        std::to_string(intake.rows_failed),
        std::to_string(intake.joined),
        std::to_string(intake.changed),
        std::to_string(intake.left),
    });
  }
  table.print(out);
}

std::string listed(const std::vector<PersonId>& people) {
  std::string text;
  for (const PersonId& person : people)
    text += (text.empty() ? "" : ", ") + printable(person.value);
  return text;
}

/// What must not be overlooked: whoever has left and may still have access.
void print_leavers(const StatusView& view, const StatusExtras& extras, std::ostream& out) {
  if (!view.held_leavers.empty()) {
    out << '\n'
        << toned(
               counted(
                   view.held_leavers.size(),
                   "person has left and keeps access",
                   "people have left and keep access"
               ) + " until somebody decides:",
               Tone::bad
           )
        << ' ' << listed(view.held_leavers) << ".\n";
  }
  if (!extras.leavers_given_up.empty()) {
    const PersonId& first = extras.leavers_given_up.front();
    out << '\n'
        << toned(
               counted(extras.leavers_given_up.size(), "person has", "people have") +
                   " left and may still have access, because their event was given up:",
               Tone::bad
           )
        << ' ' << listed(extras.leavers_given_up) << ". rosterd events list --state dead --person "
        << printable(first.value) << " tells why; rosterd events replay tries again.\n";
  }
  if (view.residual > 0) {
    out << '\n'
        << toned(
               counted(view.residual, "way is", "ways are") +
                   " left to people who have left and lost everything of their own:",
               Tone::careful
           )
        << " nesting, mappings, roles of groups. rosterd people explain ID names them.\n";
  }
}

void print_holds_in_force(const StatusView& view, std::ostream& out) {
  if (view.holds.empty()) return;
  out << '\n';
  Table table({"HOLD", "STATE", "CAUSE", "OPENED", "WHY"});
  for (const Hold& hold : view.holds) {
    table.add({
        short_hash(hold),
        Cell(
            std::string(to_string(hold.state)),
            hold.state == HoldState::open ? Tone::bad : Tone::careful
        ),
        std::string(to_string(hold.cause)),
        brief(hold.opened_at),
        hold.why,
    });
  }
  table.print(out);
  out << "rosterd holds show " << short_hash(view.holds.front())
      << " tells more; rosterd holds approve and reject decide.\n";
}

void print_reconciliation(const StatusView& view, std::ostream& out) {
  if (!view.reconciliation) {
    out << "\nThe tenant was not compared with everybody yet.\n";
    return;
  }
  out << "\nCompared with the tenant at " << brief(view.reconciliation->finished_at)
      << (view.reconciliation->repairs ? ":" : ", without repairing:") << '\n';
  print_drift_counts(view.drift, out);
}

void print_storage(const StatusView& view, const StatusExtras& extras, std::ostream& out) {
  if (!view.storage) return;
  const std::uint64_t limit = extras.storage_limit;
  std::string text = "Storage of the tenant: " + std::to_string(view.storage->bytes) + " bytes";
  Tone tone = Tone::plain;
  if (limit > 0) {
    const std::uint64_t percent = percent_of(view.storage->bytes, limit);
    text += ", " + std::to_string(percent) + " % of the " + std::to_string(limit) +
            " of [target] storage_bytes_max";
    if (percent >= 80) tone = Tone::careful;
    if (percent >= 100) tone = Tone::bad;
  }
  out << '\n' << toned(text, tone) << ", read at " << brief(view.storage->at) << ".\n";
}

}  // namespace

void print_status(
    const StatusView& view, const StatusExtras& extras, Instant now, std::ostream& out
) {
  print_events(view, now, out);
  print_people(view, out);
  print_leavers(view, extras, out);
  print_holds_in_force(view, out);
  print_reconciliation(view, out);
  print_contended(extras.contended, out);
  print_storage(view, extras, out);
  print_files(view, out);
}

}  // namespace rosterd::cli
