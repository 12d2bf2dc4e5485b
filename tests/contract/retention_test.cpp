#include "store_fixture.hpp"

namespace rosterd::test {
namespace {

class Retention : public StoreTest {
 protected:
  std::size_t prune(std::size_t rows_max = all_of_them) {
    return temp.run(temp.work().prune(now, WorkStore::Retention{}, rows_max));
  }
  void prune_all(std::size_t rows_max = all_of_them) {
    while (prune(rows_max) > 0) continue;
  }
  /// One event of each: applied, dead, held, retrying; and a newest one.
  void some_of_each() {
    for (const char* person : {"ada", "bob", "cyd", "dan"}) accepted({.person = person});
    settle(
        {became(1, EventState::applied),
         became(2, EventState::dead),
         became(3, EventState::held),
         retries(4, 2s)}
    );
  }
  void newest() { accepted({.person = "eve"}); }
};

TEST_F(Retention, PayloadsOfFinishedEventsGoFirst) {
  some_of_each();
  newest();

  now += 24h * 8;
  prune_all();

  const auto views = temp.views();
  EXPECT_EQ(views->payload(1), "");
  for (const EventId kept : {2, 3, 4, 5}) EXPECT_NE(views->payload(kept), "") << kept;
  EXPECT_EQ(views->count(EventSelection{}), 5u);
}

TEST_F(Retention, DeadAndOpenEventsStayForEver) {
  some_of_each();
  newest();

  now += 24h * 1000;
  prune_all();

  EXPECT_EQ(outbox_now(), "2 bob dead, 3 cyd held, 4 dan retrying, 5 eve pending");
  EXPECT_EQ(temp.views()->status().events.at(EventState::applied), 0u);
}

TEST_F(Retention, NothingYoungGoes) {
  some_of_each();

  now += 24h * 6;

  EXPECT_EQ(prune(), 0u);
}

TEST_F(Retention, ADuplicateIsRecognisedAfterItsEventHasGoneAndForgottenInTheEnd) {
  accepted({.id = "e1"});
  settle({became(1, EventState::applied)});
  newest();

  now += 24h * 60;
  prune_all();
  EXPECT_EQ(temp.views()->event(1), std::nullopt);
  EXPECT_EQ(accept(events({{.id = "e1"}})).events[0].acceptance, Acceptance::duplicate);

  now += 24h * 60;
  prune_all();
  EXPECT_EQ(accept(events({{.id = "e1"}})).events[0].acceptance, Acceptance::accepted);
}

TEST_F(Retention, IdsAreNeverGivenTwice) {
  accepted({});
  settle({became(1, EventState::applied)});
  now += 24h * 1000;
  prune_all();

  temp.reopen();

  EXPECT_EQ(accepted({}), 2);
}

TEST_F(Retention, OldOperationsGo) {
  Settlement settlement;
  OperationRecord operation;
  operation.person = PersonId("ada");
  operation.sent_at = now;
  settlement.operations.push_back(operation);
  settle(std::move(settlement));

  now += 24h * 399;
  prune_all();
  EXPECT_EQ(temp.views()->operations_of(PersonId("ada"), 10).size(), 1u);

  now += 24h * 2;
  prune_all();
  EXPECT_EQ(temp.views()->operations_of(PersonId("ada"), 10).size(), 0u);
}

TEST_F(Retention, SmallSlicesGetEverywhereInTheEnd) {
  for (int i = 0; i < 20; ++i) accepted({});
  std::vector<EventResult> results;
  for (EventId id = 1; id <= 20; ++id) {
    results.push_back(became(id, id <= 10 ? EventState::dead : EventState::applied));
  }
  settle(std::move(results));
  newest();
  now += 24h * 1000;

  prune_all(3);

  EXPECT_EQ(temp.views()->count(EventSelection{}), 11u);
}

}  // namespace
}  // namespace rosterd::test
