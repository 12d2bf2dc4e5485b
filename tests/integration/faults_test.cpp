#include "whole.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace rosterd::test {
namespace {

using namespace std::chrono_literals;
using sandbox::FaultPlan;

struct Fault {
  const char* name;
  std::function<void(FaultPlan&)> set;
};

std::ostream& operator<<(std::ostream& out, const Fault& fault) {
  return out << fault.name;
}

class AfterAFault : public Whole, public testing::WithParamInterface<Fault> {
 protected:
  void start_hurried() {
    policy +=
        "[[rule]]\nname = \"developers\"\nwhen = { department = \"Engineering\" }\n"
        "roles = [\"Developer@app\"]\n";
    target.read_time_max = 150ms;
    target.write_time_max = 150ms;
    start();
  }

  /// A history that needs every kind of call: joiners, movers both ways, leavers.
  void live_through_it() {
    const std::vector<std::string> departments = {"Engineering", "Sales", "Finance"};
    constexpr int people = 9;
    const auto everybody_in = [&](std::size_t shift) {
      Json events = Json::array();
      for (std::size_t i = 0; i < people; ++i) {
        events.push_back(change("p" + std::to_string(i), departments[(i + shift) % 3]));
      }
      ASSERT_EQ(post(events), 202U);
      settle();
    };
    everybody_in(0);
    everybody_in(1);
    ASSERT_EQ(post(Json::array({leaving("p0"), leaving("p1")})), 202U);
    settle();
    for (std::size_t i = 2; i < people; ++i) {
      const std::string account = "auth0|p" + std::to_string(i);
      const std::string& department = departments[(i + 1) % 3];
      expected["Staff"].insert(account);
      expected[department].insert(account);
      if (department == "Engineering") expected["Developer"].insert(account);
    }
  }

  Holders expected;
};

TEST_P(AfterAFault, TheTenantAgreesInTheEnd) {
  FaultPlan& plan = sandbox_options.faults;
  GetParam().set(plan);
  plan.stall_for = 300ms;
  plan.ratelimit_reset = 0s;
  sandbox_options.seed = 7;
  start_hurried();

  live_through_it();

  std::erase_if(expected, [](const auto& entry) { return entry.second.empty(); });
  EXPECT_EQ(access(), expected);
  const auto states = event_states();
  EXPECT_EQ(states.size(), 1U);
  EXPECT_EQ(states.begin()->first, EventState::applied) << log.end();
  EXPECT_EQ(tenant->mutating_calls_max(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    OfEveryKind,
    AfterAFault,
    testing::Values(
        Fault{"reset_before", [](FaultPlan& plan) { plan.reset_before.probability = 0.2; }},
        Fault{"reset_after", [](FaultPlan& plan) { plan.reset_after.probability = 0.2; }},
        Fault{
            "too_many_requests",
            [](FaultPlan& plan) {
              plan.too_many_requests.probability = 0.3;
              // Each halves the pace, which recovers with real time only.
              plan.times = 8;
            }},
        Fault{"unauthorized", [](FaultPlan& plan) { plan.unauthorized.probability = 0.3; }},
        Fault{
            "error_500",
            [](FaultPlan& plan) {
              plan.server_error.probability = 0.3;
              plan.server_error_status = 500;
            }},
        Fault{
            "error_502_or_503",
            [](FaultPlan& plan) {
              plan.server_error.probability = 0.3;
              plan.token_endpoint = true;
            }},
        Fault{
            "stall",
            [](FaultPlan& plan) {
              plan.stall.probability = 0.25;
              plan.times = 5;
            }},
        Fault{"truncate", [](FaultPlan& plan) { plan.truncate.probability = 0.2; }},
        Fault{
            "all_at_once",
            [](FaultPlan& plan) {
              plan.reset_before.probability = 0.05;
              plan.reset_after.probability = 0.05;
              plan.too_many_requests.probability = 0.05;
              plan.unauthorized.probability = 0.05;
              plan.server_error.probability = 0.05;
              plan.truncate.probability = 0.05;
              plan.token_endpoint = true;
              plan.times = 30;
            }}
    ),
    [](const auto& instance) { return std::string(instance.param.name); }
);

}  // namespace
}  // namespace rosterd::test
