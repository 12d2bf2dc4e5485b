#include "file_intake_fixture.hpp"
#include "ingest/kept_rows.hpp"

#include <random>

namespace rosterd::ingest {
namespace {

/// Rosters made up by chance, from a few people and a few values, so that much of it meets: rows
/// that are broken, twice there, quoted without need, padded, in another order.
class MadeUpRosters {
 public:
  explicit MadeUpRosters(unsigned seed) : random_(seed) {}

  std::string next() {
    std::vector<std::string> rows;
    const int people = 40;
    for (int person = 0; person < people; ++person) {
      if (one_in(8)) continue;
      rows.push_back(row_of(person));
      if (one_in(40)) rows.push_back(row_of(person));
    }
    if (one_in(3)) std::shuffle(rows.begin(), rows.end(), random_);
    std::string text = "id,mail,dept,since\n";
    for (const std::string& row : rows) text += row + (one_in(9) ? "\r\n" : "\n");
    return text;
  }

 private:
  bool one_in(unsigned n) { return random_() % n == 0; }

  std::string field(std::string text) {
    if (one_in(6)) text = " " + text;
    if (one_in(5)) text = '"' + text + '"';
    return text;
  }

  std::string row_of(int person) {
    const std::string number = std::to_string(person);
    const char* departments[] = {"Sales", "Engineering", "\"Sales, \"\"south\"\"\"", ""};
    const char* days[] = {"2026-03-01", "2026-03-02", "", "tomorrow"};
    std::string row = number + "," + field("p" + number + "@example.com");
    row += "," + std::string(departments[one_in(4) ? random_() % 4 : 0]);
    row += "," + std::string(days[one_in(6) ? random_() % 4 : 1]);
    if (one_in(30)) row += ",too many";
    return row;
  }

  std::mt19937 random_;
};

class RosterPaths : public FileIntakeTest {
 protected:
  RosterPaths() {
    column("since", "hire_date").type = "date";
    config.missing_part_max = 1;
    config.missing_max = 1000;
  }

  /// Also of the bytes that were taken last.
  RosterChanges changes_of(const std::string& text) {
    FileIntake intake({store, *crypto, clock, zones, log});
    IntakeOptions options;
    options.even_if_repeated = true;
    return test::run(intake.preview(config, file(text), std::move(options)));
  }

  bool says_something_new(const ChangeEvent& event) const {
    const auto person = store.people.find(event.person.value);
    if (person == store.people.end()) return true;
    if (event.type == ChangeType::left)
      return text_of(person->second.attributes, "status") != "left";
    for (const auto& [name, value] : event.attributes) {
      const auto held = person->second.attributes.find(name);
      const bool is_held = held != person->second.attributes.end();
      if (is_held != value.has_value() || (value && held->second != *value)) return true;
    }
    return false;
  }

  /// What a roster changes, when no row is recognised and everybody is compared by an event.
  std::string compared_in_full(const std::string& text) {
    const auto remembered = store.people;
    for (auto& [id, person] : store.people) person.rows.clear();
    const RosterChanges changes = changes_of(text);
    store.people = remembered;
    std::string story;
    for (const ChangeEvent& event : changes.events) {
      if (says_something_new(event)) story += RosterPaths::story(event) + "\n";
    }
    return story;
  }

  std::string compared_by_rows(const std::string& text) {
    std::string story;
    for (const ChangeEvent& event : changes_of(text).events)
      story += RosterPaths::story(event) + "\n";
    return story;
  }
};

TEST_F(RosterPaths, RecognisedRowsGiveTheSameChangesAsRowsComparedInFull) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    store = test::MemoryIntakeStore();
    MadeUpRosters rosters(seed);
    for (int day = 0; day < 6; ++day) {
      const std::string text = rosters.next();
      SCOPED_TRACE("seed " + std::to_string(seed) + ", day " + std::to_string(day) + "\n" + text);
      ASSERT_EQ(compared_by_rows(text), compared_in_full(text));
      ASSERT_EQ(take(text).intake.state, IntakeState::done);
      clock.advance(std::chrono::hours{24});
      ASSERT_EQ(compared_by_rows(text), "") << "the same roster once more";
    }
  }
}

TEST_F(RosterPaths, AChangedMappingComparesEverybodyAnew) {
  const std::string text = "id,mail,dept,since\n1,ada@example.com,Sales,2026-03-01\n";
  take(text);
  ASSERT_EQ(compared_by_rows(text), "");

  config.columns[1].attribute = "team";

  EXPECT_EQ(
      compared_by_rows(text),
      "changed 1 {email=ada@example.com, hire_date=2026-03-01, status=active, team=Sales}\n"
  );
}

TEST_F(RosterPaths, ChangesThatAreTooManyToKeepAreReadAgain) {
  std::string text = "id,mail,dept,since\n";
  constexpr int rows = 300;
  const std::string long_department(40'000, 'd');
  for (int row = 0; row < rows; ++row) {
    text += std::to_string(row) + ",," + long_department + std::to_string(row) + ",\n";
  }
  ASSERT_GT(text.size(), 8u << 20U);
  config.field_bytes_max = config.row_bytes_max = 100'000;

  EXPECT_EQ(counts(take(text)), "done rows 300 people 300 joined 300");

  ASSERT_EQ(store.accepted.size(), 300u);
  EXPECT_EQ(store.accepted.back().event.person.value, "299");
  EXPECT_EQ(text_of(store.people["299"].attributes, "department"), long_department + "299");
}

class StoreThatFails : public test::MemoryIntakeStore {
 public:
  Task<void> known_people(KnownPeopleQuery, std::function<void(const KnownPerson&)>) override {
    throw std::runtime_error("the disk is gone");
    co_return;
  }
};

TEST_F(RosterPaths, AStoreThatFailsWhileTheFileIsReadIsToldAsItFailed) {
  StoreThatFails failing;
  FileIntake intake({failing, *crypto, clock, zones, log});
  const auto path = file("id,mail,dept,since\n1,ada@example.com,Sales,\n");

  std::string told;
  try {
    test::run(intake.run(config, path, IntakeOptions()));
  } catch (const std::runtime_error& error) {
    told = error.what();
  }
  EXPECT_EQ(told, "the disk is gone");
  EXPECT_TRUE(failing.intakes.empty());
}

CsvRow row_of(std::uint64_t line, std::vector<std::string_view> fields) {
  CsvRow row;
  row.line = line;
  row.fields = std::move(fields);
  return row;
}

TEST(KeptRows, AreGivenBackAsTheyWere) {
  KeptRows kept(1000);
  kept.add(row_of(2, {"1", "", "Sales, \"south\"\n"}));
  kept.add(row_of(5, {}));
  kept.add(row_of(6, {std::string_view("a\0b", 3)}));

  std::string story;
  CsvRow row;
  while (kept.next(row)) {
    story += std::to_string(row.line) + ":";
    for (const std::string_view field : row.fields) story += "[" + std::string(field) + "]";
    story += ";";
  }
  EXPECT_TRUE(kept.all());
  EXPECT_EQ(story, std::string("2:[1][][Sales, \"south\"\n];5:;6:[a\0b];", 36));
}

TEST(KeptRows, AreNoneWhenTheyWouldBeTooMany) {
  KeptRows kept(100);
  for (std::uint64_t line = 1; line < 10; ++line) kept.add(row_of(line, {"0123456789"}));
  CsvRow row;
  EXPECT_FALSE(kept.all());
  EXPECT_FALSE(kept.next(row));
}

}  // namespace
}  // namespace rosterd::ingest
