#include "file_intake_fixture.hpp"

namespace rosterd::ingest {
namespace {

class Changes : public FileIntakeTest {
 protected:
  Changes() {
    config.kind = "changes";
    config.type_column = "what";
    config.types = {{"HIRE", "person.joined"}, {"TERM", "person.left"}};
    config.columns[1].empty = {"-"};
  }
};

TEST_F(Changes, EveryRowIsAnEventAndAnEmptyFieldSaysNothing) {
  const auto report = take("id,mail,dept,what\n7,a@x,IT,HIRE\n7,,HR,person.changed\n7,,-,TERM\n");

  EXPECT_EQ(counts(report), "done rows 3 people 1 joined 2 left 1");
  EXPECT_EQ(
      accepted(), "joined 7 {department=IT, email=a@x}\nchanged 7 {department=HR}\nleft 7 {}\n"
  );
}

TEST_F(Changes, AMarkerClears) {
  take("id,mail,dept,what\n7,,-,person.changed\n");

  EXPECT_EQ(accepted(), "changed 7 {department=null}\n");
}

TEST_F(Changes, NobodyIsEndedByNotBeingThere) {
  store.people["1"];

  take("id,mail,dept,what\n7,,IT,HIRE\n");

  EXPECT_EQ(accepted(), "joined 7 {department=IT}\n");
}

TEST_F(Changes, WithoutRowsNothingChanges) {
  EXPECT_EQ(counts(take("id,mail,dept,what\n")), "done");
  EXPECT_EQ(counts(take("")), "rejected");
}

TEST_F(Changes, TheEventsOwnFieldsComeFromColumns) {
  config.id_column = "event";
  config.mode_column = "mode";
  config.occurred_at_column = "at";
  config.effective_at_column = "from";
  config.sequence_column = "nr";
  config.date_formats = {"%d.%m.%Y"};

  take(
      "id,mail,dept,what,event,mode,at,from,nr\n"
      "7,,IT,HIRE,e-1,full,2026-02-01T10:00:00+01:00,24.12.2026,007\n"
  );

  const ChangeEvent& event = store.accepted.at(0).event;
  EXPECT_EQ(event.external_id, "e-1");
  EXPECT_EQ(event.mode, ChangeMode::full);
  EXPECT_EQ(event.occurred_at, parse_rfc3339("2026-02-01T09:00:00Z"));
  EXPECT_EQ(event.effective_at, Effective(*parse_date("2026-12-24")));
  EXPECT_EQ(event.sequence, "7");
}

TEST_F(Changes, ADateStartsInTheZoneConfigured) {
  config.effective_at_column = "from";
  config.occurred_at_column = "at";
  config.time_zone = "Europe/Berlin";

  take("id,mail,dept,what,from,at\n7,,IT,HIRE,2026-12-24,2026-03-01\n");

  const NewEvent& event = store.accepted.at(0);
  EXPECT_EQ(event.event.effective_at, Effective(*parse_rfc3339("2026-12-23T23:00:00Z")));
  EXPECT_EQ(event.event.occurred_at, parse_rfc3339("2026-02-28T23:00:00Z"));
  EXPECT_EQ(event.state, EventState::scheduled);
  EXPECT_EQ(event.due_at, parse_rfc3339("2026-12-23T23:00:00Z"));
}

TEST_F(Changes, RowsThatCannotBeReadAreReportedAndTheRestGoesOn) {
  config.id_column = "event";
  config.sequence_column = "nr";

  const auto report = take(
      "id,mail,dept,what,event,nr\n"
      "7,,IT,HIRES,e-1,1\n"
      "8,,IT,HIRE,e-2,x\n"
      "9,,IT,HIRE,e-3,3\n"
      "9,,HR,HIRE,e-3,3\n"
      "9,,IT,HIRE,e-3,3\n"
      ",,IT,HIRE,e-5,4\n"
  );

  EXPECT_EQ(counts(report), "done rows 6 failed 4 people 3 joined 1 unchanged 1");
  EXPECT_EQ(
      problems(report),
      "2 what [HIRES] is not a type of change (is it HIRE?)\n"
      "3 nr [x] is not a number of digits only\n"
      "5 event [e-3] is the id of line 4, which says otherwise\n"
      "7 id [] the key is empty\n"
  );
  EXPECT_EQ(accepted(), "joined 9 {department=IT}\n");
}

TEST_F(Changes, AnIdThatStandsForSomethingElseIsReportedAtItsLine) {
  config.id_column = "event";
  take("id,mail,dept,what,event\n7,,IT,HIRE,e-1\n");

  const auto report = take(
      "id,mail,dept,what,event\n"
      "8,,IT,HIRE,e-2\n"
      "7,,HR,person.changed,e-1\n"
  );

  EXPECT_EQ(counts(report), "done rows 2 failed 1 people 2 joined 1");
  EXPECT_EQ(
      problems(report),
      "3 event [e-1] is the id of an event that was accepted before and says otherwise; give it "
      "one "
      "of its own\n"
  );
  EXPECT_EQ(accepted(), "joined 8 {department=IT}\n");
}

TEST_F(Changes, ANewKeyWithAnAddressThatIsTakenIsQuarantined) {
  store.people["1"].attributes["email"] = "ann@x.org";

  const auto report = take("id,mail,dept,what\n7,ann@x.org,IT,HIRE\n7,,HR,person.changed\n");

  EXPECT_EQ(counts(report), "done rows 2 people 1 quarantined 1");
  EXPECT_EQ(accepted(), "");
}

}  // namespace
}  // namespace rosterd::ingest
