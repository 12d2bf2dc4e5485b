#include "adapters/sqlite/work_store.hpp"

#include "adapters/sqlite/audit_entries.hpp"
#include "adapters/sqlite/guard_settling.hpp"
#include "adapters/sqlite/leaver_access.hpp"
#include "adapters/sqlite/tenant_readings.hpp"
#include "rosterd/base/assert.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace rosterd::sqlite {
namespace {

// People are read a slice at a time, so that events go on being accepted meanwhile. Only the one
// worker changes people, and it is the one that waits here.
constexpr std::size_t people_slice = 500;

}  // namespace

Task<WorkStore::Recovery> SqliteWorkStore::recover(Instant now, std::optional<int> crashes_max) {
  return writer_.perform([this, now, crashes_max](Transaction& transaction) {
    return recover_now(transaction, now, crashes_max);
  });
}

WorkStore::Recovery SqliteWorkStore::recover_now(
    Transaction& transaction, Instant now, std::optional<int> crashes_max
) {
  Query running(
      tables_.database,
      "SELECT event FROM outbox WHERE state = 'running' AND finished_at IS NULL "
      "AND due_at IS NOT 0 ORDER BY event"
  );
  std::vector<OutboxRow> rows;
  std::set<PersonId> people;
  const auto keep = [&](Row row) {
    const auto found = tables_.outbox.find(row.integer(0));
    ROSTERD_ASSERT(found.has_value(), "it was just read");
    people.insert(found->person);
    rows.push_back(*found);
  };
  running.each(keep);

  Recovery recovery;
  for (const OutboxRow& before : rows) {
    const int crashes = before.crashes + (crashes_max ? 1 : 0);
    if (crashes_max && crashes >= *crashes_max && people.size() == 1) {
      tables_.settling.bury(transaction, before, ErrorClass::poison, now);
      ++recovery.poisoned;
      continue;
    }
    OutboxRow after = before;
    after.state = EventState::pending;
    after.crashes = crashes;
    after.due_at = Outbox::at_once;
    tables_.outbox.save(transaction, before, after);
    ++recovery.requeued;
  }
  return recovery;
}

// A slice at a time, like people: a crash in between leaves the events of those before running, as
// one after the last does.
Task<Work> SqliteWorkStore::take_due(Instant now, Limits limits) {
  auto look = [this, now](Transaction&) { return tables_.due_work.is_anything_due(now); };
  DueWork::Taken taken(limits.events_max);
  bool more = co_await writer_.perform(std::move(look), looking);
  while (more) {
    auto take_slice = [this, now, limits, &taken](Transaction& transaction) {
      const bool go_on = tables_.due_work.take_events(transaction, now, limits.events_max, taken);
      if (!go_on) tables_.due_work.take_people(transaction, now, limits.people_max, taken);
      return go_on;
    };
    more = co_await writer_.perform(std::move(take_slice));
  }

  Work work;
  work.events = std::move(taken.events);
  std::vector<PersonId> ids(taken.people.begin(), taken.people.end());
  auto people = co_await load(std::move(ids));
  for (WorkPerson& person : people) {
    const PersonId id = person.record.id;
    work.people.emplace(id, std::move(person));
  }
  co_return work;
}

Task<std::vector<WorkPerson>> SqliteWorkStore::load(std::vector<PersonId> people) {
  std::vector<WorkPerson> loaded;
  loaded.reserve(people.size());
  while (loaded.size() < people.size()) {
    const std::size_t end = std::min(people.size(), loaded.size() + people_slice);
    auto load_slice = [this, &people, &loaded, end](Transaction&) {
      for (std::size_t i = loaded.size(); i < end; ++i) {
        loaded.push_back(tables_.people.load(people[i]));
      }
    };
    co_await writer_.perform(std::move(load_slice), looking);
  }
  co_return loaded;
}

Task<bool> SqliteWorkStore::leaver_is_waiting(Instant now) {
  auto look = [this, now](Transaction&) { return tables_.due_work.leaver_is_waiting(now); };
  return writer_.perform(std::move(look), looking);
}

Task<void> SqliteWorkStore::settle(Settlement settlement) {
  return writer_.perform([this, settlement = std::move(settlement)](Transaction& transaction) {
    tables_.settling.settle(transaction, settlement);
  });
}

Task<std::optional<Instant>> SqliteWorkStore::next_due_at(Instant now) {
  auto look = [this, now](Transaction&) { return tables_.due_work.next_due_at(now); };
  return writer_.perform(std::move(look), looking);
}

Task<std::map<AccountId, PersonId>> SqliteWorkStore::owners_of(std::vector<AccountId> accounts) {
  std::map<AccountId, PersonId> owners;
  for (std::size_t from = 0; from < accounts.size(); from += people_slice) {
    const std::size_t end = std::min(accounts.size(), from + people_slice);
    auto find_slice = [this, &accounts, &owners, from, end](Transaction&) {
      for (std::size_t i = from; i < end; ++i) {
        if (auto owner = tables_.people.owner_of(accounts[i])) owners.emplace(accounts[i], *owner);
      }
    };
    co_await writer_.perform(std::move(find_slice), looking);
  }
  co_return owners;
}

Task<bool> SqliteWorkStore::use_policy(std::string version, std::string text, Instant now) {
  return writer_.perform([this, version = std::move(version), text = std::move(text), now](
                             Transaction& transaction
                         ) { return use_policy_now(transaction, version, text, now); });
}

bool SqliteWorkStore::use_policy_now(
    Transaction& transaction, const std::string& version, const std::string& text, Instant now
) {
  AuditEntry entry;
  entry.before = tables_.policy.version();
  if (!tables_.policy.use(transaction, version, text, now)) return false;
  entry.at = now;
  entry.actor = worker_actor;
  entry.action = "policy in force";
  entry.policy_version = version;
  entry.after = version;
  tables_.audit.add(transaction, entry);
  return true;
}

Task<std::vector<WorkPerson>> SqliteWorkStore::people_after(
    PersonId after, std::size_t people_max
) {
  auto find_ids = [this, after = std::move(after), people_max](Transaction&) {
    Query query(tables_.database, "SELECT id FROM person WHERE id > ? ORDER BY id LIMIT ?");
    std::vector<PersonId> ids;
    query.each([&](Row row) { ids.emplace_back(row.text(0)); }, after, people_max);
    return ids;
  };
  auto ids = co_await writer_.perform(std::move(find_ids), looking);
  co_return co_await load(std::move(ids));
}

Task<std::optional<WorkPerson>> SqliteWorkStore::person(PersonId id) {
  auto find = [this, id = std::move(id)](Transaction&) {
    std::optional<WorkPerson> found = tables_.people.load(id);
    if (!found->exists) found.reset();
    return found;
  };
  return writer_.perform(std::move(find), looking);
}

Task<GuardState> SqliteWorkStore::guard_state(Instant now, Duration window) {
  auto look = [this, now, window](Transaction&) {
    return sqlite::guard_state(tables_.database, now, window);
  };
  return writer_.perform(std::move(look), looking);
}

Task<std::vector<LeaverAccount>> SqliteWorkStore::leavers_to_check(std::size_t max) {
  auto look = [this, max](Transaction&) { return sqlite::leavers_to_check(tables_.database, max); };
  return writer_.perform(std::move(look), looking);
}

Task<std::vector<DriftRow>> SqliteWorkStore::drift() {
  auto look = [this](Transaction&) { return drift_rows(tables_.database); };
  return writer_.perform(std::move(look), looking);
}

Task<std::size_t> SqliteWorkStore::prune(Instant now, Retention retention, std::size_t rows_max) {
  Pruning::Slice slice;
  slice.done = false;
  while (slice.deleted == 0 && !slice.done) {
    auto prune_slice = [this, now, retention, rows_max](Transaction& transaction) {
      return tables_.pruning.prune(transaction, now, retention, rows_max);
    };
    slice = co_await writer_.perform(std::move(prune_slice));
  }
  co_return slice.deleted;
}

}  // namespace rosterd::sqlite
