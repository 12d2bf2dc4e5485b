#include "audit_fixture.hpp"
#include "old_store.hpp"

namespace rosterd::test {
namespace {

class StoreOfSchema1 : public AuditStoreTest {
 protected:
  void SetUp() override {
    temp.close();
    std::filesystem::remove(temp.path());
    make_store_of_schema_1(temp.path());
  }
};

TEST_F(StoreOfSchema1, IsMigratedWithAllThatIsInIt) {
  temp.open();

  const StatusView status = temp.views()->status();
  EXPECT_EQ(status.schema_version, 5);
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

  ASSERT_EQ(applied.size(), 4u);
  EXPECT_EQ(applied[0].name, "0002_guard.sql");
  EXPECT_EQ(applied[1].name, "0003_roster_key.sql");
  EXPECT_EQ(applied[2].name, "0004_open_events.sql");
  EXPECT_EQ(applied[3].name, "0005_holds_by_person.sql");
  EXPECT_EQ(outbox_now(), "1 bob applied, 2 ada pending");
}

}  // namespace
}  // namespace rosterd::test
