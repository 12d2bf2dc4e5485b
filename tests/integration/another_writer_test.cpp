#include "administrator.hpp"
#include "whole.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>

namespace rosterd::test {
namespace {

using namespace std::chrono_literals;

/// Joiners, movers and leavers while the tenant has faults and an administrator changes the same
/// groups. Engineering is `managed`, Sales `additive`, Finance `exact`.
class AnotherWriter : public Whole {
 protected:
  static constexpr std::size_t people = 9;
  static constexpr std::size_t leavers = 2;  // the first ones
  static constexpr std::size_t last_shift = 3;

  AnotherWriter() {
    policy +=
        "[[rule]]\nname = \"developers\"\nwhen = { department = \"Engineering\" }\n"
        "roles = [\"Developer@app\"]\n"
        "[[group]]\nname = \"Sales\"\nmode = \"additive\"\n"
        "[[group]]\nname = \"Finance\"\nmode = \"exact\"\n";
    target.read_time_max = 600ms;
    target.write_time_max = 600ms;
  }

  static std::string person(std::size_t number) { return "p" + std::to_string(number); }
  static std::string account(std::size_t number) { return "auth0|" + person(number); }
  static const std::string& department(std::size_t number, std::size_t shift) {
    static const std::vector<std::string> departments = {"Engineering", "Sales", "Finance"};
    return departments[(number + shift) % departments.size()];
  }

  void begin(const Json& faults, std::uint64_t seed) {
    sandbox_options.seed = seed;
    start();
    administrator = std::make_unique<Administrator>(*tenant, seed);
    std::set<std::string> staff;
    for (std::size_t i = leavers; i < people; ++i) staff.insert(account(i));
    administrator->takes_from("Staff", staff);
    administrator->keeps_in("Sales", account(people - 1));
    tenant_is(faults);
    asio::co_spawn(loop, administrator->work(working_), [this](std::exception_ptr error) {
      failure_ = error;
      ended_ = true;
    });
  }

  /// Two rounds of the worker, the clock put forward over what waits. No more: what is undone each
  /// time must not run out of attempts.
  Task<void> some_rounds() {
    for (int i = 0; i < 2; ++i) {
      co_await one_round();
      const auto next = co_await store->work().next_due_at(clock.now());
      if (!next) co_return;
      clock.travel_to(*next);
    }
  }

  /// Everybody joins, then moves again and again; two leave.
  void live_through_it() {
    for (std::size_t shift = 0; shift <= last_shift; ++shift) {
      for (std::size_t i = 0; i < people; ++i) {
        ASSERT_EQ(post(change(person(i), department(i, shift))), 202U);
        if (i % 2 == 0) run(one_round());
      }
      run(some_rounds());
    }
    for (std::size_t i = 0; i < leavers; ++i) {
      ASSERT_EQ(post(leaving(person(i))), 202U);
      run(some_rounds());
    }
  }

  void everybody_is_content() {
    working_ = false;
    run_until(ended_);
    if (failure_) std::rethrow_exception(failure_);
    tenant_is(Json::object());
    settle();
    run(administrator->put_right());
    reconcile();
    settle();
    reconcile();
  }

  void reconcile() {
    constexpr int attempts_max = 20;
    for (int i = 0; i < attempts_max; ++i) {
      if (run(engine->reconcile(true))) return;
      clock.travel_to(clock.now() + 10min);
    }
    FAIL() << "the tenant cannot be read\n" << log.end();
  }

  /// What policy and administrator want together. In Sales, those who were moved on may remain.
  Holders wanted() const {
    Holders all;
    for (const auto& [group, accounts] : administrator->wanted()) all[group] = accounts;
    all["Finance"].clear();
    for (std::size_t i = leavers; i < people; ++i) {
      all["Staff"].insert(account(i));
      all[department(i, last_shift)].insert(account(i));
      if (department(i, last_shift) == "Engineering") all["Developer"].insert(account(i));
    }
    return all;
  }

  Holders found() const {
    Holders has = access();
    const std::set<std::string> owed = wanted()["Sales"];
    for (std::size_t i = leavers; i < people; ++i) {
      if (!owed.contains(account(i))) has["Sales"].erase(account(i));
    }
    return has;
  }

  /// Of what is additive, from somebody who has not left.
  std::vector<std::string> taken_from_sales() const {
    std::vector<std::string> taken;
    for (std::size_t i = leavers; i < people; ++i) {
      for (const OperationRecord& done : views()->operations_of(PersonId(person(i)), 1000)) {
        if (done.kind == Operation::Kind::remove_members && done.name.name == "Sales") {
          taken.push_back(done.account.value);
        }
      }
    }
    return taken;
  }

  void the_tenant_is_what_policy_says() {
    EXPECT_EQ(found(), wanted()) << log.end();
    const auto states = event_states();
    EXPECT_EQ(states.size(), 1U) << testing::PrintToString(states);
    EXPECT_EQ(states.begin()->first, EventState::applied);
    EXPECT_THAT(taken_from_sales(), testing::IsEmpty());
  }

  void losses_are_counted() {
    const std::uint64_t lost = tenant->lost_writes_of(target.client_id);
    RecordProperty("lost_writes", std::to_string(lost));
    EXPECT_EQ(engine->statistics().lost_writes, lost);
  }

  std::unique_ptr<Administrator> administrator;

 private:
  bool working_ = true;
  bool ended_ = false;
  std::exception_ptr failure_;
};

struct Switch {
  const char* name;
  const char* faults;  ///< as `POST /sandbox/faults` takes them
};

void PrintTo(const Switch& one, std::ostream* out) {
  *out << one.name << " " << one.faults;
}

class AnotherWriterAndAFault : public AnotherWriter, public testing::WithParamInterface<Switch> {};

TEST_P(AnotherWriterAndAFault, NothingIsLostAndEveryLostWriteIsCounted) {
  begin(Json::parse(GetParam().faults), 11);
  live_through_it();
  everybody_is_content();

  the_tenant_is_what_policy_says();
  losses_are_counted();
}

INSTANTIATE_TEST_SUITE_P(
    OfEveryKind,
    AnotherWriterAndAFault,
    testing::Values(
        Switch{"none", R"({})"},
        Switch{"latency", R"({"latency_ms": 5})"},
        Switch{"reset_before", R"({"reset_before": 0.2})"},
        Switch{"reset_after", R"({"reset_after": 0.2})"},
        Switch{
            "too_many_requests",
            R"({"too_many_requests": 0.2, "ratelimit_reset_s": 0, "retry_after_s": 1,
                "times": 12})"},
        Switch{"unauthorized", R"({"unauthorized": 0.2})"},
        Switch{"error_500", R"({"server_error": 0.2, "server_error_status": 500})"},
        Switch{"error_502_or_503", R"({"server_error": 0.2, "token_endpoint": true})"},
        Switch{"stall", R"({"stall": {"every": 25}, "stall_ms": 5000, "times": 10})"},
        Switch{"truncate", R"({"truncate": 0.2})"},
        Switch{"storage_is_full", R"({"storage_bytes_max": 1250})"},
        Switch{
            "every_other_write_is_refused",
            R"({"server_error": {"every": 2}, "only_mutating": true})"}
    ),
    [](const auto& instance) { return std::string(instance.param.name); }
);

/// A fault plan from a seed: some of the switches, each a little.
Json mixture(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  Json plan;
  for (const char* name :
       {"reset_before",
        "reset_after",
        "too_many_requests",
        "unauthorized",
        "server_error",
        "truncate"}) {
    if (pick(0, 1) == 1) plan[name] = pick(1, 12) / 100.0;
  }
  if (pick(0, 3) == 0) plan["stall"] = 0.01;
  plan["stall_ms"] = 5000;
  plan["latency_ms"] = pick(0, 3);
  plan["ratelimit_reset_s"] = 0;
  plan["only_mutating"] = pick(0, 3) == 0;
  plan["token_endpoint"] = pick(0, 1) == 1;
  plan["times"] = pick(5, 60);
  if (pick(0, 3) == 0) plan["storage_bytes_max"] = pick(1'100, 2'000);
  return plan;
}

class AnotherWriterAndFaults : public AnotherWriter,
                               public testing::WithParamInterface<unsigned> {};

TEST_P(AnotherWriterAndFaults, NothingIsLostAndEveryLostWriteIsCounted) {
  const Json faults = mixture(GetParam());
  SCOPED_TRACE(
      "ROSTERD_FAULT_SEEDS=" + std::to_string(GetParam()) + "-" + std::to_string(GetParam()) + " " +
      faults.dump()
  );
  begin(faults, GetParam());
  live_through_it();
  everybody_is_content();

  the_tenant_is_what_policy_says();
  losses_are_counted();
}

/// `FROM-TO` of the environment, else what a test run has time for.
std::pair<unsigned, unsigned> fault_seeds() {
  const char* chosen = std::getenv("ROSTERD_FAULT_SEEDS");
  unsigned from = 1;
  unsigned to = 12;
  if (chosen != nullptr && std::sscanf(chosen, "%u-%u", &from, &to) != 2) from = to = 0;
  return {from, to + 1};
}

INSTANTIATE_TEST_SUITE_P(
    Seeds,
    AnotherWriterAndFaults,
    testing::Range(fault_seeds().first, fault_seeds().second),
    [](const auto& seed) { return "Seed" + std::to_string(seed.param); }
);

}  // namespace
}  // namespace rosterd::test
