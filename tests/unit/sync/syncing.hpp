#pragma once

#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/sync/engine.hpp"
#include "support/fake_tenant.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_work_store.hpp"
#include "support/run.hpp"
#include "unit/domain/fixed_zones.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::test {

using namespace std::chrono_literals;

/// Keeps what an operator is warned of, without the values that belong to it.
class KeptLog : public Log {
 public:
  void write(LogLevel level, std::string_view text, const std::vector<LogField>&) override {
    if (level >= LogLevel::warning) ++warnings[std::string(text)];
  }

  std::map<std::string, int> warnings;
};

class KeptMeasurements : public Measurements {
 public:
  void access_revoked(Duration after_receipt) override { revoked.push_back(after_receipt); }
  void event_applied(Duration after_receipt, bool) override { applied.push_back(after_receipt); }

  std::vector<Duration> revoked;
  std::vector<Duration> applied;
};

using Values = std::map<std::string, std::string>;

/// What an event says beside its attributes.
struct Saying {
  std::string sequence;
  std::optional<Instant> occurred_at;
  std::optional<Effective> effective_at;
  ChangeMode mode = ChangeMode::partial;
};

/// HR, the worker, the store and the tenant, with the clock in hand. Somebody who joins has the
/// address NAME@example.com; accounts are found by `user_id`, else by the address.
class Syncing : public testing::Test {
 protected:
  Syncing() {
    policy.version = "policy-1";
    guard.enabled = false;  // has tests of its own
    reconcile.every = Duration{0};
    finds_accounts_by({by_user_id(), by_email()});
  }

  static AccountMatch by_user_id() {
    AccountMatch match;
    match.argument = "user_id";
    return match;
  }
  static AccountMatch by_email() {
    AccountMatch match;
    match.kind = AccountMatch::Kind::email;
    match.argument = "Users";
    return match;
  }
  static EntitlementName named(const std::string& name) {
    if (const auto role = parse_role_name(name)) return *role;
    EntitlementName group;
    group.name = name;
    return group;
  }

  void finds_accounts_by(std::vector<AccountMatch> matches) {
    policy.accounts.match = std::move(matches);
  }

  /// `when`: attributes that must be so; nothing: everybody.
  void rule(const std::string& name, const Values& when, const std::vector<std::string>& gives) {
    Rule made;
    made.name = name;
    for (const auto& [attribute, value] : when) {
      Condition condition;
      condition.kind = Condition::Kind::test;
      condition.test.attribute = attribute;
      condition.test.values.emplace_back(value);
      made.when.children.push_back(std::move(condition));
    }
    for (const std::string& entitlement : gives) made.entitlements.push_back(named(entitlement));
    policy.rules.push_back(std::move(made));
  }

  void mode(const std::string& group, Mode mode) {
    GroupSpec spec;
    spec.name = group;
    spec.mode = mode;
    policy.groups.push_back(std::move(spec));
  }

  /// Groups Engineering, Sales and Staff, role Developer@app; everybody is staff.
  void a_company() {
    for (const char* group : {"Staff", "Engineering", "Sales"}) tenant.has_group(group);
    tenant.has_role("Developer");
    rule("everyone", {}, {"Staff"});
    rule("engineers", {{"department", "Engineering"}}, {"Engineering", "Developer@app"});
    rule("sellers", {{"department", "Sales"}}, {"Sales"});
  }

  void users(const std::vector<std::string>& names) {
    for (const std::string& name : names) tenant.has_user(name);
  }

  EventId hr_says(
      const std::string& what, const std::string& person, Values values = {}, Saying saying = {}
  ) {
    if (what == "joined") values.try_emplace("email", person + "@example.com");
    ChangeEvent event;
    event.source = "hr";
    event.external_id = "e" + std::to_string(++said_);
    event.type = change_type("person." + what);
    event.mode = saying.mode;
    event.person = PersonId(person);
    for (auto& [name, value] : values) event.attributes[name] = AttributeValue(value);
    event.sequence = saying.sequence;
    event.occurred_at = saying.occurred_at;
    event.effective_at = saying.effective_at;
    return store.accept(std::move(event), clock.now());
  }

  sync::Engine& engine() {
    if (!engine_) start();
    return *engine_;
  }

  /// A new process on the same store and tenant.
  void start() {
    const sync::EngineParts parts{
        store,
        tenant,
        tenant,
        tenant,
        tenant,
        *calendar,
        *crypto,
        clock,
        randomness,
        measurements,
        log};
    sync::EngineConfig engine_config;
    engine_config.worker = config;
    engine_config.guard = guard;
    engine_config.reconcile = reconcile;
    engine_config.storage_bytes_max = storage_bytes_max;
    engine_config.people_a_settlement = people_a_settlement;
    in_force_ = std::make_shared<Policy>(policy);
    engine_ = std::make_unique<sync::Engine>(parts, engine_config, in_force_, loop.get_executor());
    run(loop, store.recover(clock.now(), config.crashes_max));
    run(loop, store.use_policy(policy.version, policy.text, clock.now()));
  }

  void new_policy() {
    policy.version += "'";
    in_force_ = std::make_shared<Policy>(policy);
    engine().replace_policy(in_force_);
    run(loop, store.use_policy(policy.version, policy.text, clock.now()));
  }

  /// `leavers open: ada Staff, bob Staff; removals approved: cleo Sales`; those over without what
  /// they had.
  std::string holds_now() const {
    std::string text;
    for (const auto& [id, hold] : store.holds) {
      text += text.empty() ? "" : "; ";
      text += std::string(to_string(hold.cause)) + " " + std::string(to_string(hold.state));
      std::set<std::string> removals;
      for (const HeldRemoval& one : hold.removals) {
        removals.insert(one.account.value.substr(6) + " " + to_string(one.name));
      }
      for (const std::string& one : removals)
        text += (one == *removals.begin() ? ": " : ", ") + one;
    }
    return text;
  }

  /// A person's decision about a hold, of all of it or of these people's part.
  sync::DecisionOutcome anna_decides(
      bool approve, const Hold& hold, std::set<PersonId> people = {}
  ) {
    sync::HoldDecision decision;
    decision.hash = hold.hash;
    decision.people = std::move(people);
    decision.approve = approve;
    decision.by = "anna";
    return run(loop, engine().decide(std::move(decision)));
  }

  bool one_round(std::stop_token stop = {}) { return run(loop, engine().round(std::move(stop))); }

  /// Works until nothing is due; gives the rounds it took.
  int work() {
    int rounds = 0;
    while (one_round()) {
      if (++rounds == 1000) {
        ADD_FAILURE() << "the worker does not come to rest: " << outbox_now();
        break;
      }
    }
    return rounds;
  }

  void later(Duration by) {
    clock.advance(by);
    work();
  }

  /// `ada: applied; bob: waiting no_account`
  std::string outbox_now() const {
    std::string text;
    for (const auto& [id, row] : store.events) {
      text += (text.empty() ? "" : "; ") + row.event.person.value + ": ";
      text += to_string(row.state);
      if (row.attempts > 0) text += " #" + std::to_string(row.attempts);
      if (row.error) text += " " + std::string(to_string(*row.error));
    }
    return text;
  }

  std::string tenant_now() const { return tenant.members_now(); }
  const MemoryWorkStore::Event& event(EventId id) const { return store.events.at(id); }
  static Instant at(const char* text) { return *parse_rfc3339(text); }

  asio::io_context loop{1};
  ManualClock clock;
  FixedRandomness randomness;
  FixedZones zones;
  const TimeZones* calendar = &zones;  ///< what the worker goes by
  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  KeptMeasurements measurements;
  KeptLog log;
  FakeTenant tenant;
  MemoryWorkStore store;
  WorkerConfig config;
  GuardSettings guard;
  ReconcileConfig reconcile;
  std::uint64_t storage_bytes_max = 0;
  std::size_t people_a_settlement = sync::EngineConfig().people_a_settlement;
  Policy policy;

 private:
  int said_ = 0;
  std::shared_ptr<const Policy> in_force_;
  std::unique_ptr<sync::Engine> engine_;
};

}  // namespace rosterd::test
