#include "cli/snapshot.hpp"

#include "fake_views.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rosterd::cli {
namespace {

using test::FakeViews;

std::vector<std::string> people_of(const std::vector<ChangeEvent>& events) {
  std::vector<std::string> people;
  for (const ChangeEvent& event : events) people.push_back(event.person.value);
  return people;
}

TEST(ASnapshot, OfNoStoreKnowsNobody) {
  Snapshot snapshot(nullptr);
  EXPECT_TRUE(snapshot.people().empty());
  EXPECT_TRUE(snapshot.open_events().empty());
  EXPECT_FALSE(test::run(snapshot.last_accepted("hr")));
}

TEST(ASnapshot, HasEverybodyOfManyPages) {
  FakeViews views;
  for (int i = 0; i < 10'001; ++i) views.person_row(std::to_string(100'000 + i));
  const Snapshot snapshot(&views);
  EXPECT_EQ(snapshot.people().size(), 10'001U);
  EXPECT_EQ(views.pages, 4);
  EXPECT_TRUE(snapshot.people().front().exists);
}

TEST(ASnapshot, GivesOpenEventsByArrivalWithoutWhatNobodyUnderstands) {
  FakeViews views;
  views.event_row("first", EventState::retrying);
  views.event_row("done", EventState::applied);
  views.event_row("second", EventState::pending);
  views.event_row("odd", EventState::pending).event.type = ChangeType::unknown;
  EXPECT_EQ(
      people_of(Snapshot(&views).open_events()), (std::vector<std::string>{"first", "second"})
  );
}

TEST(ASnapshot, KnowsWhoseAccountItIs) {
  FakeViews views;
  views.person_row("4711").accounts = {AccountId("auth0|1"), AccountId("waad|1")};
  Snapshot snapshot(&views);
  const std::vector<AccountId> asked = {AccountId("waad|1"), AccountId("auth0|2")};
  const auto owners = test::run(snapshot.owners_of(asked));
  ASSERT_EQ(owners.size(), 1U);
  EXPECT_EQ(owners.at(AccountId("waad|1")), PersonId("4711"));
}

TEST(ASnapshot, FindsTheLastFileThatWasAccepted) {
  FakeViews views;
  const auto intake = [&](const std::string& source, const std::string& file, IntakeState state) {
    Intake& one = views.all_intakes.emplace_back();
    one.source = source;
    one.file_name = file;
    one.state = state;
  };
  intake("hr", "held.csv", IntakeState::held);
  intake("other", "other.csv", IntakeState::done);
  intake("hr", "second.csv", IntakeState::done);
  intake("hr", "first.csv", IntakeState::done);
  Snapshot snapshot(&views);
  EXPECT_EQ(test::run(snapshot.last_accepted("hr")).value().file_name, "second.csv");
}

TEST(ASnapshot, TellsWhoIsInTheScopeOfARosterAndWhoHasLeft) {
  FakeViews views;
  auto& here = views.person_row("1").record.attributes;
  here.emplace("country", std::string("Germany"));
  here.emplace(std::string(attribute::status), std::string("left"));
  views.person_row("2").record.attributes.emplace("country", std::string("France"));
  views.person_row("3");
  Snapshot snapshot(&views);
  KnownPeopleQuery query;
  query.scope.emplace("country", AttributeValue(std::string("germany")));
  std::vector<std::string> said;
  const auto visit = [&](const KnownPerson& person) {
    said.push_back(
        person.id.value + (person.in_scope ? " in" : " out") + (person.left ? " left" : "")
    );
  };
  test::run(snapshot.known_people(query, visit));
  EXPECT_EQ(said, (std::vector<std::string>{"1 in left", "2 out", "3 out"}));
}

TEST(ASnapshot, FindsTheHolderOfAnAddressHoweverItIsWritten) {
  FakeViews views;
  views.person_row("1").record.attributes.emplace(
      std::string(attribute::email), std::string("Ada@Example.com")
  );
  Snapshot snapshot(&views);
  const std::vector<std::string> asked = {"ada@example.com", "bob@example.com"};
  const auto holders = test::run(snapshot.holders_of_email(asked));
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_EQ(holders.at("ada@example.com"), PersonId("1"));
}

}  // namespace
}  // namespace rosterd::cli
