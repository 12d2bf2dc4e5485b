#include "unit/sync/syncing.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <stdexcept>

namespace rosterd::test {
namespace {

struct PowerCut : std::runtime_error {
  PowerCut() : std::runtime_error("power cut") {}
};

/// Weeks in the life of a company, from one seed: HR, an administrator, a second writer, a tenant
/// that fails, crashes and changes of policy, in any order. What must hold is looked at after every
/// step and at the end. `ROSTERD_SEEDS=FROM-TO` runs other seeds.
class Simulation : public Syncing, public testing::WithParamInterface<unsigned> {
 protected:
  using Has = std::set<AssignmentKey>;
  static constexpr std::size_t leavers_a_day = 3;
  static constexpr std::size_t removals_an_hour = 6;

  Simulation() : random(GetParam()) {
    guard.enabled = true;
    guard.leavers = {leavers_a_day, 0.0, 24h};
    guard.removals = {removals_an_hour, 0.0, 1h};
    config.account_recheck = 10min;
    config.crashes_max = 1000;
    a_company();
    tenant.has_group("Canteen");
    rule("eaters", {{"location", "Berlin"}}, {"Canteen"});
    mode("Canteen", Mode::exact);
    mode("Sales", Mode::additive);
    policy.protected_things.people = {PersonId("p0")};
    if (chance(30)) policy.lifecycle.leaver = LifecycleSettings::Leaver::revoke_granted;
    if (chance(30)) storage_bytes_max = 20'000;
    policies.push_back(policy.rules);
    policies.push_back(policy.rules);
    policies.back().at(1).when.children.front().test.values = {AttributeValue("Engineerign")};
    for (int i = 0; i < 14; ++i) {
      people.push_back("p" + std::to_string(i));
      tenant.has_user(people.back());
      tenant.has_user(second_account(people.back()));
      hr_says("joined", people.back(), {{"department", any(departments)}, {"location", "Berlin"}});
    }
    store.before_settle = [this](const Settlement& settlement) { watch(settlement); };
    guard.enabled = false;
    work();
    guard.enabled = true;
    start();
  }

  static std::string second_account(const std::string& person) { return person + "b"; }
  static Date date_of(Instant instant) {
    return Date{std::chrono::floor<std::chrono::days>(instant)};
  }

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }
  bool chance(int percent) { return pick(1, 100) <= percent; }
  const std::string& any(const std::vector<std::string>& of) {
    return of[static_cast<std::size_t>(pick(0, static_cast<int>(of.size()) - 1))];
  }

  /// What was begun within its window, or in a future that was set back, is only tried again: it
  /// was counted, and nobody else loses anything.
  bool is_tried_again(const Removal& removal) const {
    const Duration window = removal.leaver ? guard.leavers.window : guard.removals.window;
    return std::any_of(begun.begin(), begun.end(), [&](const Removal& before) {
      return before.identity() == removal.identity() && before.at > removal.at - window;
    });
  }

  void watch(const Settlement& settlement) {
    if (power_fails_in > 0 && --power_fails_in == 0) throw PowerCut();
    for (const Removal& removal : settlement.removals) {
      if (!is_tried_again(removal)) begun.push_back(removal);
    }
    for (const Hold& hold : settlement.holds) {
      if (hold.state != HoldState::approved) continue;
      for (const HeldRemoval& removal : hold.removals) approved.insert(removal.key());
    }
  }

  Has tenant_has() const {
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

  void hr_does_something() {
    const std::string person = any(people);
    switch (pick(0, 11)) {
      case 0:
      case 1:
        hr_says("joined", person, {{"status", "active"}, {"department", any(departments)}});
        break;
      case 2:
      case 3:
      case 4:
        hr_says("changed", person, {{"department", any(departments)}});
        break;
      case 5:
      case 6:
        hr_says("left", person);
        break;
      case 7:
        hr_says("changed", person, {{"status", any({"active", "suspended", "on_leave"})}});
        break;
      case 8:
        hr_says("changed", person, {{"location", any({"Berlin", "Paris"})}});
        break;
      case 9: {
        Saying soon;
        soon.effective_at = Effective(clock.now() + Duration{1h} * pick(1, 100));
        hr_says(any({"left", "changed"}), person, {}, soon);
        break;
      }
      case 10: {
        if (person == "p0") break;
        // An address of their own, or one that somebody else has.
        const std::string whose = chance(70) ? person : any(people);
        const std::string name = chance(50) ? whose : second_account(whose);
        hr_says("changed", person, {{"email", name + "@example.com"}});
        break;
      }
      case 11: {
        const Date day = date_of(clock.now() + Duration{24h} * pick(-2, 3));
        hr_says("changed", person, {{"last_day", rosterd::to_string(day)}});
        break;
      }
    }
  }

  /// A bad file: everybody at once.
  void hr_loses_its_mind() {
    const bool gone = chance(50);
    for (const std::string& person : people) {
      if (gone) {
        hr_says("left", person);
      } else {
        hr_says("changed", person, {{"department", "Nowhere"}});
      }
    }
  }

  void somebody_edits_by_hand() {
    const std::string where = any({"Staff", "Engineering", "Sales", "Canteen", "Developer"});
    const std::string who = chance(30) ? "stranger" + std::to_string(pick(0, 3)) : any(people);
    if (chance(50)) {
      tenant.put(where, who);
    } else {
      tenant.take(where, who);
    }
  }

  void somebody_decides() {
    std::vector<Hold> open;
    for (const auto& [id, hold] : store.holds) {
      const bool decidable = hold.state == HoldState::open || hold.state == HoldState::rejected;
      if (decidable) open.push_back(hold);
    }
    if (open.empty()) return;
    const Hold& hold = open[static_cast<std::size_t>(pick(0, static_cast<int>(open.size()) - 1))];
    const bool approve = chance(50);
    std::set<PersonId> decided;
    if (chance(40)) decided = {hold.removals.front().person};
    anna_decides(approve, hold, std::move(decided));
  }

  void step() {
    const int dice = pick(1, 100);
    if (dice <= 45) {
      for (int i = pick(1, 4); i > 0; --i) hr_does_something();
    } else if (dice <= 48) {
      hr_loses_its_mind();
    } else if (dice <= 60) {
      somebody_edits_by_hand();
    } else if (dice <= 70) {
      guarded([this] { somebody_decides(); });
    } else if (dice <= 80) {
      guarded([this] { run(loop, engine().reconcile(chance(80))); });
    } else if (dice <= 84) {
      policy.rules = policies[static_cast<std::size_t>(pick(0, 1))];
      new_policy();
    } else if (dice <= 88) {
      start();
    } else if (dice <= 94) {
      tenant.misbehaves(chance(50) ? 0.3 : 0.0, static_cast<unsigned>(random()));
      tenant.storage_bytes = chance(50) ? 19'990 : 10'000;
    } else if (dice <= 98) {
      clock.advance(Duration{1h} * pick(1, 30));
    } else {
      clock.set(clock.now() - Duration{1min} * pick(1, 600));
    }
    if (chance(15)) power_fails_in = pick(1, 6);
    guarded([this] { work(); });
    power_fails_in = 0;
    clock.advance(Duration{1s} * pick(1, 1800));
  }

  /// Whatever the worker takes away meanwhile was counted, or approved by somebody.
  template <class Work>
  void guarded(Work does) {
    const Has before = tenant_has();
    try {
      does();
    } catch (const PowerCut&) {
      start();
    }
    const Has after = tenant_has();
    Has counted = approved;
    for (const Removal& removal : begun) counted.insert(removal.key());
    for (const AssignmentKey& key : before) {
      if (after.contains(key)) continue;
      ASSERT_TRUE(counted.contains(key)) << key.account << " lost something that was not counted";
      const bool is_protected = key.account == FakeTenant::account("p0");
      ASSERT_FALSE(is_protected) << "somebody protected lost " << key.entitlement.id;
    }
    budgets_hold();
  }

  void budgets_hold() const {
    for (const Removal& last : begun) {
      std::set<PersonId> leavers;
      std::set<AssignmentKey> removals;
      for (const Removal& removal : begun) {
        const Duration ago = last.at - removal.at;
        if (ago < Duration{0}) continue;
        if (removal.leaver && ago < 24h) leavers.insert(removal.person);
        if (!removal.leaver && ago < 1h) removals.insert(removal.key());
      }
      ASSERT_LE(leavers.size(), leavers_a_day);
      ASSERT_LE(removals.size(), removals_an_hour);
    }
  }

  void everything_calms_down() {
    tenant.relents();
    tenant.storage_bytes = 10'000;
    policy.rules = policies.front();
    new_policy();
    for (int day = 0; day < 12; ++day) {
      later(24h);
      run(loop, engine().reconcile(true));
      work();
      std::vector<Hold> waiting;
      for (const auto& [id, hold] : store.holds) {
        const bool decidable = hold.state == HoldState::open || hold.state == HoldState::rejected;
        if (decidable) waiting.push_back(hold);
      }
      for (const Hold& hold : waiting) anna_decides(true, hold);
      work();
    }
  }

  /// What somebody should have, by the store's record of them, where the mode lets it be so.
  std::set<std::string> owed(const std::string& person) const {
    const auto known = store.people.find(PersonId(person));
    std::set<std::string> wanted;
    if (known == store.people.end()) return wanted;
    const Attributes& attributes = known->second.record.attributes;
    const Lifecycle life = lifecycle_of(attributes, policy.lifecycle, zones, clock.now());
    for (const Desired& desired : desired_for(policy, attributes, life)) {
      wanted.insert(to_string(desired.entitlement));
    }
    return wanted;
  }

  bool has_left(const std::string& person) const {
    const auto& attributes = store.people.at(PersonId(person)).record.attributes;
    const Lifecycle life = lifecycle_of(attributes, policy.lifecycle, zones, clock.now());
    return life.state == LifecycleState::left;
  }

  /// Not so is who wants an account that somebody else has: a person has to look.
  bool is_settled(const std::string& person) const {
    std::set<AccountId> linked;
    for (const auto& [account, owner] : store.links) {
      if (owner == PersonId(person)) linked.insert(account);
    }
    if (linked.empty() || !store.people.contains(PersonId(person))) return false;
    const auto email = to_text(store.people.at(PersonId(person)).record.attributes.at("email"));
    return linked.contains(FakeTenant::account(email.substr(0, email.find('@'))));
  }

  std::mt19937 random;
  std::vector<std::string> people;
  std::vector<std::string> departments{"Engineering", "Sales", "Support"};
  std::vector<std::vector<Rule>> policies;
  std::vector<Removal> begun;
  Has approved;
  int power_fails_in = 0;
};

TEST_P(Simulation, EndsWithThePolicyAndNeverGoesOverABudget) {
  begun.clear();
  for (int i = 0; i < 60 && !HasFatalFailure(); ++i) step();
  if (HasFatalFailure()) return;

  everything_calms_down();

  for (const std::string& person : people) {
    if (person == "p0" || !is_settled(person)) continue;
    for (const char* name : {"Staff", "Engineering", "Canteen", "Developer@app"}) {
      const bool wanted = owed(person).contains(name);
      const auto ref = tenant.state().find(named(name));
      for (const auto& [account, owner] : store.links) {
        if (owner != PersonId(person)) continue;
        const auto entry = store.ledger.find({account, *ref});
        // Left there by somebody who waits for a person to look.
        if (entry != store.ledger.end() && !is_settled(entry->second.person.value)) continue;
        const bool has = tenant_has().contains({account, *ref});
        // Put there by somebody else, and not rosterd's to remove from somebody who stays.
        const bool loses_all =
            has_left(person) && policy.lifecycle.leaver == LifecycleSettings::Leaver::revoke_all;
        const bool is_foreign = has && !wanted && entry == store.ledger.end() && !loses_all &&
                                policy.mode_of(named(name)) == Mode::managed;
        EXPECT_TRUE(has == wanted || is_foreign)
            << person << " " << account << " " << name << " wanted " << wanted << " has " << has;
      }
    }
  }
  for (const TenantGroup& group : tenant.state().groups) {
    if (group.name != "Canteen") continue;
    for (const AccountId& account : group.members) {
      EXPECT_FALSE(account.value.starts_with("auth0|stranger")) << account << " is in the canteen";
    }
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

/// `FROM-TO` of the environment, else what a test run has time for.
std::pair<unsigned, unsigned> seeds() {
  const char* wanted = std::getenv("ROSTERD_SEEDS");
  unsigned from = 1;
  unsigned to = 100;
  if (wanted != nullptr && std::sscanf(wanted, "%u-%u", &from, &to) != 2) from = to = 0;
  return {from, to + 1};
}

INSTANTIATE_TEST_SUITE_P(
    Seeds,
    Simulation,
    testing::Range(seeds().first, seeds().second),
    [](const auto& seed) { return "Seed" + std::to_string(seed.param); }
);

}  // namespace
}  // namespace rosterd::test
