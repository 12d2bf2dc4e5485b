#include "unit/sync/syncing.hpp"

#include <random>
#include <stdexcept>

namespace rosterd::test {
namespace {

struct PowerCut : std::runtime_error {
  PowerCut() : std::runtime_error("power cut") {}
};

/// Anything may happen, and in the end, when the tenant behaves again, it agrees with the policy.
class Histories : public Syncing, public testing::WithParamInterface<unsigned> {
 protected:
  Histories() : random(GetParam()) {
    a_company();
    people = {"ada", "bob", "cleo", "dora", "emil", "fred"};
    users({"ada", "bob", "cleo", "dora", "emil"});
    for (const std::string& person : people) tenant.has_user(person + "-new");
    tenant.put("Sales", "stranger");
    config.account_recheck = 10min;
  }

  bool chance(double probability) {
    return std::uniform_real_distribution<double>(0.0, 1.0)(random) < probability;
  }
  const std::string& any(const std::vector<std::string>& of) { return of[random() % of.size()]; }

  void something_happens() {
    const std::string person = any(people);
    const double dice = std::uniform_real_distribution<double>(0.0, 1.0)(random);
    if (dice < 0.3) {
      hr_says("joined", person, {{"department", any(departments)}, {"status", "active"}});
    } else if (dice < 0.6) {
      hr_says("changed", person, {{"department", any(departments)}});
    } else if (dice < 0.7) {
      hr_says("left", person);
    } else if (dice < 0.8) {
      hr_says("changed", person, {{"status", any({"active", "suspended", "on_leave"})}});
    } else if (dice < 0.85) {
      hr_says("changed", person, {{"email", person + "-new@example.com"}});
    } else if (dice < 0.9) {
      Saying soon;
      soon.effective_at = Effective(clock.now() + 1h);
      hr_says("changed", person, {{"department", any(departments)}}, soon);
    } else if (dice < 0.95) {
      tenant.take(any({"Staff", "Engineering", "Sales"}), person);
    } else {
      hr_says("notice", person);
    }
  }

  void work_or_die() {
    const std::size_t fatal = store.settlements + random() % 4;
    if (chance(0.2)) {
      store.before_settle = [this, fatal](const Settlement&) {
        if (store.settlements >= fatal) throw PowerCut();
      };
    }
    try {
      work();
    } catch (const PowerCut&) {
      store.before_settle = nullptr;
      start();
    }
    store.before_settle = nullptr;
  }

  /// What somebody should have, by the store's record of them.
  std::string owed(const std::string& person) {
    const auto known = store.people.find(PersonId(person));
    if (known == store.people.end() || known->second.record.attributes.empty()) return "";
    const Attributes& attributes = known->second.record.attributes;
    const Lifecycle life = lifecycle_of(attributes, policy.lifecycle, zones, clock.now());
    std::string text;
    std::set<EntitlementName> wanted;
    for (const Desired& desired : desired_for(policy, attributes, life)) {
      wanted.insert(desired.entitlement);
    }
    for (const char* name : {"Staff", "Engineering", "Sales", "Developer@app"}) {
      if (wanted.contains(named(name))) text += (text.empty() ? "" : ", ") + std::string(name);
    }
    return text;
  }

  std::mt19937 random;
  std::vector<std::string> people;
  std::vector<std::string> departments{"Engineering", "Sales", "Support"};
};

TEST_P(Histories, EndWithTheTenantAsThePolicySays) {
  config.crashes_max = 1000;
  for (int step = 0; step < 40; ++step) {
    tenant.misbehaves(chance(0.7) ? 0.3 : 0.0, static_cast<unsigned>(random()));
    const int events = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < events; ++i) something_happens();
    work_or_die();
    clock.advance(Duration{1s} * static_cast<int>(random() % 3600));
  }

  tenant.relents();
  tenant.has_user("fred");
  for (int i = 0; i < 6; ++i) later(24h);
  // Somebody else's removals are found when a person is looked at: everybody is, once more.
  new_policy();
  work();

  for (const std::string& person : people) {
    std::set<std::string> accounts;
    for (const auto& [account, owner] : store.links) {
      if (owner.value == person) accounts.insert(account.value);
    }
    for (const std::string& user : {person, person + "-new"}) {
      const bool linked = accounts.contains(FakeTenant::account(user).value);
      EXPECT_EQ(tenant.access_of(user), linked ? owed(person) : "") << user;
    }
  }
  EXPECT_EQ(tenant.access_of("stranger"), "Sales");
  for (const auto& [id, row] : store.events) {
    const bool waits_for_values = row.event.type == ChangeType::notice;
    EXPECT_TRUE(is_final(row.state) || waits_for_values) << id << " " << to_string(row.state);
    EXPECT_NE(row.state, EventState::dead) << row.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Histories, testing::Range(1u, 101u));

}  // namespace
}  // namespace rosterd::test
