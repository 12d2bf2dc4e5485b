#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "audit_fixture.hpp"

namespace rosterd::test {
namespace {

/// A store that the program of schema 1 left behind: ada has left and is due, and is still in two
/// groups of the ledger; bob's event was applied.
class StoreOfSchema1 : public AuditStoreTest {
 protected:
  void SetUp() override {
    temp.close();
    std::filesystem::remove(temp.path());
    SQLite::Database database = sqlite::open_for_writing(temp.path());
    database.exec("PRAGMA application_id = " + std::to_string(sqlite::application_id));
    database.exec(std::string(sqlite::known_migrations().front().text));
    // The checksum is of the file as it was released.
    database.exec(
        "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;"
        "INSERT INTO schema_migrations VALUES (1, '0001_initial.sql', 'b85f11c72ee7acfc', 0)"
    );
    fill(database);
  }

  static void fill(SQLite::Database& database) {
    database.exec(
        "INSERT INTO event VALUES (1, 'hr', 'e1', 'bob', 'person.joined', '', 'partial', '{}', "
        "NULL, NULL, NULL, '', 0, NULL, NULL);"
        "INSERT INTO event VALUES (2, 'hr', 'e2', 'ada', 'person.left', '', 'partial', '{}', "
        "NULL, NULL, NULL, '', 0, NULL, NULL);"
        "INSERT INTO outbox (event, state, priority, lane, due_at, from_file, folded, finished_at) "
        "VALUES (1, 'applied', 1, 0, NULL, 0, 1, 0), (2, 'pending', 0, 0, 0, 0, 0, NULL);"
        "INSERT INTO outbox_count VALUES ('applied', 0, 1), ('pending', 0, 1);"
        "INSERT INTO event_payload VALUES (1, x'7b7d'), (2, x'7b7d');"
        "INSERT INTO policy_version (version, text, since, settled) VALUES ('v1', '', 0, 1);"
        "INSERT INTO person VALUES ('bob', 'active', NULL, 1, NULL, NULL, 0, 0, 0, "
        "'{\"status\":\"active\"}', '{\"newest\":[\"\",null,1]}');"
        "INSERT INTO link VALUES ('auth0|ada', 'ada');"
        "INSERT INTO ledger VALUES ('auth0|ada', 'group', 'Staff-id', 'Staff', '', 'ada', 1, "
        "'everyone', 'v1', 0, 0), ('auth0|ada', 'group', 'Engineering-id', 'Engineering', '', "
        "'ada', 1, 'engineers', 'v1', 0, 0);"
    );
  }
};

TEST_F(StoreOfSchema1, IsMigratedWithAllThatIsInIt) {
  temp.open();

  const StatusView status = temp.views()->status();
  EXPECT_EQ(status.schema_version, 3);
  EXPECT_EQ(status.people, 1u);
  EXPECT_EQ(status.ledger, 2u);
  EXPECT_EQ(status.links, 1u);
  EXPECT_EQ(status.policy_version, "v1");
  EXPECT_EQ(outbox_now(), "1 bob applied, 2 ada pending");
  EXPECT_TRUE(rows().empty());
  EXPECT_EQ(first_broken(), std::nullopt);
}

TEST_F(StoreOfSchema1, GoesOnWorkingAndIsGuardedAndAuditedFromNowOn) {
  temp.open();
  const Work work = take();
  Settlement settlement;
  settlement.events = {became(2, EventState::held)};
  settlement.people = {record("ada", 2)};
  settlement.holds = {hold({held_of_leaver("ada", "Staff")})};
  settlement.removals = {removal("ada", "Engineering")};
  settle(std::move(settlement));

  EXPECT_EQ(ids_of(work), std::vector<EventId>{2});
  EXPECT_EQ(work.people.at(PersonId("ada")).ledger.size(), 2u);
  EXPECT_EQ(temp.views()->status().held_leavers, std::vector<PersonId>{PersonId("ada")});
  EXPECT_EQ(guard_state().removals.size(), 1u);
  EXPECT_EQ(guard_state().ledger, 2u);
  EXPECT_EQ(rows().size(), 2u);
  EXPECT_EQ(rows().front().entry.policy_version, "v1");
  EXPECT_EQ(first_broken(), std::nullopt);
}

TEST_F(StoreOfSchema1, IsNotReadBeforeItIsMigrated) {
  EXPECT_THROW(sqlite::open_views(temp.path()), std::runtime_error);

  const auto applied = sqlite::migrate(temp.path(), now);

  ASSERT_EQ(applied.size(), 2u);
  EXPECT_EQ(applied[0].name, "0002_guard.sql");
  EXPECT_EQ(applied[1].name, "0003_roster_key.sql");
  EXPECT_EQ(outbox_now(), "1 bob applied, 2 ada pending");
}

}  // namespace
}  // namespace rosterd::test
