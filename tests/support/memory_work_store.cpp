#include "memory_work_store.hpp"

#include "rosterd/base/assert.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace rosterd::test {

namespace {

bool waits_for_time(EventState state) {
  return state == EventState::scheduled || state == EventState::waiting ||
         state == EventState::retrying;
}

}  // namespace

EventId MemoryWorkStore::accept(ChangeEvent event, Instant now) {
  Event row;
  row.event = std::move(event);
  row.received_at = now;
  const EventId id = ++last_event_;
  if (is_leaver(row.event)) of_leavers_.push_back(id);
  events.emplace(id, std::move(row));
  return id;
}

Task<std::map<AccountId, PersonId>> MemoryWorkStore::owners_of(std::vector<AccountId> accounts) {
  std::map<AccountId, PersonId> owners;
  for (const AccountId& account : accounts) {
    const auto found = links.find(account);
    if (found != links.end()) owners.insert(*found);
  }
  co_return owners;
}

Task<WorkStore::Recovery> MemoryWorkStore::recover(Instant, std::optional<int> crashes_max) {
  Recovery recovery;
  std::set<PersonId> suspects;
  for (const auto& [id, row] : events) {
    if (row.state == EventState::running) suspects.insert(row.event.person);
  }
  for (auto& [id, row] : events) {
    if (row.state != EventState::running) continue;
    if (crashes_max) ++row.crashes;
    const bool poison = crashes_max && row.crashes >= *crashes_max && suspects.size() == 1;
    row.state = poison ? EventState::dead : EventState::pending;
    row.due_at.reset();
    if (poison) row.error = ErrorClass::poison;
    ++(poison ? recovery.poisoned : recovery.requeued);
  }
  co_return recovery;
}

bool MemoryWorkStore::is_due(const Event& row, Instant now) const {
  if (row.state == EventState::pending) return !row.due_at || *row.due_at <= now;
  return waits_for_time(row.state) && row.due_at && *row.due_at <= now;
}

std::vector<EventId> MemoryWorkStore::due_in_order(Instant now) const {
  std::vector<EventId> due;
  for (const auto& [id, row] : events) {
    if (is_due(row, now)) due.push_back(id);
  }
  std::stable_partition(due.begin(), due.end(), [this](EventId id) {
    return is_leaver(events.at(id).event);
  });
  return due;
}

WorkPerson MemoryWorkStore::load(const PersonId& id) const {
  WorkPerson loaded;
  loaded.record.id = id;
  const auto found = people.find(id);
  if (found != people.end()) {
    loaded.exists = true;
    loaded.record = found->second.record;
    loaded.due_at = found->second.next_due;
    loaded.account_recheck_at = found->second.account_recheck;
  }
  for (const auto& [account, person] : links) {
    if (person == id) loaded.accounts.push_back(account);
  }
  for (const auto& [assignment, entry] : ledger) {
    if (entry.person == id) loaded.ledger.push_back(entry);
  }
  return loaded;
}

Task<Work> MemoryWorkStore::take_due(Instant now, Limits limits) {
  Work work;
  std::set<PersonId> taken;
  std::map<PersonId, std::vector<EventId>> due_of;
  const std::vector<EventId> due = due_in_order(now);
  for (const EventId id : due) due_of[events.at(id).event.person].push_back(id);
  for (const EventId first : due) {
    const PersonId person = events.at(first).event.person;
    if (taken.contains(person)) continue;
    std::vector<EventId>& ids = due_of.at(person);
    std::sort(ids.begin(), ids.end());
    if (!work.events.empty() && work.events.size() + ids.size() > limits.events_max) break;
    taken.insert(person);
    for (const EventId id : ids) {
      Event& row = events.at(id);
      DueEvent one;
      one.id = id;
      one.event = row.event;
      one.state = row.state;
      one.folded = row.folded;
      one.attempts = row.attempts;
      one.received_at = row.received_at;
      row.state = EventState::running;
      row.due_at.reset();
      work.events.push_back(std::move(one));
    }
  }
  std::size_t people_left = limits.people_max;
  for (const auto& [id, person] : people) {
    const bool its_time = person.next_due && *person.next_due <= now;
    if (people_left == 0) break;
    if (!its_time && person.policy == policy_version) continue;
    taken.insert(id);
    --people_left;
  }
  for (const PersonId& id : taken) work.people.emplace(id, load(id));
  decided_under_ = policy_version;
  co_return work;
}

Task<bool> MemoryWorkStore::leaver_is_waiting(Instant now) {
  co_return std::any_of(of_leavers_.begin(), of_leavers_.end(), [&](EventId id) {
    return is_due(events.at(id), now);
  });
}

void MemoryWorkStore::settle_event(const EventResult& result) {
  Event& row = events.at(result.id);
  if (is_final(row.state)) return;
  ROSTERD_ASSERT(row.state == EventState::running, "only what was taken is settled");
  row.state = result.state;
  row.folded = row.folded || result.folded;
  row.attempts += result.counted ? 1 : 0;
  row.error = result.error;
  row.reason = result.reason;
  row.due_at = result.next_attempt_at;
  ROSTERD_ASSERT(!waits_for_time(row.state) || row.due_at, "what waits for a time has one");
}

void MemoryWorkStore::settle_person(const Settlement& settlement) {
  for (const PersonRecord& record : settlement.people) {
    Person& person = people[record.id];
    person.record = record;
    person.policy = decided_under_;
  }
  for (const auto& [id, at] : settlement.next_due) {
    const auto known = people.find(id);
    if (known == people.end()) continue;
    known->second.next_due = at;
    known->second.policy = decided_under_;
  }
  for (const auto& [id, at] : settlement.account_recheck) {
    const auto known = people.find(id);
    if (known != people.end()) known->second.account_recheck = at;
  }
  for (const auto& [id, accounts] : settlement.links) {
    std::erase_if(links, [&](const auto& link) { return link.second == id; });
  }
  for (const auto& [id, accounts] : settlement.links) {
    for (const AccountId& account : accounts) links[account] = id;
  }
}

Task<void> MemoryWorkStore::settle(Settlement settlement) {
  if (before_settle) before_settle(settlement);
  ++settlements;
  for (const EventResult& result : settlement.events) settle_event(result);
  settle_person(settlement);
  for (const auto& [account, entitlement] : settlement.revoked) {
    ledger.erase(Assignment(account, entitlement));
  }
  for (const LedgerEntry& entry : settlement.granted) {
    ledger[Assignment(entry.account, entry.entitlement)] = entry;
  }
  settle_guard(settlement);
  settle_checks(settlement);
  for (OperationRecord& operation : settlement.operations) {
    operations.push_back(std::move(operation));
  }
  const std::set<PersonId> agreed(settlement.agreed.begin(), settlement.agreed.end());
  for (auto& [id, row] : events) {
    const bool waits = row.state == EventState::waiting || row.state == EventState::retrying ||
                       row.state == EventState::held;
    if (!waits || !row.folded || !agreed.contains(row.event.person)) continue;
    row.state = EventState::applied;
    row.due_at.reset();
    row.error.reset();
  }
  co_return;
}

Task<std::optional<Instant>> MemoryWorkStore::next_due_at(Instant now) {
  std::optional<Instant> next;
  const auto consider = [&](std::optional<Instant> at) {
    if (at && *at > now && (!next || *at < *next)) next = at;
  };
  for (const auto& [id, row] : events) {
    if (!is_final(row.state)) consider(row.due_at);
  }
  for (const auto& [id, person] : people) consider(person.next_due);
  co_return next;
}

Task<bool> MemoryWorkStore::use_policy(std::string version, std::string, Instant) {
  const bool changed = policy_version != version;
  policy_version = std::move(version);
  co_return changed;
}

Task<std::vector<WorkPerson>> MemoryWorkStore::people_after(
    PersonId after, std::size_t people_max
) {
  std::vector<WorkPerson> found;
  for (auto next = people.upper_bound(after); next != people.end(); ++next) {
    if (found.size() == people_max) break;
    found.push_back(load(next->first));
  }
  co_return found;
}

Task<std::optional<WorkPerson>> MemoryWorkStore::person(PersonId id) {
  std::optional<WorkPerson> found;
  if (people.contains(id)) found = load(id);
  co_return found;
}

void MemoryWorkStore::settle_guard(const Settlement& settlement) {
  for (const Removal& removal : settlement.removals) {
    Removal& begun = removals.try_emplace(removal.identity(), removal).first->second;
    begun.at = std::max(begun.at, removal.at);
  }
  for (Hold hold : settlement.holds) {
    if (hold.id == 0) hold.id = holds.empty() ? 1 : holds.rbegin()->first + 1;
    holds[hold.id] = hold;
  }
  for (const PersonId& person : settlement.released) release(person, settlement.at);
  for (auto& [id, row] : events) {
    const bool held = row.state == EventState::held;
    const auto& refused = settlement.refused;
    const bool is_refused =
        std::find(refused.begin(), refused.end(), row.event.person) != refused.end();
    if (!held || !is_refused) continue;
    row.state = EventState::cancelled;
    row.reason = settlement.refused_reason;
  }
}

void MemoryWorkStore::release(const PersonId& person, Instant at) {
  bool any = false;
  for (auto& [id, row] : events) {
    if (row.state != EventState::held || row.event.person != person) continue;
    row.state = EventState::pending;
    row.due_at.reset();
    any = true;
  }
  const auto known = people.find(person);
  if (!any && known != people.end()) known->second.next_due = at;
}

void MemoryWorkStore::settle_checks(const Settlement& settlement) {
  unchecked.insert(settlement.to_check.begin(), settlement.to_check.end());
  for (const Settlement::Checked& checked : settlement.checked) {
    unchecked.erase(checked.of);
    residual[checked.of] = checked.remains;
  }
  for (const PersonId& person : settlement.not_left) {
    std::erase_if(unchecked, [&](const LeaverAccount& of) { return of.person == person; });
    std::erase_if(residual, [&](const auto& row) { return row.first.person == person; });
  }
  if (settlement.drift) drift_rows = *settlement.drift;
  if (settlement.reconciled) {
    reconciled = settlement.reconciled;
    for (const auto& [of, remains] : residual) {
      if (!remains.empty()) unchecked.insert(of);
    }
  }
  if (settlement.storage) storage = settlement.storage;
}

Task<GuardState> MemoryWorkStore::guard_state(Instant now, Duration window) {
  GuardState state;
  for (const auto& [id, person] : people) {
    const auto status = person.record.attributes.find(attribute::status);
    const bool left = status != person.record.attributes.end() && to_text(status->second) == "left";
    if (!left) ++state.people;
  }
  state.ledger = ledger.size();
  for (const auto& [key, removal] : removals) {
    if (removal.at > now - window) state.removals.push_back(removal);
  }
  for (const auto& [id, hold] : holds) {
    if (is_in_force(hold.state)) state.holds.push_back(hold);
  }
  co_return state;
}

Task<std::vector<LeaverAccount>> MemoryWorkStore::leavers_to_check(std::size_t max) {
  std::vector<LeaverAccount> found;
  for (const LeaverAccount& of : unchecked) {
    if (found.size() < max) found.push_back(of);
  }
  co_return found;
}

Task<std::vector<DriftRow>> MemoryWorkStore::drift() {
  co_return drift_rows;
}

Task<std::size_t> MemoryWorkStore::prune(Instant, Retention, std::size_t) {
  co_return 0;
}

}  // namespace rosterd::test
