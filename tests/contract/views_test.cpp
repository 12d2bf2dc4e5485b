#include "store_fixture.hpp"

namespace rosterd::test {
namespace {

using Ids = std::vector<EventId>;

class ViewsContract : public StoreTest {
 protected:
  static Ids ids_of(const std::vector<EventRow>& rows) {
    Ids ids;
    for (const EventRow& row : rows) ids.push_back(row.id);
    return ids;
  }
  Ids found(const EventSelection& selection) {
    return ids_of(temp.views()->events(selection, all_of_them));
  }
  void person(const std::string& id, const std::string& name, const std::string& status) {
    Settlement settlement;
    PersonRecord made = record(id);
    made.attributes["display_name"] = name;
    made.attributes["email"] = id + "@example.com";
    made.attributes["status"] = status;
    settlement.people.push_back(made);
    settle(std::move(settlement));
  }
};

TEST_F(ViewsContract, TheStoreIsReadWhileItIsWrittenAndAfterwards) {
  accepted({.person = "ada"});
  EXPECT_EQ(outbox_now(), "1 ada pending");

  settle({became(1, EventState::applied)});
  EXPECT_EQ(outbox_now(), "1 ada applied");

  temp.close();
  EXPECT_EQ(outbox_now(), "1 ada applied");
}

TEST_F(ViewsContract, AnOpenViewSeesWhatIsWrittenLater) {
  const auto views = temp.views();
  EXPECT_EQ(views->count(EventSelection{}), 0u);

  accepted({});

  EXPECT_EQ(views->count(EventSelection{}), 1u);
}

TEST_F(ViewsContract, StatusCountsEverything) {
  accepted({.person = "ada"});
  now += 1min;
  accepted({.person = "bob"});
  accepted({.person = "cyd", .state = EventState::scheduled, .due_at = now + 24h});
  settle({became(1, EventState::applied)});
  person("ada", "Ada", "active");
  person("bob", "Bob", "left");
  temp.run(temp.work().use_policy("v1", "", now));

  const StatusView status = temp.views()->status();

  EXPECT_EQ(status.events.at(EventState::applied), 1u);
  EXPECT_EQ(status.events.at(EventState::pending), 1u);
  EXPECT_EQ(status.events.at(EventState::scheduled), 1u);
  EXPECT_EQ(status.events.at(EventState::dead), 0u);
  EXPECT_EQ(status.oldest_open_received_at, now);
  EXPECT_EQ(status.people, 2u);
  EXPECT_EQ(status.people_by_status.at(LifecycleState::left), 1u);
  EXPECT_EQ(status.policy_version, "v1");
  EXPECT_EQ(status.schema_version, 5);
  EXPECT_GT(status.database_bytes, 0u);
}

TEST_F(ViewsContract, CountsAreExactAfterAKill) {
  for (int i = 0; i < 5; ++i) accepted({});
  settle({became(1, EventState::applied), became(2, EventState::superseded)});

  temp.crash_and_reopen();

  const StatusView status = temp.views()->status();
  EXPECT_EQ(status.events.at(EventState::pending), 3u);
  EXPECT_EQ(status.events.at(EventState::applied), 1u);
  EXPECT_EQ(status.events.at(EventState::superseded), 1u);
}

TEST_F(ViewsContract, EventsAreSelectedByWhatIsSet) {
  accepted({.person = "ada"});
  accepted({.person = "bob", .source = "payroll"});
  now += 1h;
  accepted({.person = "ada"});
  settle({retries(2, 10s)});

  EXPECT_EQ(found(EventSelection{}), (Ids{3, 2, 1}));
  EventSelection by_person;
  by_person.person = PersonId("ada");
  EXPECT_EQ(found(by_person), (Ids{3, 1}));
  EventSelection by_state;
  by_state.states = {EventState::retrying, EventState::dead};
  EXPECT_EQ(found(by_state), Ids{2});
  EventSelection by_error;
  by_error.error = ErrorClass::transient;
  EXPECT_EQ(found(by_error), Ids{2});
  EventSelection by_source;
  by_source.source = "payroll";
  EXPECT_EQ(found(by_source), Ids{2});
  EventSelection by_time;
  by_time.received_from = nine;
  by_time.received_to = nine + 1h;
  EXPECT_EQ(found(by_time), (Ids{2, 1}));
  EventSelection by_id;
  by_id.ids = {1, 3, 4711};
  EXPECT_EQ(found(by_id), (Ids{3, 1}));
  EXPECT_EQ(temp.views()->count(by_id), 2u);
}

TEST_F(ViewsContract, AnEventShowsItsAttempts) {
  accepted({.person = "ada", .id = "e1"});
  settle({retries(1, 2s)});
  now += 2s;
  settle({retries(1, 10s)});

  const auto views = temp.views();
  const auto row = views->event(1);
  const auto attempts = views->attempts(1);

  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->attempts, 2);
  EXPECT_EQ(row->next_attempt_at, now + 10s);
  EXPECT_EQ(row->error, ErrorClass::transient);
  EXPECT_EQ(row->reason, "502 Bad Gateway");
  EXPECT_EQ(row->event.external_id, "e1");
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[1].number, 2);
  EXPECT_EQ(attempts[1].at, now);
  EXPECT_EQ(views->event(4711), std::nullopt);
}

TEST_F(ViewsContract, APayloadComesBackByteByByte) {
  auto batch = events({{}});
  batch[0].payload = std::string("{\"a\":\"\0\xff\"}", 10);
  const std::string expected = batch[0].payload;
  accept(std::move(batch));

  EXPECT_EQ(temp.views()->payload(1), expected);
}

TEST_F(ViewsContract, PeopleAreFoundByIdNameAndEMailPageByPage) {
  person("0042", "Ada Lovelace", "active");
  person("0043", "Bob Kahn", "active");
  person("0044", "ÉMILE Ada", "left");
  const auto views = temp.views();
  const auto names = [&](const std::string& search, const std::string& after, std::size_t limit) {
    std::vector<std::string> ids;
    for (const PersonRow& row : views->people(search, PersonId(after), limit)) {
      ids.push_back(row.record.id.value);
    }
    return ids;
  };

  EXPECT_EQ(names("", "", 2), (std::vector<std::string>{"0042", "0043"}));
  EXPECT_EQ(names("", "0043", 2), (std::vector<std::string>{"0044"}));
  EXPECT_EQ(names("ADA", "", 10), (std::vector<std::string>{"0042", "0044"}));
  EXPECT_EQ(names("émile", "", 10), (std::vector<std::string>{"0044"}));
  EXPECT_EQ(names("0043@EXAMPLE", "", 10), (std::vector<std::string>{"0043"}));
}

TEST_F(ViewsContract, APersonShowsAccountsLedgerAndOperations) {
  Settlement settlement;
  settlement.people.push_back(record("ada"));
  settlement.links[PersonId("ada")] = {AccountId("auth0|1")};
  settlement.next_due[PersonId("ada")] = now + 1h;
  LedgerEntry entry;
  entry.account = AccountId("auth0|1");
  entry.entitlement.kind = EntitlementKind::role;
  entry.entitlement.id = EntitlementId("r-1");
  entry.name = EntitlementName{EntitlementKind::role, "Developer", "wiki"};
  entry.person = PersonId("ada");
  settlement.granted.push_back(entry);
  OperationRecord operation;
  operation.kind = Operation::Kind::add_roles;
  operation.entitlement = entry.entitlement;
  operation.name = entry.name;
  operation.account = entry.account;
  operation.person = entry.person;
  operation.reason = "engineers";
  operation.sent_at = now;
  operation.status = 204;
  operation.verified_at = now + 1s;
  operation.lost = 1;
  settlement.operations.push_back(operation);
  settle(std::move(settlement));

  const auto views = temp.views();
  const auto ada = views->person(PersonId("ada"));
  const auto operations = views->operations_of(PersonId("ada"), 10);

  ASSERT_TRUE(ada.has_value());
  EXPECT_EQ(ada->accounts, std::vector<AccountId>{AccountId("auth0|1")});
  EXPECT_EQ(ada->next_due_at, now + 1h);
  ASSERT_EQ(ada->ledger.size(), 1u);
  EXPECT_EQ(to_string(ada->ledger[0].name), "Developer@wiki");
  ASSERT_EQ(operations.size(), 1u);
  EXPECT_EQ(operations[0].kind, Operation::Kind::add_roles);
  EXPECT_EQ(operations[0].verified_at, now + 1s);
  EXPECT_EQ(operations[0].lost, 1);
  EXPECT_EQ(views->person(PersonId("nobody")), std::nullopt);
}

class OutboxControlContract : public StoreTest {
 protected:
  std::vector<EventId> replay(const EventSelection& selection) {
    return temp.run(temp.control().replay(selection, "anna", now));
  }
  std::vector<EventId> cancel(const EventSelection& selection) {
    return temp.run(temp.control().cancel(selection, "a mistake", "anna", now));
  }
};

TEST_F(OutboxControlContract, AReplayIsANewRowAndTheOldOneStays) {
  accepted({.person = "ada"});
  accepted({.person = "bob"});
  settle({became(1, EventState::dead), became(2, EventState::applied)});

  EXPECT_EQ(replay(EventSelection{}), Ids{3});

  EXPECT_EQ(outbox_now(), "1 ada dead, 2 bob applied, 3 ada pending");
  EXPECT_EQ(temp.views()->event(3)->replay_of, 1);
  EXPECT_EQ(take().events.at(0).event.person, PersonId("ada"));
}

TEST_F(OutboxControlContract, AReplaySaysNothingAnewThatTheRecordHolds) {
  accepted({.person = "ada"});
  accepted({.person = "bob"});
  EventResult never_folded = became(2, EventState::dead);
  never_folded.folded = false;
  settle({became(1, EventState::dead), never_folded});

  replay(EventSelection{});

  const auto due = take().events;
  ASSERT_EQ(due.size(), 2u);
  EXPECT_TRUE(due[0].folded);
  EXPECT_FALSE(due[1].folded);
}

TEST_F(OutboxControlContract, WhatIsNotDeadIsReplayedWhenItsStateIsNamed) {
  accepted({.person = "ada"});
  settle({became(1, EventState::applied)});
  EventSelection applied;
  applied.states = {EventState::applied, EventState::pending};

  EXPECT_EQ(replay(applied), Ids{2});
}

TEST_F(OutboxControlContract, TheSenderOfAReplayedEventStillGetsADuplicate) {
  accepted({.id = "e1"});
  settle({became(1, EventState::dead)});
  replay(EventSelection{});

  temp.crash_and_reopen();

  const auto again = accept(events({{.id = "e1"}}));
  EXPECT_EQ(again.events.at(0).acceptance, Acceptance::duplicate);
  EXPECT_EQ(again.events.at(0).id, 1);
}

TEST_F(OutboxControlContract, OpenEventsAreCancelledUnlessTheyAreRunning) {
  accepted({.person = "ada"});
  take();
  accepted({.person = "bob"});
  accepted({.person = "cyd", .state = EventState::scheduled, .due_at = now + 1h});

  EXPECT_EQ(cancel(EventSelection{}), (Ids{2, 3}));

  EXPECT_EQ(outbox_now(), "1 ada running, 2 bob cancelled, 3 cyd cancelled");
  EXPECT_TRUE(take().events.empty());
  EXPECT_EQ(temp.views()->event(2)->reason, "a mistake");
}

}  // namespace
}  // namespace rosterd::test
