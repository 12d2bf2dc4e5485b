#include "adapters/sqlite/intake_store.hpp"

#include "adapters/sqlite/audit_entries.hpp"
#include "adapters/sqlite/codec.hpp"
#include "adapters/sqlite/intakes.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rosterd::sqlite {
namespace {

// One job each: long enough to be quick, short enough that webhooks do not wait.
constexpr std::size_t people_slice = 10'000;
constexpr std::size_t emails_slice = 1'000;

std::string select_intakes(const std::string& conditions) {
  return "SELECT " + std::string(intake_columns) + " FROM intake i " + conditions;
}

}  // namespace

Task<Intake> SqliteIntakeStore::begin(
    std::string source, std::string file_name, Digest sha256, Instant now
) {
  return writer_.perform([this,
                          source = std::move(source),
                          file_name = std::move(file_name),
                          sha256,
                          now](Transaction&) { return begin_now(source, file_name, sha256, now); });
}

Intake SqliteIntakeStore::begin_now(
    const std::string& source, const std::string& file_name, const Digest& sha256, Instant now
) {
  Query interrupted(
      tables_.database,
      select_intakes("WHERE i.state = 'reading' AND i.source = ? AND i.sha256 = ?")
  );
  Intake intake;
  const bool goes_on =
      interrupted.first([&](Row row) { intake = decode_intake(row); }, source, sha256);
  if (goes_on) return intake;

  Query insert(
      tables_.database,
      "INSERT INTO intake (source, file_name, sha256, state, taken_at) "
      "VALUES (?, ?, ?, 'reading', ?) RETURNING id"
  );
  intake.id = insert.number(source, file_name, sha256, now).value();
  intake.source = source;
  intake.file_name = file_name;
  intake.sha256 = sha256;
  intake.taken_at = now;
  return intake;
}

Task<std::optional<Intake>> SqliteIntakeStore::last_accepted(std::string source) {
  auto find = [this, source = std::move(source)](Transaction&) {
    Query query(
        tables_.database,
        select_intakes("WHERE i.source = ? AND i.state = 'done' ORDER BY i.id DESC LIMIT 1")
    );
    std::optional<Intake> found;
    query.first([&](Row row) { found = decode_intake(row); }, source);
    return found;
  };
  return writer_.perform(std::move(find), looking);
}

Task<Key128> SqliteIntakeStore::row_key() {
  auto find = [this](Transaction&) {
    Query query(tables_.database, "SELECT key FROM roster_key");
    Key128 key;
    if (!query.first([&](Row row) { key = row.key(0); })) {
      throw std::runtime_error("the store has lost the key of its roster rows");
    }
    return key;
  };
  return writer_.perform(std::move(find), looking);
}

Task<void> SqliteIntakeStore::known_people(
    KnownPeopleQuery query, std::function<void(const KnownPerson&)> visit
) {
  std::optional<PersonId> after = PersonId();
  while (after) {
    // In a transaction, which puts events that have just come where people's open ones are looked
    // up.
    auto visit_slice = [this, &query, &visit, from = *after](Transaction&) {
      return tables_.known_people.visit_slice(query, from, people_slice, visit);
    };
    after = co_await writer_.perform(std::move(visit_slice));
  }
}

Task<std::map<std::string, PersonId>> SqliteIntakeStore::holders_of_email(
    std::vector<std::string> emails
) {
  std::map<std::string, PersonId> holders;
  for (std::size_t begin = 0; begin < emails.size(); begin += emails_slice) {
    const std::size_t end = std::min(emails.size(), begin + emails_slice);
    auto find_slice = [this, &emails, &holders, begin, end](Transaction&) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::string email = lower_case(emails[i]);
        if (auto holder = tables_.people.holder_of_email(email)) holders.emplace(email, *holder);
      }
    };
    co_await writer_.perform(std::move(find_slice), looking);
  }
  co_return holders;
}

Task<std::vector<Acceptance>> SqliteIntakeStore::stage(
    std::int64_t intake, std::vector<StagedRow> rows
) {
  return writer_.perform([this, intake, rows = std::move(rows)](Transaction& transaction) {
    return stage_now(transaction, intake, rows);
  });
}

std::vector<Acceptance> SqliteIntakeStore::stage_now(
    Transaction& transaction, std::int64_t intake, const std::vector<StagedRow>& rows
) {
  std::vector<NewEvent> events;
  std::vector<const NewEvent*> batch;
  std::vector<Arrivals::Filing> filings;
  events.reserve(rows.size());
  filings.reserve(rows.size());
  for (const StagedRow& row : rows) {
    events.push_back(row.event);
    events.back().intake = intake;
    batch.push_back(&events.back());
    filings.push_back({intake, row.row, encode(row.event.event.attributes)});
  }
  auto judged = tables_.arrivals.judge(transaction, batch);
  tables_.arrivals.keep_accepted(transaction, batch, filings, judged);

  EventId first = 0;
  std::vector<Acceptance> each;
  each.reserve(judged.size());
  for (const AcceptedEvent& event : judged) {
    if (event.acceptance == Acceptance::accepted && first == 0) first = event.id;
    each.push_back(event.acceptance);
  }
  if (first == 0) return each;
  Query remember_first(
      tables_.database, "UPDATE intake SET first_event = ? WHERE id = ? AND first_event IS NULL"
  );
  remember_first.run(first, intake);
  return each;
}

Task<void> SqliteIntakeStore::finish(Intake intake) {
  return writer_.perform([this, intake = std::move(intake)](Transaction& transaction) {
    finish_now(transaction, intake);
  });
}

void SqliteIntakeStore::finish_now(Transaction& transaction, const Intake& intake) {
  if (intake.state == IntakeState::reading) {
    throw std::logic_error("an intake that is being read is not finished");
  }
  Query update(
      tables_.database,
      "UPDATE intake SET state = ?2, finished_at = ?3, rows = ?4, rows_failed = ?5, people = ?6, "
      "quarantined = ?7, joined = ?8, changed = ?9, departed = ?10, unchanged = ?11, reason = ?12 "
      "WHERE id = ?1 AND state = 'reading'"
  );
  const int updated = update.run(
      intake.id,
      to_string(intake.state),
      intake.finished_at.value_or(intake.taken_at),
      intake.rows,
      intake.rows_failed,
      intake.people,
      intake.quarantined,
      intake.joined,
      intake.changed,
      intake.left,
      intake.unchanged,
      intake.reason
  );
  if (updated == 0) throw std::logic_error("intake " + std::to_string(intake.id) + " is not open");
  // The same bytes as before decide nothing.
  if (intake.state != IntakeState::repeated) {
    AuditEntry entry = intake_entry(intake);
    entry.policy_version = tables_.policy.version();
    tables_.audit.add(transaction, entry);
  }
  if (intake.state == IntakeState::done) {
    tables_.outbox.open_lane(transaction, intake.id);
  } else {
    drop_events(transaction, intake.id);
  }
}

void SqliteIntakeStore::drop_events(Transaction& transaction, std::int64_t intake) {
  Query staged(
      tables_.database,
      "SELECT id FROM event WHERE id >= (SELECT first_event FROM intake WHERE id = ?1) "
      "AND intake = ?1"
  );
  std::vector<EventId> events;
  staged.each([&](Row row) { events.push_back(row.integer(0)); }, intake);
  for (const EventId event : events) tables_.arrivals.forget(transaction, event);
}

Task<std::vector<Intake>> SqliteIntakeStore::unfinished() {
  auto find = [this](Transaction&) {
    Query query(tables_.database, select_intakes("WHERE i.state = 'reading' ORDER BY i.id"));
    std::vector<Intake> intakes;
    query.each([&](Row row) { intakes.push_back(decode_intake(row)); });
    return intakes;
  };
  return writer_.perform(std::move(find), looking);
}

}  // namespace rosterd::sqlite
