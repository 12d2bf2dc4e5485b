#include "settle_slices.hpp"

#include <algorithm>
#include <iterator>

namespace rosterd::sync {

namespace {

class Cutting {
 public:
  Cutting(const Settlement& whole, const Owners& owners) : owners_(owners) {
    for (const EventResult& result : whole.events) everybody_.insert(owner_of(result));
    for (const PersonRecord& record : whole.people) everybody_.insert(record.id);
    for (const auto& [person, at] : whole.next_due) everybody_.insert(person);
  }

  std::size_t people() const { return everybody_.size(); }

  std::vector<Settlement> cut(Settlement whole, std::size_t people_min) {
    slices_.resize(1 + assign_slices(people_min));
    first_is_needed_ = !whole.holds.empty() || !whole.released.empty();
    for (Settlement& slice : slices_) slice.at = whole.at;
    slices_.front() = std::move(whole);
    deal(&Settlement::events, [this](const auto& result) { return owner_of(result); });
    deal(&Settlement::people, [](const auto& record) { return record.id; });
    deal(&Settlement::next_due, [](const auto& entry) { return entry.first; });
    deal(&Settlement::links, [](const auto& entry) { return entry.first; });
    deal(&Settlement::account_recheck, [](const auto& entry) { return entry.first; });
    deal(&Settlement::granted, [](const auto& entry) { return entry.person; });
    deal(&Settlement::revoked, [this](const auto& revoked) { return owner_of(revoked); });
    deal(&Settlement::operations, [](const auto& operation) { return operation.person; });
    deal(&Settlement::agreed, [](const auto& person) { return person; });
    deal(&Settlement::to_check, [](const auto& account) { return account.person; });
    deal(&Settlement::not_left, [](const auto& person) { return person; });
    if (!first_is_needed_) slices_.erase(slices_.begin());
    return std::move(slices_);
  }

 private:
  PersonId owner_of(const EventResult& result) const {
    const auto found = owners_.events.find(result.id);
    return found == owners_.events.end() ? PersonId() : found->second;
  }
  PersonId owner_of(const std::pair<AccountId, EntitlementRef>& assignment) const {
    const auto found = owners_.assignments.find(assignment);
    return found == owners_.assignments.end() ? PersonId() : found->second;
  }

  // Evenly, so that the last one is no smaller than the others. Gives how many follow the first.
  std::size_t assign_slices(std::size_t people_min) {
    std::vector<PersonId> rest;
    for (const PersonId& person : everybody_) {
      const bool is_first = person.value.empty() || owners_.together.contains(person);
      if (!is_first) rest.push_back(person);
    }
    if (rest.size() < 2) return 0;
    const std::size_t count = std::max<std::size_t>(rest.size() / people_min, 1);
    for (std::size_t i = 0; i < rest.size(); ++i) {
      slice_of_.emplace(rest[i], 1 + i * count / rest.size());
    }
    return count;
  }

  template <class Items, class OwnerOf>
  void deal(Items Settlement::*part, OwnerOf owner_of_item) {
    Items items = std::exchange(slices_.front().*part, Items());
    for (auto& item : items) {
      const auto slice = slice_of_.find(owner_of_item(item));
      const bool is_first = slice == slice_of_.end();
      first_is_needed_ = first_is_needed_ || is_first;
      Items& dealt = slices_[is_first ? 0 : slice->second].*part;
      dealt.insert(dealt.end(), std::move(item));
    }
  }

  const Owners& owners_;
  std::set<PersonId> everybody_;
  std::unordered_map<PersonId, std::size_t> slice_of_;  // of whoever is not in the first
  std::vector<Settlement> slices_;
  bool first_is_needed_ = true;
};

/// People whom these holds were about before they changed.
void add_people_of(
    const std::vector<Hold>& changed, const std::vector<Hold>& before, std::set<PersonId>& people
) {
  for (const Hold& hold : before) {
    const bool is_changed = std::any_of(changed.begin(), changed.end(), [&](const Hold& now) {
      return now.id == hold.id;
    });
    if (!is_changed) continue;
    for (const HeldRemoval& removal : hold.removals) people.insert(removal.person);
  }
}

void add_sharers(const std::map<PersonId, RoundPerson>& round, std::set<PersonId>& people) {
  std::unordered_map<AccountId, PersonId> first_with;
  for (const auto& [id, person] : round) {
    const auto note = [&, &id = id](const AccountId& account) {
      const PersonId& other = first_with.try_emplace(account, id).first->second;
      if (other != id) people.insert({other, id});
    };
    for (const AccountId& account : person.subject.accounts) note(account);
    for (const LedgerEntry& entry : person.subject.ledger) note(entry.account);
  }
}

}  // namespace

Owners owners_in(
    const std::map<PersonId, RoundPerson>& people,
    const ApplyResult& applied,
    const std::vector<Hold>& changed
) {
  Owners owners;
  for (const auto& [id, person] : people) {
    for (const DueEvent& due : person.events) owners.events.emplace(due.id, id);
  }
  for (const Change& change : applied.rest.changes) {
    const std::pair<AccountId, EntitlementRef> assignment(change.account, change.entitlement);
    owners.assignments.try_emplace(assignment, change.person);
  }
  add_people_of(changed, applied.holds, owners.together);
  add_sharers(people, owners.together);
  return owners;
}

std::vector<Settlement> slices_of(Settlement whole, const Owners& owners, std::size_t people_min) {
  people_min = std::max<std::size_t>(people_min, 2);
  Cutting cutting(whole, owners);
  if (cutting.people() >= 2 * people_min) return cutting.cut(std::move(whole), people_min);
  std::vector<Settlement> uncut;
  uncut.push_back(std::move(whole));
  return uncut;
}

}  // namespace rosterd::sync
