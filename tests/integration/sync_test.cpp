#include "whole.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace rosterd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

const std::string some_role_policy = R"(
[[rule]]
name = "developers"
when = { department = "Engineering" }
roles = ["Developer@app"]
)";

TEST_F(Whole, AJoinerComesFromSignedBytesToAVerifiedGroup) {
  policy += some_role_policy;
  start();

  EXPECT_EQ(post(change("ada", "Engineering")), 202U);
  settle();

  const Holders expected = {
      {"Staff", {"auth0|ada"}}, {"Engineering", {"auth0|ada"}}, {"Developer", {"auth0|ada"}}};
  EXPECT_EQ(access(), expected);
  EXPECT_THAT(event_states(), ElementsAre(Pair(EventState::applied, 1)));
  const auto person = views()->person(PersonId("ada"));
  ASSERT_TRUE(person);
  EXPECT_THAT(person->accounts, ElementsAre(AccountId("auth0|ada")));
  EXPECT_THAT(person->ledger, testing::SizeIs(3));
  const auto operations = views()->operations_of(PersonId("ada"), 10);
  EXPECT_THAT(operations, testing::SizeIs(3));
  for (const OperationRecord& operation : operations) {
    EXPECT_EQ(operation.status, 204);
    EXPECT_TRUE(operation.verified_at) << to_string(operation.name);
  }
}

TEST_F(Whole, AMoverAndALeaverLoseWhatTheyHadAndNobodyElseDoes) {
  policy += some_role_policy;
  start();
  post(Json::array(
      {change("ada", "Engineering"), change("ken", "Engineering"), change("john", "Sales")}
  ));
  settle();

  post(Json::array({change("ken", "Finance"), leaving("ada")}));
  settle();

  const Holders expected = {
      {"Staff", {"auth0|ken", "auth0|john"}},
      {"Sales", {"auth0|john"}},
      {"Finance", {"auth0|ken"}}};
  EXPECT_EQ(access(), expected);
  EXPECT_THAT(event_states(), ElementsAre(Pair(EventState::applied, 5)));
}

TEST_F(Whole, AForgedDeliveryChangesNothing) {
  start();
  clock.travel_to(clock.now() + std::chrono::hours{1});
  EXPECT_EQ(post(change("ada", "Sales")), 202U);
  EXPECT_EQ(post_forged(change("eve", "Sales")), 401U);
  settle();
  EXPECT_THAT(access()["Staff"], ElementsAre("auth0|ada"));
}

TEST_F(Whole, TalksTlsToATenantWhoseAuthorityItIsGiven) {
  ::unsetenv("HTTPS_PROXY");
  ::unsetenv("https_proxy");
  tls = true;
  start();
  post(change("ada", "Sales"));
  settle();
  EXPECT_THAT(access()["Sales"], ElementsAre("auth0|ada"));
}

/// Twenty groups beside Staff's nineteen departments, and everybody's account found by e-mail.
class Crowd : public Whole {
 protected:
  static constexpr int people = 10'000;
  static constexpr int departments = 19;

  void begin() {
    std::vector<std::string> names;
    for (int i = 0; i < departments; ++i) names.push_back("Department " + std::to_string(i));
    policy = policy_text(names);
    names.emplace_back("Staff");
    start(names);
    std::vector<sandbox::User> users(people);
    for (int i = 0; i < people; ++i) {
      users[static_cast<std::size_t>(i)].user_id = "auth0|" + std::to_string(i);
      users[static_cast<std::size_t>(i)].email = address(i);
    }
    tenant->seed_users(users);
  }

  static std::string address(int person) { return std::to_string(person) + "@example.com"; }

  static Json event_about(int person, int department) {
    Json event = change(std::to_string(person), "Department " + std::to_string(department));
    event["person"]["attributes"].erase("user_id");
    event["person"]["attributes"]["email"] = address(person);
    return event;
  }

  void everybody_joins() {
    constexpr int batch = 1'000;
    for (int begin = 0; begin < people; begin += batch) {
      Json events = Json::array();
      for (int i = begin; i < begin + batch; ++i) events.push_back(event_about(i, i % departments));
      ASSERT_EQ(post(events), 202U);
    }
    settle();
  }
};

TEST_F(Crowd, TenThousandJoinersTakeACallForEachGroupAndAMoverAHandful) {
  begin();
  everybody_joins();

  EXPECT_THAT(access()["Staff"], testing::SizeIs(people));
  EXPECT_THAT(access()["Department 7"], testing::Contains("auth0|7"));
  EXPECT_THAT(event_states(), ElementsAre(Pair(EventState::applied, people)));
  EXPECT_LE(assignment_calls(), 25U) << testing::PrintToString(calls());
  EXPECT_LE(stat("tokens_issued"), 1U);
  EXPECT_EQ(tenant->mutating_calls_max(), 1U);

  forget_calls();
  ASSERT_EQ(post(event_about(7, 8)), 202U);
  settle();

  EXPECT_THAT(access()["Department 8"], testing::Contains("auth0|7"));
  EXPECT_THAT(access()["Department 7"], testing::Not(testing::Contains("auth0|7")));
  EXPECT_LE(assignment_calls(), 6U) << testing::PrintToString(calls());
}

/// Somebody in the dashboard, who writes to the same groups all the while.
class Competition : public Whole {
 protected:
  Task<void> compete() {
    extension::Client dashboard(loop.get_executor(), target, clock, log);
    const auto groups = co_await dashboard.groups();
    for (int i = 0; competing_; ++i) {
      const EntitlementId group = (*groups)[static_cast<std::size_t>(i) % groups->size()].id;
      std::vector<AccountId> guest(1, AccountId("auth0|guest" + std::to_string(i % 7)));
      if (i % 3 == 0) {
        co_await dashboard.remove_members(group, std::move(guest));
      } else {
        co_await dashboard.add_members(group, std::move(guest));
      }
    }
  }

  void start_competition() {
    asio::co_spawn(loop, compete(), [this](std::exception_ptr error) {
      failure_ = error;
      ended_ = true;
    });
  }

  void end_competition() {
    competing_ = false;
    run_until(ended_);
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  bool competing_ = true;
  bool ended_ = false;
  std::exception_ptr failure_;
};

TEST_F(Competition, NothingOfOursIsLostAndWhatWasUndoneIsCounted) {
  start();
  start_competition();
  Holders expected;
  const std::vector<std::string> departments = {"Engineering", "Sales", "Finance"};
  constexpr int people = 60;
  for (int i = 0; i < people; ++i) {
    const std::string& department = departments[static_cast<std::size_t>(i) % departments.size()];
    const std::string person = "p" + std::to_string(i);
    ASSERT_EQ(post(change(person, department)), 202U);
    run(one_round());
    expected["Staff"].insert("auth0|" + person);
    expected[department].insert("auth0|" + person);
  }
  end_competition();
  settle();

  Holders ours = access();
  for (auto& [group, members] : ours) {
    std::erase_if(members, [](const auto& member) { return member.starts_with("auth0|guest"); });
  }
  EXPECT_EQ(ours, expected);
  EXPECT_THAT(event_states(), ElementsAre(Pair(EventState::applied, people)));
  EXPECT_GT(tenant->lost_writes(), 0U);
  EXPECT_GT(engine->statistics().lost_writes, 0U);
}

}  // namespace
}  // namespace rosterd::test
