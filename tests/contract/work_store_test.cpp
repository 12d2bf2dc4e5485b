#include "store_fixture.hpp"

#include <algorithm>
#include <numeric>

namespace rosterd::test {
namespace {

using Ids = std::vector<EventId>;
using Names = std::vector<std::string>;

class WorkStoreContract : public StoreTest {
 protected:
  bool use_policy(const std::string& version) {
    return temp.run(temp.work().use_policy(version, "text of " + version, now));
  }
  WorkStore::Recovery recover(int crashes_max = 3) {
    return temp.run(temp.work().recover(now, crashes_max));
  }
  std::optional<Instant> next_due() { return temp.run(temp.work().next_due_at(now)); }
  std::optional<WorkPerson> person(const std::string& id) {
    return temp.run(temp.work().person(PersonId(id)));
  }
  /// An event of each of so many people.
  std::vector<NewEvent> one_of_each(std::size_t people) {
    std::vector<NewEvent> events;
    for (std::size_t i = 0; i < people; ++i) {
      events.push_back(event({.person = "person" + std::to_string(i)}));
    }
    return events;
  }
  LedgerEntry entry(const std::string& account, const std::string& group) const {
    LedgerEntry made;
    made.account = AccountId(account);
    made.entitlement.id = EntitlementId(group + "-id");
    made.name.name = group;
    made.person = PersonId("ada");
    made.event = 1;
    made.rule = "engineers";
    made.policy_version = "v1";
    made.since = now;
    return made;
  }
};

TEST_F(WorkStoreContract, WhatWasTakenIsNotTakenAgain) {
  accepted({});

  EXPECT_EQ(take().events.size(), 1u);
  EXPECT_EQ(take().events.size(), 0u);
}

TEST_F(WorkStoreContract, LeaversGoFirstAndTheRestInOrderOfArrival) {
  accepted({.person = "ada"});
  accepted({.person = "bob"});
  accepted({.person = "cyd", .status = "left"});
  accepted({.person = "dan", .type = ChangeType::left});

  EXPECT_EQ(ids_of(take()), (Ids{3, 4, 1, 2}));
}

TEST_F(WorkStoreContract, EventsOfOnePersonAreTakenTogetherInOrder) {
  accepted({.person = "ada"});
  accepted({.person = "bob"});
  accepted({.person = "ada", .status = "left"});
  accepted({.person = "ada"});

  EXPECT_EQ(ids_of(take()), (Ids{1, 3, 4, 2}));
}

TEST_F(WorkStoreContract, ALimitNeverSplitsAPerson) {
  accepted({.person = "ada"});
  accepted({.person = "bob"});
  accepted({.person = "bob"});

  EXPECT_EQ(ids_of(take(2)), (Ids{1}));
  EXPECT_EQ(ids_of(take(2)), (Ids{2, 3}));
}

TEST_F(WorkStoreContract, APersonWithMoreEventsThanTheLimitIsTakenFromTheOldestOn) {
  for (int i = 0; i < 3; ++i) accepted({.person = "ada"});

  EXPECT_EQ(ids_of(take(2)), (Ids{1, 2}));
  EXPECT_EQ(ids_of(take(2)), (Ids{3}));
}

TEST_F(WorkStoreContract, AScheduledEventIsDueWhenItsTimeHasCome) {
  accepted({.state = EventState::scheduled, .due_at = nine + 1h});

  EXPECT_TRUE(take().events.empty());
  EXPECT_EQ(next_due(), nine + 1h);
  now = nine + 1h;
  EXPECT_EQ(take().events.at(0).state, EventState::scheduled);
}

TEST_F(WorkStoreContract, ARetryIsDueByItsTimeAndRemembersItsPast) {
  accepted({});
  const EventId id = take().events.at(0).id;
  settle({retries(id, 10s)});

  EXPECT_TRUE(take().events.empty());
  now += 10s;
  const Work work = take();

  ASSERT_EQ(work.events.size(), 1u);
  EXPECT_EQ(work.events[0].attempts, 1);
  EXPECT_TRUE(work.events[0].folded);
  EXPECT_EQ(work.events[0].state, EventState::retrying);
}

TEST_F(WorkStoreContract, AnEventThatIsNotDueYetIsNotTakenWithOneThatIs) {
  accepted({.person = "ada", .state = EventState::scheduled, .due_at = nine + 24h});
  accepted({.person = "ada"});

  EXPECT_EQ(ids_of(take()), (Ids{2}));
}

TEST_F(WorkStoreContract, AnEventGivenBackIsDueAtOnceAndHasUsedNoAttempt) {
  accepted({});
  EventResult given_back = became(take().events.at(0).id, EventState::pending);
  given_back.folded = false;
  settle({given_back});

  const Work again = take();

  ASSERT_EQ(again.events.size(), 1u);
  EXPECT_EQ(again.events[0].attempts, 0);
  EXPECT_FALSE(again.events[0].folded);
}

TEST_F(WorkStoreContract, AHeldEventWaitsForAPerson) {
  accepted({});
  settle({became(take().events.at(0).id, EventState::held)});

  now += 24h * 365;

  EXPECT_TRUE(take().events.empty());
  EXPECT_EQ(next_due(), std::nullopt);
}

TEST_F(WorkStoreContract, ARunningEventGoesBackAfterACrash) {
  const EventId id = accepted({});
  take();

  temp.crash_and_reopen();
  const auto recovery = recover();

  EXPECT_EQ(recovery.requeued, 1u);
  EXPECT_EQ(ids_of(take()), Ids{id});
}

TEST_F(WorkStoreContract, AnEventThatTheProcessDiesOnThreeTimesIsPoison) {
  accepted({});
  std::size_t poisoned = 0;

  for (int crash = 0; crash < 3; ++crash) {
    EXPECT_EQ(take().events.size(), 1u);
    temp.crash_and_reopen();
    poisoned += recover().poisoned;
  }

  EXPECT_EQ(poisoned, 1u);
  EXPECT_TRUE(take().events.empty());
}

TEST_F(WorkStoreContract, EventsThatRanTogetherAreNoPoisonHoweverOftenTheProcessIsKilled) {
  accepted({.person = "ada"});
  accepted({.person = "bob"});
  std::size_t poisoned = 0;

  for (int crash = 0; crash < 3; ++crash) {
    EXPECT_EQ(take().events.size(), 2u);
    temp.crash_and_reopen();
    poisoned += recover().poisoned;
  }

  EXPECT_EQ(poisoned, 0u);
}

TEST_F(WorkStoreContract, TheOneEventOfManyThatTheProcessDiesOnIsFound) {
  constexpr std::size_t people = 30;
  for (std::size_t i = 0; i < people; ++i) accepted({.person = "person" + std::to_string(i)});
  constexpr EventId deadly = 17;
  std::size_t poisoned = 0;

  for (Ids taken = ids_of(take()); !taken.empty(); taken = ids_of(take())) {
    if (std::find(taken.begin(), taken.end(), deadly) == taken.end()) {
      std::vector<EventResult> results;
      for (const EventId id : taken) results.push_back(became(id, EventState::applied));
      settle(std::move(results));
    } else {
      temp.crash_and_reopen();
      poisoned += recover().poisoned;
    }
  }

  EXPECT_EQ(poisoned, 1u);
  EXPECT_EQ(temp.views()->event(deadly)->state, EventState::dead);
  EXPECT_EQ(temp.views()->status().events.at(EventState::applied), people - 1);
}

TEST_F(WorkStoreContract, WebhooksAreAcceptedWhileALongRoundIsTakenAndTakenWithIt) {
  constexpr std::size_t people = 1000;
  accept(one_of_each(people));
  std::vector<NewEvent> late;
  late.push_back(event({.person = "person0", .status = "left"}));
  WorkStore::Limits limits;
  Work work;

  temp.loop().restart();
  asio::co_spawn(temp.loop(), temp.work().take_due(now, limits), [&](auto, Work taken) {
    work = std::move(taken);
  });
  asio::co_spawn(temp.loop(), temp.event_log().accept(std::move(late)), [](auto error, auto) {
    EXPECT_FALSE(error);
  });
  temp.loop().run();

  Ids taken = ids_of(work);
  std::sort(taken.begin(), taken.end());
  Ids all(people + 1);
  std::iota(all.begin(), all.end(), 1);
  EXPECT_EQ(taken, all);
  EXPECT_EQ(work.people.size(), people);
}

TEST_F(WorkStoreContract, ALongRoundIsNoLargerThanItsLimitAndInOrder) {
  constexpr std::size_t people = 1000;
  accept(one_of_each(people));
  accepted({.person = "zoe", .type = ChangeType::left});

  const Ids taken = ids_of(take(700));

  ASSERT_EQ(taken.size(), 700u);
  EXPECT_EQ(taken.front(), EventId{people + 1});
  EXPECT_TRUE(std::is_sorted(taken.begin() + 1, taken.end()));
  EXPECT_EQ(taken.back(), 699);
}

TEST_F(WorkStoreContract, AWaitingLeaverIsSeenUntilItIsTaken) {
  accepted({.person = "ada"});
  EXPECT_FALSE(temp.run(temp.work().leaver_is_waiting(now)));

  accepted({.person = "bob", .type = ChangeType::left});
  EXPECT_TRUE(temp.run(temp.work().leaver_is_waiting(now)));

  take();
  EXPECT_FALSE(temp.run(temp.work().leaver_is_waiting(now)));
}

TEST_F(WorkStoreContract, WhoKillsTheProcessFromOutsideBlamesNoEvent) {
  const EventId id = accepted({});

  for (int kill = 0; kill < 10; ++kill) {
    take();
    temp.crash_and_reopen();
    temp.run(temp.work().recover(now, std::nullopt));
  }

  EXPECT_EQ(ids_of(take()), std::vector<EventId>{id});
}

TEST_F(WorkStoreContract, AFailedSettlementChangesNothing) {
  const EventId id = accepted({});
  take();
  Settlement settlement;
  settlement.events = {became(id, EventState::applied), became(4711, EventState::applied)};
  settlement.people.push_back(record("ada", id));

  EXPECT_THROW(settle(std::move(settlement)), std::runtime_error);

  EXPECT_FALSE(person("ada").has_value());
  EXPECT_EQ(recover().requeued, 1u);
}

TEST_F(WorkStoreContract, ALongReasonIsCutBetweenTwoCharacters) {
  accepted({});
  EventResult dead = became(1, EventState::dead);
  dead.error = ErrorClass::permanent;
  dead.reason = std::string(4095, 'x') + "é and more";

  settle({dead});

  const auto views = temp.views();
  EXPECT_EQ(views->event(1)->reason, std::string(4095, 'x'));
  EXPECT_EQ(views->attempts(1).at(0).reason, std::string(4095, 'x'));
}

TEST_F(WorkStoreContract, APersonComesBackAsTheyWereSettled) {
  PersonRecord ada = record("ada", 7);
  ada.attributes["badge"] = std::int64_t{42};
  ada.attributes["email"] = std::string("Ada@Example.com");
  ada.newest.sequence = "12";
  ada.newest.source = "hr";
  ada.newest.occurred_at = nine - 1h;
  ada.floor = Stamp{"11", std::nullopt, 5};
  ada.stamps["department"] = ada.newest;
  ada.stamps["badge"] = ada.newest;
  ada.stamps["badge"].effective_at = nine + 24h;
  ada.stamps["status"] = Stamp{"", nine, 6};
  ada.stale = true;
  Settlement settlement;
  settlement.people.push_back(ada);
  settlement.account_recheck[ada.id] = nine + 30min;
  settle(std::move(settlement));

  temp.crash_and_reopen();
  const auto found = person("ada");

  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->record == ada);
  EXPECT_EQ(found->account_recheck_at, nine + 30min);
}

TEST_F(WorkStoreContract, LinksAreReplacedAsAWhole) {
  Settlement first;
  first.people = {record("ada"), record("bob")};
  first.links[PersonId("ada")] = {AccountId("auth0|1"), AccountId("auth0|2")};
  settle(std::move(first));

  Settlement second;
  second.links[PersonId("ada")] = {AccountId("auth0|3")};
  second.links[PersonId("bob")] = {AccountId("auth0|2")};
  settle(std::move(second));

  const std::vector<AccountId> asked = {
      AccountId("auth0|1"), AccountId("auth0|2"), AccountId("auth0|3")};
  const std::map<AccountId, PersonId> owners = {
      {AccountId("auth0|2"), PersonId("bob")}, {AccountId("auth0|3"), PersonId("ada")}};
  EXPECT_EQ(temp.run(temp.work().owners_of(asked)), owners);
  EXPECT_EQ(person("ada")->accounts, std::vector<AccountId>{AccountId("auth0|3")});
}

TEST_F(WorkStoreContract, TheLedgerHasWhatWasGrantedAndNotWhatWasRevoked) {
  Settlement granting;
  granting.people.push_back(record("ada"));
  granting.granted = {entry("auth0|1", "Engineering"), entry("auth0|1", "Staff")};
  settle(std::move(granting));

  Settlement revoking;
  const LedgerEntry engineering = entry("auth0|1", "Engineering");
  revoking.revoked.emplace_back(engineering.account, engineering.entitlement);
  settle(std::move(revoking));

  const auto ada = person("ada");
  ASSERT_EQ(ada->ledger.size(), 1u);
  EXPECT_EQ(ada->ledger[0].name.name, "Staff");
  EXPECT_EQ(ada->ledger[0].rule, "engineers");
  EXPECT_EQ(ada->ledger[0].since, now);
}

TEST_F(WorkStoreContract, TimeMakesAPersonDue) {
  Settlement settlement;
  settlement.people.push_back(record("ada"));
  settlement.next_due[PersonId("ada")] = nine + 1h;
  settle(std::move(settlement));

  EXPECT_TRUE(take().people.empty());
  EXPECT_EQ(next_due(), nine + 1h);
  now += 1h;
  EXPECT_EQ(people_of(take()), Names{"ada"});

  Settlement decided;
  decided.next_due[PersonId("ada")] = std::nullopt;
  settle(std::move(decided));
  EXPECT_TRUE(take().people.empty());
}

TEST_F(WorkStoreContract, APolicyChangeMakesEverybodyDueInSlices) {
  for (const char* id : {"ada", "bob", "cyd"}) known(id);

  EXPECT_TRUE(use_policy("v1"));
  EXPECT_FALSE(use_policy("v1"));

  EXPECT_EQ(people_of(take(all_of_them, 2)), (Names{"ada", "bob"}));
  known("ada");
  known("bob");
  EXPECT_EQ(people_of(take(all_of_them, 2)), (Names{"cyd"}));
  known("cyd");
  EXPECT_TRUE(take(all_of_them, 2).people.empty());
}

TEST_F(WorkStoreContract, WhoWasNotDecidedUnderTheNewPolicyComesAgainAlsoAfterAKill) {
  known("ada");
  known("bob");
  use_policy("v1");
  take();
  known("ada");

  temp.crash_and_reopen();

  EXPECT_FALSE(use_policy("v1"));
  EXPECT_EQ(people_of(take()), Names{"bob"});
}

TEST_F(WorkStoreContract, ADecisionMadeUnderThePolicyBeforeDoesNotCountForTheNewOne) {
  known("ada");
  use_policy("v1");
  take();
  use_policy("v2");
  known("ada");

  EXPECT_EQ(people_of(take()), Names{"ada"});
}

TEST_F(WorkStoreContract, EverybodyIsReadPageByPage) {
  for (const char* id : {"bob", "ada", "cyd"}) known(id);
  const auto page = [&](const std::string& after) {
    Names names;
    for (const auto& found : temp.run(temp.work().people_after(PersonId(after), 2))) {
      names.push_back(found.record.id.value);
    }
    return names;
  };

  EXPECT_EQ(page(""), (Names{"ada", "bob"}));
  EXPECT_EQ(page("bob"), (Names{"cyd"}));
  EXPECT_EQ(page("cyd"), Names{});
}

}  // namespace
}  // namespace rosterd::test
