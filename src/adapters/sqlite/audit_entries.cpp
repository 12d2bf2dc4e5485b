#include "adapters/sqlite/audit_entries.hpp"

#include "rosterd/base/text.hpp"

#include <string_view>

namespace rosterd::sqlite {
namespace {

constexpr std::string_view present = "present";
constexpr std::string_view absent = "absent";

/// A refused call has changed nothing, and what was acknowledged and lost is not there.
bool surely_not_done(const OperationRecord& operation) {
  const bool refused = operation.status >= 400 && operation.status < 500;
  return !operation.verified_at && (refused || operation.lost > 0);
}

std::string hold_text(const Hold& hold) {
  std::string text = "hold " + std::to_string(hold.id) + ": " + hold.why;
  if (!hold.removals.empty()) text += "; removals: " + std::to_string(hold.removals.size());
  text += "; hash " + hold.hash;
  if (!hold.note.empty()) text += "; note: " + hold.note;
  return text;
}

std::string hold_action(const std::optional<Hold>& before, const Hold& after) {
  if (before && before->state == after.state) return "hold changed";
  if (!before && after.state == HoldState::open) return "hold opened";
  return "hold " + std::string(to_string(after.state));
}

std::string counts_text(const Intake& intake) {
  return "rows " + std::to_string(intake.rows) + ", failed " + std::to_string(intake.rows_failed) +
         ", joined " + std::to_string(intake.joined) + ", changed " +
         std::to_string(intake.changed) + ", left " + std::to_string(intake.left);
}

}  // namespace

std::string event_actor(EventId event, const std::string& source) {
  const std::string actor = "event " + std::to_string(event);
  return source.empty() ? actor : actor + " of " + source;
}

std::string operator_actor(const std::string& name) {
  return name.empty() ? "operator" : "operator " + name;
}

AuditEntry event_entry(const OutboxRow& before, const OutboxRow& after, Instant at) {
  AuditEntry entry;
  entry.at = at;
  entry.actor = event_actor(after.event, after.source);
  entry.action = "event " + std::string(to_string(after.state));
  entry.person = after.person;
  entry.event = after.event;
  entry.rule = after.reason;
  entry.before = to_string(before.state);
  entry.after = to_string(after.state);
  return entry;
}

AuditEntry operation_entry(const OperationRecord& operation) {
  const bool gives = adds(operation.kind);
  AuditEntry entry;
  entry.at = operation.sent_at;
  entry.person = operation.person;
  entry.account = operation.account;
  entry.entitlement = to_string(operation.name);
  entry.event = operation.event;
  entry.rule = operation.reason;
  entry.policy_version = operation.policy_version;
  entry.before = gives ? absent : present;
  entry.verified_at = operation.verified_at;
  entry.answer = operation.status == 0 ? "no answer" : "HTTP " + std::to_string(operation.status);
  if (operation.verified_at) {
    entry.action = gives ? "granted" : "removed";
    entry.after = gives ? present : absent;
  } else {
    entry.action = gives ? "grant tried" : "removal tried";
    entry.after = surely_not_done(operation) ? entry.before : "unknown";
  }
  return entry;
}

AuditEntry adoption_entry(const LedgerEntry& entry) {
  AuditEntry adopted;
  adopted.at = entry.since;
  adopted.action = "adopted";
  adopted.person = entry.person;
  adopted.account = entry.account;
  adopted.entitlement = to_string(entry.name);
  adopted.event = entry.event;
  adopted.rule = entry.rule;
  adopted.policy_version = entry.policy_version;
  adopted.before = present;
  adopted.after = present;
  return adopted;
}

AuditEntry forgotten_entry(const LedgerEntry& entry, Instant at) {
  AuditEntry forgotten = adoption_entry(entry);
  forgotten.at = at;
  forgotten.action = "forgotten";
  forgotten.event = 0;
  forgotten.rule = "not there any more; it was by " + entry.rule;
  forgotten.before = absent;
  forgotten.after = absent;
  return forgotten;
}

std::optional<AuditEntry> hold_entry(
    const std::optional<Hold>& before, const Hold& after, Instant at
) {
  if (before && before->state == after.state && before->hash == after.hash) return std::nullopt;
  AuditEntry entry;
  entry.at = at;
  entry.actor = worker_actor;
  entry.action = hold_action(before, after);
  entry.rule = hold_text(after);
  entry.policy_version = after.policy_version;
  if (before) entry.before = to_string(before->state);
  entry.after = to_string(after.state);
  return entry;
}

AuditEntry intake_entry(const Intake& intake) {
  AuditEntry entry;
  entry.at = intake.finished_at.value_or(intake.taken_at);
  entry.actor = "file " + printable(intake.file_name) + " of " + intake.source;
  entry.action = "file " + std::string(to_string(intake.state));
  entry.rule = counts_text(intake);
  if (!intake.reason.empty()) entry.rule += "; " + intake.reason;
  entry.before = to_string(IntakeState::reading);
  entry.after = to_string(intake.state);
  return entry;
}

}  // namespace rosterd::sqlite
