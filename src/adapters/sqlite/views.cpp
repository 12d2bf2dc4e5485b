#include "adapters/sqlite/views.hpp"

#include "adapters/sqlite/codec.hpp"
#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/guard_settling.hpp"
#include "adapters/sqlite/holds.hpp"
#include "adapters/sqlite/intakes.hpp"
#include "adapters/sqlite/leaver_access.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/people.hpp"
#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/selection.hpp"
#include "adapters/sqlite/tenant_readings.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/base/text.hpp"

#include <array>
#include <utility>

namespace rosterd::sqlite {
namespace {

constexpr std::size_t status_intakes = 10;

// One read transaction: whatever is asked inside it is of the same moment.
class Snapshot {
 public:
  explicit Snapshot(SQLite::Database& database) : database_(database) { database_.exec("BEGIN"); }
  ~Snapshot() { database_.tryExec("ROLLBACK"); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  SQLite::Database& database_;
};

SQLite::Database open_current(const std::filesystem::path& path) {
  SQLite::Database database = open_for_reading(path);
  expect_current_schema(database);
  return database;
}

std::string event_query(const std::string& conditions) {
  return "SELECT e.id, o.state, o.attempts, o.crashes, o.due_at, o.finished_at, o.error, o.reason, "
         "o.replay_of, o.folded, " +
         std::string(event_columns) + " FROM event e JOIN outbox o ON o.event = e.id" + conditions;
}

EventRow decode_event_row(Row row) {
  constexpr int first_event_column = 10;
  EventRow event;
  event.id = row.integer(0);
  event.state = event_state(row.text(1)).value();
  event.attempts = row.small(2);
  event.crashes = row.small(3);
  if (row.has(4) && row.integer(4) != 0) event.next_attempt_at = row.instant(4);
  event.finished_at = row.optional_instant(5);
  if (row.has(6)) event.error = error_class(row.text(6));
  event.reason = row.text(7);
  event.replay_of = row.optional_integer(8);
  event.folded = row.flag(9);
  event.event = decode_event(row, first_event_column);
  event.received_at = row.instant(first_event_column + event_columns_count - 1);
  return event;
}

PersonRow decode_person_row(Row row) {
  PersonRow person;
  person.record = decode_person(row);
  person.next_due_at = row.optional_instant(person_next_due_at_column);
  person.account_recheck_at = row.optional_instant(person_account_recheck_at_column);
  return person;
}

bool matches(const PersonRecord& person, const std::string& wanted) {
  if (wanted.empty()) return true;
  const auto has = [&](const std::string& text) {
    return lower_case(text).find(wanted) != std::string::npos;
  };
  if (has(person.id.value)) return true;
  constexpr std::array<std::string_view, 4> searched = {
      attribute::email, "given_name", "family_name", "display_name"};
  std::string full_name;
  for (const std::string_view name : searched) {
    const auto text = text_of(person.attributes, name);
    if (!text) continue;
    if (has(*text)) return true;
    if (name != attribute::email) full_name += (full_name.empty() ? "" : " ") + *text;
  }
  return has(full_name);
}

Operation::Kind operation_kind(std::string_view text) {
  using Kind = Operation::Kind;
  for (const auto kind : {Kind::add_members, Kind::remove_members, Kind::add_roles}) {
    if (text == to_string(kind)) return kind;
  }
  return Kind::remove_roles;
}

OperationRecord decode_operation(Row row) {
  OperationRecord operation;
  operation.kind = operation_kind(row.text(0));
  operation.entitlement.id = EntitlementId(row.text(1));
  operation.entitlement.kind = decode_entitlement_kind(row.text(2));
  operation.name.kind = operation.entitlement.kind;
  operation.name.name = row.text(3);
  operation.name.application = row.text(4);
  operation.account = AccountId(row.text(5));
  operation.person = PersonId(row.text(6));
  operation.event = row.integer(7);
  operation.reason = row.text(8);
  operation.policy_version = row.text(9);
  operation.sent_at = row.instant(10);
  operation.status = row.small(11);
  operation.verified_at = row.optional_instant(12);
  operation.lost = row.small(13);
  return operation;
}

AuditRow decode_audit_row(Row row) {
  AuditRow audit;
  AuditEntry& entry = audit.entry;
  audit.id = row.integer(0);
  entry.at = row.instant(1);
  entry.actor = row.text(2);
  entry.action = row.text(3);
  entry.person = PersonId(row.text(4));
  entry.account = AccountId(row.text(5));
  entry.entitlement = row.text(6);
  entry.event = row.integer(7);
  entry.rule = row.text(8);
  entry.policy_version = row.text(9);
  entry.before = row.text(10);
  entry.after = row.text(11);
  entry.answer = row.text(12);
  entry.verified_at = row.optional_instant(13);
  audit.hash = row.digest(14);
  return audit;
}

}  // namespace

SqliteViews::SqliteViews(const std::filesystem::path& path) : database_(open_current(path)) {}

StatusView SqliteViews::status() {
  const Snapshot snapshot(database_);
  StatusView status;
  count_events(status);
  count_people(status);
  Query links(database_, "SELECT count(*) FROM link");
  status.links = static_cast<std::uint64_t>(links.number().value_or(0));
  Query ledger(database_, "SELECT count(*) FROM ledger");
  status.ledger = static_cast<std::uint64_t>(ledger.number().value_or(0));
  Query policy(database_, "SELECT version FROM policy_version ORDER BY id DESC LIMIT 1");
  policy.first([&](Row row) { status.policy_version = row.text(0); });
  status.intakes = intakes(status_intakes);
  Query bytes(
      database_, "SELECT c.page_count * s.page_size FROM pragma_page_count c, pragma_page_size s"
  );
  status.database_bytes = static_cast<std::uint64_t>(bytes.number().value_or(0));
  status.schema_version = schema_version(database_);
  add_safety(status);
  return status;
}

void SqliteViews::add_safety(StatusView& status) {
  status.holds = holds_in_force(database_);
  Query held_leavers(
      database_,
      "SELECT DISTINCT r.person FROM hold h JOIN hold_removal r ON r.hold = h.id "
      "WHERE h.finished_at IS NULL AND h.state = 'open' AND r.leaver = 1 ORDER BY r.person"
  );
  held_leavers.each([&](Row row) { status.held_leavers.emplace_back(row.text(0)); });
  Query residual(database_, "SELECT count(*) FROM residual");
  status.residual = static_cast<std::uint64_t>(residual.number().value_or(0));
  DriftCounts drift = count_drift(database_);
  status.drift = std::move(drift.there);
  status.contended = drift.contended;
  status.reconciliation = last_reconciliation(database_);
  status.storage = last_storage_reading(database_);
}

void SqliteViews::count_events(StatusView& status) {
  for (const EventState state : all_event_states()) status.events[state] = 0;
  Query counts(database_, "SELECT state, sum(events) FROM outbox_count GROUP BY state");
  counts.each([&](Row row) { status.events[event_state(row.text(0)).value()] = row.count(1); });

  const std::optional<EventId> first = oldest_open();
  if (!first) return;
  Query received(database_, "SELECT received_at FROM event WHERE id = ?");
  received.first([&](Row row) { status.oldest_open_received_at = row.instant(0); }, *first);
}

std::optional<EventId> SqliteViews::oldest_open() {
  Query oldest(
      database_,
      "SELECT event FROM outbox WHERE state = ? AND finished_at IS NULL AND due_at IS NOT 0 "
      "ORDER BY event LIMIT 1"
  );
  // Those that are due at once are in order within a lane and a priority; there are few lanes.
  Query oldest_at_once(
      database_,
      "WITH RECURSIVE lane (number) AS ("
      "SELECT min(lane) FROM outbox WHERE due_at IS NOT NULL "
      "UNION ALL SELECT (SELECT min(lane) FROM outbox WHERE due_at IS NOT NULL AND lane > number) "
      "FROM lane WHERE number IS NOT NULL), "
      "priority (number) AS (VALUES (0), (1)) "
      "SELECT min((SELECT event FROM outbox WHERE lane = lane.number AND "
      "priority = priority.number AND due_at = 0 ORDER BY event LIMIT 1)) FROM lane, priority"
  );
  std::optional<EventId> first = oldest_at_once.number();
  for (const EventState state : all_event_states()) {
    if (is_final(state)) continue;
    const auto event = oldest.number(to_string(state));
    if (event && (!first || *event < *first)) first = event;
  }
  return first;
}

void SqliteViews::count_people(StatusView& status) {
  Query counts(database_, "SELECT status, count(*) FROM person GROUP BY status");
  counts.each([&](Row row) {
    status.people += row.count(1);
    if (const auto state = lifecycle_state(row.text(0))) {
      status.people_by_status[*state] += row.count(1);
    }
  });
}

std::vector<EventRow> SqliteViews::events(const EventSelection& selection, std::size_t limit) {
  Query query(database_, event_query(where_clause(selection) + " ORDER BY e.id DESC LIMIT ?"));
  bind_selection(query, selection);
  query.bind_next(limit);
  std::vector<EventRow> events;
  query.each([&](Row row) { events.push_back(decode_event_row(row)); });
  return events;
}

std::uint64_t SqliteViews::count(const EventSelection& selection) {
  Query query(
      database_,
      "SELECT count(*) FROM event e JOIN outbox o ON o.event = e.id" + where_clause(selection)
  );
  bind_selection(query, selection);
  return static_cast<std::uint64_t>(query.number().value_or(0));
}

std::optional<EventRow> SqliteViews::event(EventId id) {
  EventSelection selection;
  selection.ids.push_back(id);
  auto found = events(selection, 1);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::string SqliteViews::payload(EventId id) {
  Query query(database_, "SELECT payload FROM event_payload WHERE event = ?");
  std::string payload;
  query.first([&](Row row) { payload = row.text(0); }, id);
  return payload;
}

std::vector<AttemptRow> SqliteViews::attempts(EventId id) {
  Query query(
      database_, "SELECT number, at, error, reason FROM attempt WHERE event = ? ORDER BY number"
  );
  std::vector<AttemptRow> attempts;
  query.each(
      [&](Row row) {
        AttemptRow& attempt = attempts.emplace_back();
        attempt.number = row.small(0);
        attempt.at = row.instant(1);
        if (row.has(2)) attempt.error = error_class(row.text(2));
        attempt.reason = row.text(3);
      },
      id
  );
  return attempts;
}

std::vector<OperationRecord> SqliteViews::operations_of(const PersonId& person, std::size_t limit) {
  Query query(
      database_,
      "SELECT kind, entitlement, name_kind, name, application, account, person, event, reason, "
      "policy_version, sent_at, status, verified_at, lost FROM operation WHERE person = ? "
      "ORDER BY id DESC LIMIT ?"
  );
  std::vector<OperationRecord> operations;
  query.each([&](Row row) { operations.push_back(decode_operation(row)); }, person, limit);
  return operations;
}

std::optional<PersonRow> SqliteViews::person(const PersonId& id) {
  const Snapshot snapshot(database_);
  Query query(database_, "SELECT " + std::string(person_columns) + " FROM person p WHERE p.id = ?");
  std::optional<PersonRow> person;
  query.first([&](Row row) { person = decode_person_row(row); }, id);
  if (person) add_accounts_and_ledger(*person);
  return person;
}

std::vector<PersonRow> SqliteViews::people(
    const std::string& search, const PersonId& after, std::size_t limit
) {
  constexpr std::size_t page = 500;
  const Snapshot snapshot(database_);
  Query query(
      database_,
      "SELECT " + std::string(person_columns) +
          " FROM person p WHERE p.id > ? ORDER BY p.id LIMIT ?"
  );
  const std::string wanted = lower_case(search);
  std::vector<PersonRow> people;
  PersonId last = after;
  for (std::size_t rows = page; rows == page && people.size() < limit;) {
    rows = 0;
    const PersonId from = last;
    query.each(
        [&](Row row) {
          ++rows;
          PersonRow person = decode_person_row(row);
          last = person.record.id;
          if (people.size() < limit && matches(person.record, wanted)) {
            people.push_back(std::move(person));
          }
        },
        from,
        page
    );
  }
  for (PersonRow& person : people) add_accounts_and_ledger(person);
  return people;
}

void SqliteViews::add_accounts_and_ledger(PersonRow& person) {
  Query accounts(database_, "SELECT account FROM link WHERE person = ? ORDER BY account");
  accounts.each([&](Row row) { person.accounts.emplace_back(row.text(0)); }, person.record.id);
  Query ledger(
      database_,
      "SELECT " + std::string(ledger_columns) +
          " FROM ledger l WHERE l.person = ? ORDER BY l.account, l.kind, l.entitlement"
  );
  ledger.each(
      [&](Row row) { person.ledger.push_back(decode_ledger_entry(row)); }, person.record.id
  );
}

std::vector<Intake> SqliteViews::intakes(std::size_t limit) {
  Query query(
      database_,
      "SELECT " + std::string(intake_columns) + " FROM intake i ORDER BY i.id DESC LIMIT ?"
  );
  std::vector<Intake> intakes;
  query.each([&](Row row) { intakes.push_back(decode_intake(row)); }, limit);
  return intakes;
}

std::vector<Hold> SqliteViews::holds(bool also_over, std::size_t limit) {
  const Snapshot snapshot(database_);
  std::vector<Hold> holds = holds_in_force(database_);
  if (holds.size() > limit) holds.resize(limit);
  add_removals(database_, holds);
  if (!also_over) return holds;
  for (Hold& hold : holds_over(database_, limit - holds.size())) holds.push_back(std::move(hold));
  return holds;
}

GuardState SqliteViews::guard_state(Instant now, Duration window) {
  const Snapshot snapshot(database_);
  return sqlite::guard_state(database_, now, window);
}

std::vector<DriftRow> SqliteViews::drift() {
  return drift_rows(database_);
}

std::vector<ResidualRow> SqliteViews::residual(const std::optional<PersonId>& person) {
  return residual_access(database_, person);
}

void SqliteViews::audit(
    std::optional<Instant> from,
    std::optional<Instant> to,
    const std::function<void(const AuditRow&)>& visit
) {
  const Snapshot snapshot(database_);
  // By id, because clocks are set back and ids are not.
  Query query(
      database_,
      "SELECT id, at, actor, action, person, account, entitlement, event, rule, policy_version, "
      "was, became, answer, verified_at, hash FROM audit "
      "WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR at < ?2) ORDER BY id"
  );
  query.each([&](Row row) { visit(decode_audit_row(row)); }, from, to);
}

Views::AuditAnchor SqliteViews::audit_anchor() {
  Query query(database_, "SELECT id, hash FROM audit_anchor");
  AuditAnchor anchor;
  query.first([&](Row row) { anchor = AuditAnchor{row.integer(0), row.digest(1)}; });
  return anchor;
}

std::unique_ptr<Views> open_views(const std::filesystem::path& path) {
  return std::make_unique<SqliteViews>(path);
}

}  // namespace rosterd::sqlite
