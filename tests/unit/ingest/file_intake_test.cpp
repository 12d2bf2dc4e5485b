#include "file_intake_fixture.hpp"

namespace rosterd::ingest {
namespace {

using namespace std::string_literals;

class Roster : public FileIntakeTest {};

TEST_F(Roster, EverybodyNewJoinsAndIsActive) {
  const auto report = take("id,mail,dept,other\n007,a@x.org,Sales,x\n8,,IT,y\n");

  EXPECT_EQ(counts(report), "done rows 2 people 2 joined 2");
  EXPECT_EQ(
      accepted(),
      "joined 007 {department=Sales, email=a@x.org, status=active}\n"
      "joined 8 {department=IT, email=null, status=active}\n"
  );
}

TEST_F(Roster, KnowsNothingNewerThanTheFileItself) {
  const auto path = file("id,mail,dept\n7,a@x.org,Sales\n");
  const Instant written = clock.now() - std::chrono::hours{3};
  const auto since_epoch = written.time_since_epoch();
  std::filesystem::last_write_time(
      path, std::chrono::file_clock::from_sys(std::chrono::sys_time<Duration>{since_epoch})
  );

  take_file(path);

  EXPECT_EQ(store.accepted.at(0).event.occurred_at, written);
}

TEST_F(Roster, DroppedAfterAnotherReplacesItThoughItWasWrittenBefore) {
  take("id,mail,dept\n7,a@x.org,Sales\n");
  const Instant first_taken = clock.now();
  clock.advance(std::chrono::hours{1});
  const auto older = file("id,mail,dept\n7,a@x.org,IT\n", "older.csv");
  const Instant written = first_taken - std::chrono::hours{24};
  std::filesystem::last_write_time(
      older, std::chrono::file_clock::from_sys(std::chrono::sys_time<Duration>{written})
  );

  take_file(older);

  EXPECT_GT(store.accepted.at(0).event.occurred_at, first_taken);
}

TEST_F(Roster, EventsAreWhatTheStoreNeeds) {
  take("id,mail,dept\n7,a@x.org,Sales\n");

  const NewEvent& event = store.accepted.at(0);
  EXPECT_EQ(event.event.source, "hr");
  EXPECT_EQ(event.event.mode, ChangeMode::partial);
  EXPECT_EQ(event.event.occurred_at, clock.now());
  EXPECT_EQ(event.received_at, clock.now());
  EXPECT_EQ(event.event.external_id, "sha256:" + to_hex(event.sha256));
  EXPECT_EQ(event.event.type_text, "person.joined");
  EXPECT_EQ(event.intake, 1);
  EXPECT_EQ(event.state, EventState::pending);
  EXPECT_NE(event.payload.find("\"a@x.org\""), std::string::npos);
}

TEST_F(Roster, OnlyWhatChangedIsSaidAgain) {
  take("id,mail,dept\n7,a@x.org,Sales\n8,b@x.org,IT\n");

  const auto report = take("id,mail,dept\n8,b@x.org,\n7,a@x.org,Sales\n");

  EXPECT_EQ(counts(report), "done rows 2 people 2 changed 1 unchanged 1");
  EXPECT_EQ(accepted(), "changed 8 {department=null, email=b@x.org, status=active}\n");
}

TEST_F(Roster, WhoIsGoneHasLeft) {
  take("id,mail,dept\n7,,Sales\n8,,IT\n");

  const auto report = take("id,mail,dept\n7,,Sales\n");

  EXPECT_EQ(counts(report), "done rows 1 people 1 left 1 unchanged 1");
  EXPECT_EQ(accepted(), "left 8 {}\n");
}

TEST_F(Roster, WhoComesBackIsTheSamePerson) {
  take("id,mail,dept\n7,,Sales\n8,,IT\n");
  take("id,mail,dept\n7,,Sales\n");

  const auto report = take("id,mail,dept\n7,,Sales\n8,,IT\n");

  EXPECT_EQ(counts(report), "done rows 2 people 2 changed 1 unchanged 1");
  EXPECT_EQ(accepted(), "changed 8 {department=IT, email=null, status=active}\n");
}

TEST_F(Roster, TheSameBytesAgainAreARecordedNoOp) {
  take("id,mail,dept\n7,,Sales\n");

  const auto report = take("id,mail,dept\n7,,Sales\n");

  EXPECT_EQ(counts(report), "repeated");
  EXPECT_EQ(store.intakes.at(2).state, IntakeState::repeated);
}

TEST_F(Roster, GoingBackToAnOlderFileIsAChange) {
  take("id,mail,dept\n7,,Sales\n");
  take("id,mail,dept\n7,,IT\n");

  const auto report = take("id,mail,dept\n7,,Sales\n");

  EXPECT_EQ(counts(report), "done rows 1 people 1 changed 1");
}

TEST_F(Roster, AKeyTwiceIsQuarantinedAndNobodyIsPicked) {
  store.people["8"].attributes["department"] = "IT";

  const auto report = take("id,mail,dept\n7,,a\n8,,b\n9,,c\n8,,d\n8,,d\n");

  EXPECT_EQ(counts(report), "done rows 5 people 3 quarantined 1 joined 2");
  ASSERT_EQ(report.quarantined.size(), 1U);
  EXPECT_EQ(report.quarantined[0].person, PersonId("8"));
  EXPECT_EQ(report.quarantined[0].lines, (std::vector<std::uint64_t>{3, 5, 6}));
  EXPECT_EQ(accepted().find(" 8 "), std::string::npos);
}

TEST_F(Roster, KeysAreComparedByteForByte) {
  const auto report = take("id,mail,dept\n7,,a\n 7,,b\n07,,c\n");

  EXPECT_EQ(report.intake.people, 3U);
}

TEST_F(Roster, ARowThatFailsDoesNotEndItsPerson) {
  config.columns[1].required = true;
  take("id,mail,dept\n7,,a\n8,,b\n");

  const auto report = take("id,mail,dept\n7,,a\n8,,\n9,,c\n");

  EXPECT_EQ(counts(report), "done rows 3 failed 1 people 3 joined 1 unchanged 1");
  EXPECT_EQ(problems(report), "3 dept [] is empty and required\n");
  EXPECT_EQ(report.intake.reason, "1 rows failed");
}

TEST_F(Roster, ARowOfTheWrongLengthStillNamesItsPerson) {
  take("id,mail,dept\n7,,a\n8,,b\n9,,c\n");

  const auto report = take("id,mail,dept\n7,,a\n8,b\n");

  EXPECT_EQ(counts(report), "done rows 2 failed 1 people 2 left 1 unchanged 1");
  EXPECT_EQ(problems(report), "3  [] has 2 fields instead of 3\n");
  EXPECT_EQ(accepted(), "left 9 {}\n");
}

TEST_F(Roster, WhenAKeyCannotBeReadNobodyIsEnded) {
  take("id,mail,dept\n7,,a\n8,,b\n9,,c\n");
  const std::vector<std::string> rows = {",,b", "  ,,b", "\"8\"x,,b", "\"8,,b", "a\0b,,"s};
  for (const std::string& row : rows) {
    const auto report = take("id,mail,dept\n7,,a\n" + row + "\n");

    EXPECT_EQ(accepted(), "") << row;
    EXPECT_EQ(report.keys_unreadable, 1U) << row;
    EXPECT_EQ(report.missing, 2U) << row;
    EXPECT_NE(report.intake.reason.find("nobody was ended"), std::string::npos);
  }
}

TEST_F(Roster, AKeyBehindOtherColumnsIsNotTrustedInABrokenRow) {
  take("id,mail,dept\n7,,a\n8,,b\n9,,c\n");

  const auto report = take("mail,id,dept\n,7,a\nSmith, John,8,b\n");

  EXPECT_EQ(accepted(), "");
  EXPECT_EQ(report.keys_unreadable, 1U);
}

TEST_F(Roster, WithTooManyPeopleMissingIsHeld) {
  std::string everybody = "id,mail,dept\n";
  for (int i = 0; i < 100; ++i) everybody += std::to_string(i) + ",,a\n";
  take(everybody);
  const std::string few = "id,mail,dept\n1,,b\n2,,a\n";

  const auto report = take(few);

  EXPECT_EQ(report.intake.state, IntakeState::held);
  EXPECT_EQ(report.missing, 98U);
  EXPECT_EQ(report.missing_people.size(), 98U);
  EXPECT_EQ(accepted(), "");
  EXPECT_TRUE(store.staged.empty());

  EXPECT_EQ(
      counts(take(few, {.approve_missing = true, .even_if_repeated = false, .progress = {}})),
      "done rows 2 people 2 changed 1 left 98 unchanged 1"
  );
}

TEST_F(Roster, MayLackTheLargerOfANumberAndAPart) {
  std::string everybody = "id,mail,dept\n";
  std::string most = everybody;
  for (int i = 0; i < 200; ++i) {
    everybody += std::to_string(i) + ",,a\n";
    if (i >= 10) most += std::to_string(i) + ",,a\n";
  }
  take(everybody);

  EXPECT_EQ(take(most).intake.state, IntakeState::done);
}

TEST_F(Roster, EmptyOrOnlyAHeaderIsRejected) {
  store.people["7"];

  EXPECT_EQ(take("").intake.reason, "is empty");
  EXPECT_EQ(take("id,mail,dept\n").intake.reason, "has a header and no rows");
  EXPECT_EQ(take("id,mail,dept\n,,\n").intake.reason, "has no row whose key can be read");
  EXPECT_EQ(accepted(), "");
}

TEST_F(Roster, AHeaderThatCannotBeTrustedIsRejected) {
  EXPECT_EQ(
      take("id,mial,mail,mail\n").intake.reason,
      "the column \"mail\" is there more than once; the column \"dept\" is missing"
  );
  EXPECT_EQ(
      take("id,mai,dept\n7,,\n").intake.reason, "the column \"mail\" is missing (is it \"mai\"?)"
  );
}

TEST_F(Roster, IsRejectedByTheByteThatIsNotInItsEncoding) {
  const auto report = take("id,mail,dept\n7,,Zo\xEB\n");

  EXPECT_EQ(counts(report), "rejected");
  EXPECT_EQ(report.intake.reason, "byte 18 is not UTF-8");
}

TEST_F(Roster, InWindows1252IsReadWhereConfigured) {
  config.encoding = "windows-1252";

  take("id,mail,dept\n7,,Zo\xEB\n");

  EXPECT_EQ(accepted(), "joined 7 {department=Zoë, email=null, status=active}\n");
}

TEST_F(Roster, ItsManifestMustMatch) {
  const std::string text = "id,mail,dept\n7,,a\n8,,b\n";
  const std::string sha256 = to_hex(crypto->sha256(text));

  file(R"({"rows": 3})", "roster.csv.manifest.json");
  EXPECT_EQ(take(text).intake.reason, "has 2 rows, but its manifest says 3");
  file(R"({"sha256": ")" + std::string(64, 'a') + "\"}", "roster.csv.manifest.json");
  EXPECT_EQ(take(text).intake.reason, "its SHA-256 is not the one in its manifest");
  file(R"({"rows": "2"})", "roster.csv.manifest.json");
  EXPECT_EQ(take(text).intake.state, IntakeState::rejected);
  file(R"({"rows": 2, "sha256": ")" + sha256 + "\"}", "roster.csv.manifest.json");
  EXPECT_EQ(take(text).intake.state, IntakeState::done);
}

TEST_F(Roster, ARequiredManifestThatIsNotThereRejects) {
  config.manifest_required = true;

  EXPECT_EQ(take("id,mail,dept\n7,,a\n").intake.reason, "there is no manifest beside it");

  file(R"({"rows": 1})", "roster.manifest.json");
  EXPECT_EQ(take("id,mail,dept\n7,,a\n").intake.state, IntakeState::done);
}

TEST_F(Roster, EndsOnlyPeopleOfItsScope) {
  config.scope = {{"employment_type", "Contractor"}};
  column("type", "employment_type");
  store.people["1"].attributes["employment_type"] = "Employee";
  store.people["2"].attributes["employment_type"] = "Contractor";

  take("id,mail,dept,type\n3,,a,Contractor\n");

  EXPECT_EQ(
      accepted(),
      "joined 3 {department=a, email=null, employment_type=Contractor, status=active}\nleft 2 {}\n"
  );
}

TEST_F(Roster, DoesNotSayThatSomebodyOutsideOfItsScopeLeft) {
  config.scope = {{"employment_type", "Contractor"}};
  column("state", "status");
  store.people["1"].attributes["employment_type"] = "Employee";

  const auto report = take("id,mail,dept,state\n1,,a,left\n");

  EXPECT_EQ(accepted(), "");
  EXPECT_EQ(problems(report), "2 id [1] left, but is not somebody of this roster's scope\n");
}

TEST_F(Roster, ANewKeyWithTheAddressOfSomebodyKnownIsQuarantined) {
  store.people["1"].attributes["email"] = "Ann@X.org";
  store.people["2"].attributes["email"] = "bob@x.org";

  const auto report = take("id,mail,dept\n2,bob@x.org,a\n3,ann@x.org,a\n4,new@x.org,a\n");

  EXPECT_EQ(counts(report), "done rows 3 people 3 quarantined 1 joined 1 changed 1");
  EXPECT_EQ(report.quarantined.at(0).person, PersonId("3"));
  EXPECT_EQ(
      report.quarantined.at(0).reason, "is new, and has the e-mail address of 1, who is known"
  );
  EXPECT_EQ(accepted().find("left 1"), std::string::npos);
}

TEST_F(Roster, TwoNewKeysWithOneAddressAreBothQuarantined) {
  const auto report = take("id,mail,dept\n3,Ann@x.org,a\n4,ann@X.org,a\n5,,a\n6,,a\n");

  EXPECT_EQ(counts(report), "done rows 4 people 4 quarantined 2 joined 2");
}

TEST_F(Roster, SomebodyKnownMayGetANewAddress) {
  store.people["1"].attributes["email"] = "ann@x.org";

  EXPECT_EQ(take("id,mail,dept\n1,ann.b@x.org,a\n").intake.changed, 1U);
}

TEST_F(Roster, ALeaversRowClearsNothing) {
  column("state", "status");
  store.people["1"];

  take("id,mail,dept,state\n1,,,left\n");

  EXPECT_EQ(accepted(), "left 1 {status=left}\n");
}

TEST_F(Roster, GoesOnAfterACrashWithTheSameEvents) {
  std::string text = "id,mail,dept\n";
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + ",,a\n";
  store.crash_after_rows = 3000;
  EXPECT_THROW(take(text), std::runtime_error);
  EXPECT_EQ(store.staged.size(), 2000U);
  store.crash_after_rows.reset();
  clock.advance(1h);

  const auto report = take(text);

  EXPECT_EQ(counts(report), "done rows 5000 people 5000 joined 5000");
  EXPECT_EQ(report.intake.id, 1);
  EXPECT_EQ(store.accepted.size(), 5000U);
}

/// Notes what it is given, and how far the file was then.
class KeptReports : public ReportKeeper {
 public:
  explicit KeptReports(const test::MemoryIntakeStore& store) : store_(store) {}
  Task<void> keep(std::string errors_csv) override {
    text += errors_csv + "while ";
    for (const auto& [id, intake] : store_.intakes) text += to_string(intake.state);
    co_return;
  }
  std::string text;

 private:
  const test::MemoryIntakeStore& store_;
};

TEST_F(Roster, ItsReportIsKeptBeforeItCounts) {
  KeptReports kept(store);
  IntakeOptions options;
  options.report_keeper = &kept;

  take("id,mail,dept\n7,,a\n,,a\n", options);

  EXPECT_EQ(kept.text, "line,column,value,reason\r\n3,id,,the key is empty\r\nwhile reading");
}

TEST_F(Roster, TheSameBytesAgainLeaveTheReportThatWasKept) {
  const std::string text = "id,mail,dept\n7,,a\n,,a\n";
  take(text);
  KeptReports kept(store);
  IntakeOptions options;
  options.report_keeper = &kept;

  take(text, options);

  EXPECT_EQ(kept.text, "");
}

TEST_F(Roster, APreviewIsTheSameWithoutTheStore) {
  store.people["9"];

  const RosterChanges changes = preview("id,mail,dept\n7,,a\n");

  EXPECT_EQ(counts(changes.report), "done rows 1 people 1 joined 1 left 1");
  ASSERT_EQ(changes.events.size(), 2U);
  EXPECT_EQ(story(changes.events[0]), "joined 7 {department=a, email=null, status=active}");
  EXPECT_EQ(story(changes.events[1]), "left 9 {}");
  EXPECT_TRUE(store.intakes.empty());
}

TEST_F(Roster, ALinkIsNotFollowed) {
  const auto path = file("id,mail,dept\n7,,a\n", "real.csv");
  std::filesystem::create_symlink(path, folder / "link.csv");

  EXPECT_EQ(
      take_file(folder / "link.csv").intake.reason, "is a symbolic link, which is never followed"
  );
  EXPECT_EQ(take_file(folder).intake.reason, "is not a regular file");
  EXPECT_EQ(take_file(folder / "none").intake.state, IntakeState::rejected);
}

TEST_F(Roster, TellsItsProgress) {
  std::string text = "id,mail,dept\n";
  const std::string department(100, 'x');
  for (int i = 0; i < 10'000; ++i) text += std::to_string(i) + ",," + department + "\n";
  std::vector<std::uint64_t> checked;
  IntakeOptions options;
  options.progress = [&](const IntakeProgress& progress) {
    EXPECT_EQ(progress.bytes_total, text.size());
    if (progress.phase == IntakeProgress::Phase::checking) checked.push_back(progress.bytes_done);
  };

  take(text, options);

  EXPECT_GE(checked.size(), 3U);
  EXPECT_EQ(checked.back(), text.size());
}

TEST_F(Roster, ASecondHeaderRowIsPassedOver) {
  config.header_rows = 2;

  take("id,mail,dept\nEmployee ID,Mail\n7,,a\n");

  EXPECT_EQ(accepted(), "joined 7 {department=a, email=null, status=active}\n");
}

TEST_F(Roster, LimitsAreErrors) {
  config.rows_max = 2;
  EXPECT_EQ(take("id,mail,dept\n1,,\n2,,\n3,,\n").intake.reason, "has more than 2 rows");
  config.file_bytes_max = 10;
  EXPECT_EQ(take("id,mail,dept\n1,,\n").intake.reason, "is longer than 10 bytes");
}

TEST_F(Roster, CutOffAnywhereNeverEndsSomebodyInSilence) {
  std::string text = "id,mail,dept\n";
  for (int i = 0; i < 40; ++i) {
    text += std::to_string(i) + ",\"p" + std::to_string(i) + "@x.org\",\"Sales, \"\"North\"\"\"\n";
  }
  take(text);
  for (std::size_t length = 0; length < text.size(); length += 7) {
    const auto report = take(text.substr(0, length));

    EXPECT_LE(report.intake.left, 5U) << length;
    if (report.missing > 5) {
      EXPECT_NE(report.intake.state, IntakeState::done) << length;
    }
    store = test::MemoryIntakeStore();
    take(text);
  }
}

TEST_F(Roster, NoPersonalDataIsLogged) {
  take("id,mail,dept\n7,ann@x.org,Sales\n8,ann@x.org,Sales\n");

  EXPECT_EQ(log.text.find("ann"), std::string::npos);
  EXPECT_EQ(log.text.find("Sales"), std::string::npos);
}

}  // namespace
}  // namespace rosterd::ingest
