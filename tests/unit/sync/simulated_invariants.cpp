// What must hold in a simulated company.
#include "simulated_company.hpp"

#include <algorithm>

namespace rosterd::test {

namespace {

const AccountId protected_account = FakeTenant::account("p0");

}  // namespace

/// Whatever the worker takes away meanwhile was counted, or approved by somebody; who has left gets
/// nothing.
void SimulatedCompany::guarded(const std::function<void()>& does) {
  const Has before = tenant_has();
  try {
    does();
  } catch (const PowerCut&) {
    told("power cut");
    calls_to_power_cut_ = commits_to_power_cut_ = 0;
    start();
  }
  const Has after = tenant_has();
  see_losses(before, after);
  see_leavers(before, after);
  see_budgets();
}

void SimulatedCompany::see_losses(const Has& before, const Has& after) const {
  for (const AssignmentKey& key : before) {
    if (after.contains(key)) continue;
    ASSERT_TRUE(may_go_.contains(key)) << key.account << " lost something that was not counted";
    ASSERT_NE(key.account, protected_account) << "lost " << key.entitlement.id;
  }
}

void SimulatedCompany::see_leavers(const Has& before, const Has& after) const {
  for (const AssignmentKey& key : after) {
    const auto owner = store.links.find(key.account);
    if (before.contains(key) || owner == store.links.end()) continue;
    ASSERT_FALSE(has_left(owner->second))
        << owner->second << " has left, and was given " << key.entitlement.id;
  }
}

/// By the time that passes, whatever the clock says.
void SimulatedCompany::see_budgets() const {
  for (const Begun& last : begun_) {
    std::set<PersonId> leavers;
    std::set<AssignmentKey> removals;
    for (const Begun& each : begun_) {
      const Duration ago = last.since - each.since;
      if (ago < Duration{0}) continue;
      const Removal& removal = each.removal;
      if (removal.leaver && ago < guard.leavers.window) leavers.insert(removal.person);
      if (!removal.leaver && ago < guard.removals.window) removals.insert(removal.key());
    }
    ASSERT_LE(leavers.size(), guard.leavers.at_least);
    ASSERT_LE(removals.size(), guard.removals.at_least);
  }
}

/// Nothing that was accepted is forgotten: it has ended, or a time or a person will bring it on.
void SimulatedCompany::see_events() const {
  ASSERT_EQ(store.events.size(), posted_);
  for (const auto& [id, row] : store.events) {
    if (is_final(row.state)) continue;
    const bool is_held = row.state == EventState::held;
    ASSERT_TRUE(is_held || row.due_at)
        << "event " << id << " of " << row.event.person << " is " << to_string(row.state)
        << ", and nothing brings it on: " << row.reason;
    ASSERT_NE(row.state, EventState::running) << "event " << id;
    if (!is_held) continue;
    const bool in_hold =
        std::any_of(store.holds.begin(), store.holds.end(), [&](const auto& entry) {
          return is_held_by(entry.second, row.event.person);
        });
    ASSERT_TRUE(in_hold) << "event " << id << " of " << row.event.person << " is held by nothing";
  }
}

bool SimulatedCompany::is_held_by(const Hold& hold, const PersonId& person) {
  const auto concerns = [&](const HeldRemoval& held) { return held.person == person; };
  return hold.state == HoldState::open &&
         std::any_of(hold.removals.begin(), hold.removals.end(), concerns);
}

/// Looked at before anything of it is written: with the power gone, none of it happened.
void SimulatedCompany::watch(const Settlement& settlement) {
  if (commits_to_power_cut_ > 0 && --commits_to_power_cut_ == 0) throw PowerCut();
  for (const Removal& removal : settlement.removals) note_begun(removal);
  for (const Hold& hold : settlement.holds) {
    if (hold.state != HoldState::approved) continue;
    for (const HeldRemoval& removal : hold.removals) may_go_.insert(removal.key());
  }
  const Has has = tenant_has();
  for (const OperationRecord& operation : settlement.operations) {
    if (!operation.verified_at) continue;
    const bool there = has.contains({operation.account, operation.entitlement});
    EXPECT_EQ(there, adds(operation.kind))
        << to_string(operation.name) << " of " << operation.account << " is verified and not so";
  }
  for (const PersonId& id : settlement.agreed) see_agreement(id, settlement);
  for (const PersonRecord& record : settlement.people) see_order(record);
}

/// Who is said to agree with the tenant has all that the policy gives them.
void SimulatedCompany::see_agreement(const PersonId& id, const Settlement& settlement) const {
  std::vector<AccountId> accounts;
  for (const auto& [account, owner] : store.links) {
    if (owner == id) accounts.push_back(account);
  }
  const auto linked = settlement.links.find(id);
  if (linked != settlement.links.end()) accounts = linked->second;
  const Has has = tenant_has();
  const std::set<std::string> wanted = owed(id);
  for (const AccountId& account : accounts) {
    for (const std::string& name : wanted) {
      const auto ref = tenant.state().find(named(name));
      EXPECT_TRUE(has.contains({account, *ref}))
          << id << " is said to agree, and " << account << " has no " << name;
    }
  }
}

/// What is folded in never goes back to what was said earlier. Plans are left out: three of them
/// may contradict each other (`PersonRecord`).
void SimulatedCompany::see_order(const PersonRecord& record) {
  Stamp& newest = newest_[record.id];
  const bool is_plan = record.newest.effective_at || newest.effective_at;
  EXPECT_FALSE(numbered_ && !is_plan && precedes(record.newest, newest))
      << record.id << " went back from #" << newest.sequence << " to #" << record.newest.sequence;
  newest = record.newest;
}

/// What was begun or tried within its window, or in a future that was set back, is only tried
/// again: it was counted, and nobody else loses anything.
void SimulatedCompany::note_begun(const Removal& removal) {
  may_go_.insert(removal.key());
  const Duration window = removal.leaver ? guard.leavers.window : guard.removals.window;
  const auto before = std::find_if(begun_.rbegin(), begun_.rend(), [&](const Begun& each) {
    return each.removal.identity() == removal.identity();
  });
  const bool again = before != begun_.rend() && before->removal.at > removal.at - window;
  if (again) {
    before->removal.at = std::max(before->removal.at, removal.at);
  } else {
    begun_.push_back({removal, clock.monotonic()});
  }
}

SimulatedCompany::Has SimulatedCompany::tenant_has() const {
  Has has;
  for (const TenantGroup& group : tenant.state().groups) {
    const EntitlementRef ref{EntitlementKind::group, group.id};
    for (const AccountId& account : group.members) has.insert({account, ref});
  }
  for (const TenantRole& role : tenant.state().roles) {
    const EntitlementRef ref{EntitlementKind::role, role.id};
    for (const AccountId& account : role.users) has.insert({account, ref});
  }
  return has;
}

Lifecycle SimulatedCompany::lifecycle_now(const PersonId& person) const {
  const auto& attributes = store.people.at(person).record.attributes;
  return lifecycle_of(attributes, policy.lifecycle, *calendar, clock.now());
}

/// What somebody should have, by the store's record of them.
std::set<std::string> SimulatedCompany::owed(const PersonId& person) const {
  std::set<std::string> wanted;
  if (!store.people.contains(person)) return wanted;
  const auto& attributes = store.people.at(person).record.attributes;
  for (const Desired& desired : desired_for(policy, attributes, lifecycle_now(person))) {
    wanted.insert(to_string(desired.entitlement));
  }
  return wanted;
}

bool SimulatedCompany::has_left(const PersonId& person) const {
  return store.people.contains(person) && lifecycle_now(person).state == LifecycleState::left;
}

/// Not so is who wants an account that somebody else has: a person has to look.
bool SimulatedCompany::is_settled(const std::string& person) const {
  std::set<AccountId> linked;
  for (const auto& [account, owner] : store.links) {
    if (owner == PersonId(person)) linked.insert(account);
  }
  const auto known = store.people.find(PersonId(person));
  if (linked.empty() || known == store.people.end()) return false;
  const auto email = to_text(known->second.record.attributes.at("email"));
  return linked.contains(FakeTenant::account(email.substr(0, email.find('@'))));
}

void SimulatedCompany::see_the_end() const {
  for (const std::string& person : people_) {
    if (hr_.contains(person)) {
      const auto& attributes = store.people.at(PersonId(person)).record.attributes;
      EXPECT_EQ(to_text(attributes.at("department")), hr_.at(person).department)
          << person << " is where HR did not say last";
    }
    if (person != "p0" && is_settled(person)) see_person_at_the_end(person);
  }
  for (const AccountId& account :
       tenant.state().group(tenant.state().find(named("Canteen"))->id)->members) {
    EXPECT_FALSE(account.value.starts_with("auth0|stranger")) << account << " is in the canteen";
  }
  for (const auto& [id, row] : store.events) {
    EXPECT_TRUE(is_final(row.state)) << id << " " << to_string(row.state) << " " << row.reason;
  }
  for (const auto& [id, hold] : store.holds) {
    const bool looked_at =
        std::all_of(hold.removals.begin(), hold.removals.end(), [this](const HeldRemoval& removal) {
          return is_settled(removal.person.value);
        });
    EXPECT_FALSE(is_in_force(hold.state) && looked_at) << holds_now();
  }
}

void SimulatedCompany::see_person_at_the_end(const std::string& person) const {
  const PersonId id(person);
  const Has has_all = tenant_has();
  const bool revokes_all = policy.lifecycle.leaver == LifecycleSettings::Leaver::revoke_all;
  for (const char* name : {"Staff", "Engineering", "Canteen", "Developer@app"}) {
    const bool wanted = owed(id).contains(name);
    const auto ref = tenant.state().find(named(name));
    for (const auto& [account, owner] : store.links) {
      if (owner != id) continue;
      const auto entry = store.ledger.find({account, *ref});
      const bool in_ledger = entry != store.ledger.end();
      // Left there by somebody who waits for a person to look.
      if (in_ledger && !is_settled(entry->second.person.value)) continue;
      const bool has = has_all.contains({account, *ref});
      EXPECT_EQ(in_ledger, has && in_ledger) << person << " " << name << " is in the ledger alone";
      // Put there by somebody else, and not rosterd's to remove from somebody who stays.
      const bool loses_all = has_left(id) && revokes_all;
      const bool is_foreign = has && !wanted && !in_ledger && !loses_all &&
                              policy.mode_of(named(name)) == Mode::managed;
      EXPECT_TRUE(has == wanted || is_foreign)
          << person << " " << account << " " << name << " wanted " << wanted << " has " << has;
    }
  }
}

}  // namespace rosterd::test
