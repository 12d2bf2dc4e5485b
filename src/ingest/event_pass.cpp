#include "ingest/event_json.hpp"
#include "ingest/intake_passes.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/ingest/event_codec.hpp"

#include <utility>

namespace rosterd::ingest {

void EventPass::take(const CsvRow& row) {
  const std::string_view key = context_.mapper->key_of(row);
  const auto place = context_.people.find(key);
  if (!place) return;
  const PeopleTable::Entry& entry = context_.people[*place];
  if (entry.quarantined()) return;
  const bool roster_says_nothing =
      context_.roster && (!entry.is(PeopleTable::differs) || entry.is(PeopleTable::failed));
  if (roster_says_nothing) return;
  ignored_.clear();
  if (!context_.mapper->map(row, mapped_, ignored_)) return;
  const Key128 hash = row_hash(context_, mapped_, scratch_);
  if (!mapped_.id.empty() && ids_.first(mapped_.id, row.line, hash).line != row.line) return;

  ChangeEvent event;
  event.type = mapped_.type;
  const bool joined =
      context_.roster && event.type == ChangeType::changed && !entry.is(PeopleTable::known);
  if (joined) event.type = ChangeType::joined;
  event.mode = mapped_.mode;
  event.person = PersonId(std::string(key));
  event.attributes = context_.mapper->patch(mapped_);
  event.occurred_at = mapped_.occurred_at.value_or(context_.as_of);
  event.effective_at = mapped_.effective_at;
  event.sequence = mapped_.sequence;
  event.external_id = mapped_.id;
  Origin origin{row.line, std::string(mapped_.id), event.type, entry.is(PeopleTable::known)};
  emit(std::move(event), context_.roster ? std::optional(hash) : std::nullopt, std::move(origin));
}

/// Of a roster the check has counted already.
void EventPass::count(ChangeType type, bool known) {
  Intake& intake = context_.intake;
  if (type == ChangeType::left) {
    ++intake.left;
  } else if (type == ChangeType::joined || !known) {
    ++intake.joined;
  } else {
    ++intake.changed;
  }
}

void EventPass::take_gone(std::string_view person) {
  ChangeEvent event;
  event.type = ChangeType::left;
  event.person = PersonId(std::string(person));
  event.occurred_at = context_.as_of;
  emit(std::move(event), std::nullopt, Origin());
}

void EventPass::emit(ChangeEvent event, std::optional<Key128> row, Origin origin) {
  event.source = context_.config.name;
  event.type_text = to_string(event.type);
  IntakeStore::StagedRow staged;
  NewEvent& made = staged.event;
  const std::string content = content_json(event);
  made.sha256 = context_.crypto.sha256(content);
  if (event.external_id.empty()) event.external_id = "sha256:" + to_hex(made.sha256);
  made.key = event_key(event.source, event.external_id, context_.crypto);
  made.payload = with_id(content, event.external_id);
  made.received_at = context_.intake.taken_at;
  if (context_.intake.id != 0) made.intake = context_.intake.id;
  // A day is decided later, in the zone of the person.
  const auto* effective = event.effective_at ? std::get_if<Instant>(&*event.effective_at) : nullptr;
  if (effective != nullptr && *effective > context_.intake.taken_at) {
    made.state = EventState::scheduled;
    made.due_at = *effective;
  }
  made.event = std::move(event);
  staged.row = row;
  batch_.push_back(std::move(staged));
  origins_.push_back(std::move(origin));
}

void EventPass::report_conflict(const Origin& origin) {
  RowProblem problem;
  problem.line = origin.line;
  problem.column = context_.config.id_column;
  problem.value = printable(origin.id, 80);
  problem.reason =
      "is the id of an event that was accepted before and says otherwise; give it one of its own";
  fail_row(report_, context_.config.errors_max, std::move(problem));
}

Task<void> EventPass::flush() {
  if (batch_.empty()) co_return;
  std::vector<IntakeStore::StagedRow> batch;
  batch.swap(batch_);
  std::vector<Origin> origins;
  origins.swap(origins_);
  const std::vector<Acceptance> judged = co_await sink_.put(std::move(batch));
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (judged[i] == Acceptance::conflict) {
      report_conflict(origins[i]);
    } else if (!context_.roster) {
      count(origins[i].type, origins[i].known);
    }
  }
}

}  // namespace rosterd::ingest
