#include "store_fixture.hpp"

#include <algorithm>

namespace rosterd::test {
namespace {

using Ids = std::vector<EventId>;
using Names = std::vector<std::string>;

class IntakeStoreContract : public StoreTest {
 protected:
  Intake begin(const std::string& bytes = "roster of monday") {
    return temp.run(temp.intake().begin("hr-drop", "roster.csv", digest_of(bytes), now));
  }

  IntakeStore::StagedRow row(const Given& given) {
    IntakeStore::StagedRow staged;
    staged.event = event(given);
    staged.row = key128(digest_of(given.department));
    return staged;
  }
  std::vector<Acceptance> stage(const Intake& intake, std::initializer_list<Given> rows) {
    std::vector<IntakeStore::StagedRow> staged;
    for (Given given : rows) {
      given.source = "hr-drop";
      staged.push_back(row(given));
    }
    return temp.run(temp.intake().stage(intake.id, std::move(staged)));
  }
  void finish(Intake intake, IntakeState state) {
    intake.state = state;
    intake.finished_at = now;
    temp.run(temp.intake().finish(std::move(intake)));
  }
  void import(const std::string& bytes, std::initializer_list<Given> rows) {
    const Intake intake = begin(bytes);
    stage(intake, rows);
    finish(intake, IntakeState::done);
  }

  /// The worker takes all there is and folds it in.
  void work_off() {
    Settlement settlement;
    const Work work = take();
    for (const DueEvent& due : work.events) {
      settlement.events.push_back(became(due.id, EventState::applied));
      PersonRecord person = record(due.event.person.value, due.id);
      for (const auto& [name, value] : due.event.attributes) {
        if (value) person.attributes[name] = *value;
      }
      settlement.people.push_back(person);
    }
    settle(std::move(settlement));
  }

  /// `ada Engineering, bob -, cyd - left`: with the row each agrees with, by its department.
  std::string known(const AttributePatch& scope = {}) {
    KnownPeopleQuery query;
    query.source = "hr-drop";
    query.scope = scope;
    std::string text;
    const std::function<void(const KnownPerson&)> visit = [&](const KnownPerson& person) {
      if (!text.empty()) text += ", ";
      text += person.id.value;
      std::string row = "-";
      for (const char* department : {"Engineering", "Sales"}) {
        if (person.row == key128(digest_of(department))) row = department;
      }
      text += " " + row + (person.left ? " left" : "") + (person.in_scope ? "" : " elsewhere");
    };
    temp.run(temp.intake().known_people(query, visit));
    return text;
  }
};

TEST_F(IntakeStoreContract, StagedEventsAreNotDueUntilTheFileIsDone) {
  const Intake intake = begin();
  stage(intake, {{.person = "ada"}, {.person = "bob"}});

  EXPECT_TRUE(take().events.empty());
  EXPECT_FALSE(temp.run(temp.work().leaver_is_waiting(now)));
  finish(intake, IntakeState::done);

  EXPECT_EQ(ids_of(take()), (Ids{1, 2}));
}

TEST_F(IntakeStoreContract, WhatAFileMadeDueIsStillDueAfterAKill) {
  import("monday", {{.person = "ada" }});

  temp.crash_and_reopen();

  EXPECT_EQ(ids_of(take()), Ids{1});
}

TEST_F(IntakeStoreContract, LeaversOfAFileGoBeforeTheJoinersOfAWebhook) {
  accepted({.person = "ada"});
  import("monday", {{.person = "bob"}, {.person = "cyd", .status = "left" }});

  EXPECT_EQ(ids_of(take()), (Ids{3, 1, 2}));
}

TEST_F(IntakeStoreContract, EventsOfOnePersonFromAFileAndAWebhookAreTakenTogether) {
  import("monday", {{.person = "ada" }});
  accepted({.person = "ada", .type = ChangeType::left});

  EXPECT_EQ(ids_of(take()), (Ids{1, 2}));
}

TEST_F(IntakeStoreContract, AWebhookDoesNotTakeWhatAFileHasStagedForThePerson) {
  const Intake intake = begin();
  stage(intake, {{.person = "ada"}});
  accepted({.person = "ada"});

  EXPECT_EQ(ids_of(take()), Ids{2});
}

TEST_F(IntakeStoreContract, ARejectedFileLeavesNothingAndMayComeAgain) {
  const Intake rejected = begin();
  stage(rejected, {{.person = "ada", .id = "row-1"}, {.person = "bob", .id = "row-2"}});
  finish(rejected, IntakeState::rejected);
  EXPECT_TRUE(take().events.empty());

  const Intake again = begin();
  stage(again, {{.person = "ada", .id = "row-1"}, {.person = "bob", .id = "row-2"}});
  finish(again, IntakeState::done);

  EXPECT_NE(again.id, rejected.id);
  EXPECT_EQ(take().events.size(), 2u);
}

TEST_F(IntakeStoreContract, AFileGoesOnAfterACrashAsTheSameIntake) {
  const Intake first = begin();
  stage(first, {{.person = "ada", .id = "row-1"}});
  temp.crash_and_reopen();
  now += 1h;

  const auto unfinished = temp.run(temp.intake().unfinished());
  const Intake again = begin();
  stage(again, {{.person = "ada", .id = "row-1"}, {.person = "bob", .id = "row-2"}});
  finish(again, IntakeState::done);

  ASSERT_EQ(unfinished.size(), 1u);
  EXPECT_EQ(unfinished[0].id, first.id);
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.taken_at, nine);
  EXPECT_EQ(take().events.size(), 2u);
}

TEST_F(IntakeStoreContract, ARowWhoseIdStandsForSomethingElseIsNotKeptAndTheRestIs) {
  import("monday", {{.person = "ada", .id = "row-1", .department = "Sales" }});
  const Intake tuesday = begin("tuesday");

  const auto judged = stage(
      tuesday,
      {{.person = "ada", .id = "row-1", .department = "Legal"},
       {.person = "bob", .id = "row-2"},
       {.person = "ada", .id = "row-1", .department = "Sales"}}
  );
  finish(tuesday, IntakeState::done);

  using Each = std::vector<Acceptance>;
  EXPECT_EQ(judged, (Each{Acceptance::conflict, Acceptance::accepted, Acceptance::duplicate}));
  EXPECT_EQ(take().events.size(), 2u);
}

TEST_F(IntakeStoreContract, TheLastAcceptedFileIsTheLastThatWasDone) {
  EXPECT_EQ(temp.run(temp.intake().last_accepted("hr-drop")), std::nullopt);
  import("monday", {{.person = "ada" }});
  finish(begin("tuesday"), IntakeState::held);

  const auto last = temp.run(temp.intake().last_accepted("hr-drop"));

  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->sha256, digest_of("monday"));
  EXPECT_EQ(temp.run(temp.intake().last_accepted("payroll")), std::nullopt);
}

TEST_F(IntakeStoreContract, FilesAreNotRefusedByAFullOutbox) {
  temp.options().open_events_max = 1;
  temp.reopen();
  import("monday", {{.person = "ada"}, {.person = "bob" }});

  EXPECT_EQ(accept(events({{}})).admission, Admission::admitted);
  EXPECT_EQ(accept(events({{}})).admission, Admission::outbox_full);
}

TEST_F(IntakeStoreContract, ARowIsKnownOnceItIsFoldedIn) {
  import("monday", {{.person = "ada"}, {.person = "bob", .department = "Sales" }});
  EXPECT_EQ(known(), "ada -, bob -");

  work_off();

  EXPECT_EQ(known(), "ada Engineering, bob Sales");
}

TEST_F(IntakeStoreContract, AChangeByAnotherWayMakesARowOutdated) {
  import("monday", {{.person = "ada"}, {.person = "bob" }});
  work_off();

  accepted({.person = "ada", .department = "Sales"});
  EXPECT_EQ(known(), "ada -, bob Engineering");
  work_off();
  EXPECT_EQ(known(), "ada -, bob Engineering");

  import("tuesday", {{.person = "ada" }});
  work_off();
  EXPECT_EQ(known(), "ada Engineering, bob Engineering");
}

TEST_F(IntakeStoreContract, ARowThatArrivedAfterNewerNewsIsNotAgreedWith) {
  import("monday", {{.person = "ada" }});
  Settlement settlement;
  settlement.events = {became(take().events.at(0).id, EventState::applied)};
  settlement.people.push_back(record("ada", 4711));
  settle(std::move(settlement));

  EXPECT_EQ(known(), "ada -");
}

TEST_F(IntakeStoreContract, WhoIsOnTheWayIsKnownAndWhoIsStagedIsNot) {
  accepted({.person = "ada"});
  accepted({.person = "bob", .type = ChangeType::left});
  stage(begin(), {{.person = "cyd"}});

  EXPECT_EQ(known(), "ada -, bob - left");
}

TEST_F(IntakeStoreContract, LeftIsWhoWillHaveLeftWhenAllIsFoldedIn) {
  import("monday", {{.person = "ada", .status = "left"}, {.person = "bob" }});
  work_off();
  accepted({.person = "ada", .status = "active"});
  accepted({.person = "bob", .type = ChangeType::left});

  EXPECT_EQ(known(), "ada -, bob - left");
}

TEST_F(IntakeStoreContract, ScopeIsReadFromTheAttributes) {
  import("monday", {{.person = "ada"}, {.person = "bob", .department = "Sales" }});
  work_off();
  accepted({.person = "cyd", .department = "Sales"});
  AttributePatch scope;
  scope["department"] = std::string("engineering");

  EXPECT_EQ(known(scope), "ada Engineering, bob Sales elsewhere, cyd - elsewhere");
}

TEST_F(IntakeStoreContract, EverybodyIsVisitedOnceHoweverManyTheyAre) {
  constexpr int people = 25'000;
  Settlement settlement;
  for (int i = 0; i < people; ++i) {
    PersonRecord person = record(std::to_string(i));
    if (i % 3 > 0) person.attributes["status"] = std::string(i % 3 == 1 ? "active" : "left");
    person.stale = i % 5 == 0;
    settlement.people.push_back(std::move(person));
  }
  settle(std::move(settlement));
  accepted({.person = "zoe"});
  std::vector<std::string> visited;
  const std::function<void(const KnownPerson&)> visit = [&](const KnownPerson& person) {
    visited.push_back(person.id.value);
  };

  temp.run(temp.intake().known_people(KnownPeopleQuery{}, visit));

  EXPECT_EQ(visited.size(), people + 1u);
  EXPECT_TRUE(std::is_sorted(visited.begin(), visited.end()));
  EXPECT_EQ(std::adjacent_find(visited.begin(), visited.end()), visited.end());
}

TEST_F(IntakeStoreContract, StatusesMayBeWhateverTheSourceWrites) {
  constexpr int people = 200;
  Settlement settlement;
  std::string expected;
  for (int i = 100; i < 100 + people; ++i) {
    PersonRecord person = record(std::to_string(i));
    const bool left = i % 40 == 0;
    person.attributes["status"] = left ? std::string("left") : "as " + std::to_string(i % 40);
    settlement.people.push_back(std::move(person));
    if (left) expected += std::to_string(i) + " ";
  }
  settle(std::move(settlement));
  std::string visited, left;
  const std::function<void(const KnownPerson&)> visit = [&](const KnownPerson& person) {
    visited += person.id.value + " ";
    if (person.left) left += person.id.value + " ";
  };

  temp.run(temp.intake().known_people(KnownPeopleQuery{}, visit));

  std::string everybody;
  for (int i = 100; i < 100 + people; ++i) everybody += std::to_string(i) + " ";
  EXPECT_EQ(visited, everybody);
  EXPECT_EQ(left, expected);
}

TEST_F(IntakeStoreContract, AnEMailAddressLeadsToItsHolderWhateverItsCase) {
  Settlement settlement;
  PersonRecord ada = record("ada");
  ada.attributes["email"] = std::string("Ada@Example.com");
  settlement.people = {ada, record("bob")};
  settle(std::move(settlement));

  const std::vector<std::string> asked = {"ADA@example.com", "bob@example.com"};
  const std::map<std::string, PersonId> holders = {{"ada@example.com", PersonId("ada")}};
  EXPECT_EQ(temp.run(temp.intake().holders_of_email(asked)), holders);
}

TEST_F(IntakeStoreContract, TheKeyOfItsRowsIsTheStoresOwnForEver) {
  const Key128 key = temp.run(temp.intake().row_key());
  EXPECT_NE(key, Key128());

  temp.crash_and_reopen();
  EXPECT_EQ(temp.run(temp.intake().row_key()), key);

  TempStore another;
  EXPECT_NE(another.run(another.intake().row_key()), key);
}

}  // namespace
}  // namespace rosterd::test
