#include "audit_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

namespace rosterd::test {
namespace {

class AuditChain : public AuditStoreTest {
 protected:
  /// Three rows, one an event.
  void three_rows() {
    for (const char* person : {"ada", "bob", "cyd"}) accepted({.person = person});
    settle(
        {became(1, EventState::applied),
         became(2, EventState::ignored),
         became(3, EventState::applied)}
    );
  }
  void prune_all() {
    while (temp.run(temp.work().prune(now, WorkStore::Retention{}, all_of_them)) > 0) continue;
  }
};

TEST_F(AuditChain, GoesOnAfterAKill) {
  three_rows();
  temp.crash_and_reopen();
  settle_operations({operation(Operation::Kind::add_members, 204, true)});

  EXPECT_EQ(last_id(), 4);
  EXPECT_EQ(first_broken(), std::nullopt);
}

TEST_F(AuditChain, BreaksAtTheRowThatWasChanged) {
  three_rows();

  behind_its_back("UPDATE audit SET person = 'somebody else' WHERE id = 2");

  EXPECT_EQ(first_broken(), 2);
}

TEST_F(AuditChain, BreaksAfterTheRowThatWasTakenOut) {
  three_rows();

  behind_its_back("DELETE FROM audit WHERE id = 2");

  EXPECT_EQ(first_broken(), 3);
}

TEST_F(AuditChain, BreaksAtTheRowThatWasPutIn) {
  three_rows();

  behind_its_back(
      "UPDATE audit SET id = 4 WHERE id = 3; "
      "INSERT INTO audit SELECT 3, at, actor, action, person, account, entitlement, event, rule, "
      "policy_version, was, became, answer, verified_at, hash FROM audit WHERE id = 2"
  );

  EXPECT_EQ(first_broken(), 3);
}

TEST_F(AuditChain, CoversEveryColumn) {
  settle_operations({operation(Operation::Kind::add_members, 204, true)});
  SQLite::Database raw(temp.path().string(), SQLite::OPEN_READWRITE);
  SQLite::Statement columns(raw, "SELECT name FROM pragma_table_info('audit')");
  std::vector<std::string> names;
  while (columns.executeStep()) names.push_back(columns.getColumn(0).getString());

  for (const std::string& name : names) {
    const bool is_hash = name == "hash";
    const std::string another = is_hash ? "zeroblob(32)" : "coalesce(" + name + ", 0) || '1'";
    behind_its_back(
        "CREATE TABLE kept AS SELECT * FROM audit; UPDATE audit SET " + name + " = " + another
    );
    EXPECT_TRUE(first_broken().has_value()) << name;
    behind_its_back("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; DROP TABLE kept");
  }
  EXPECT_EQ(names.size(), 15u);
  EXPECT_EQ(first_broken(), std::nullopt);
}

TEST_F(AuditChain, IsWholeFromItsAnchorAfterTheOldestRowsHaveGone) {
  three_rows();
  now += 24h * 300;
  accepted({.person = "dan"});
  settle({became(4, EventState::applied)});
  now += 24h * 101;

  prune_all();

  EXPECT_EQ(rows().size(), 1u);
  EXPECT_EQ(temp.views()->audit_anchor().id, 3);
  EXPECT_EQ(first_broken(), std::nullopt);
  behind_its_back("UPDATE audit SET rule = 'another'");
  EXPECT_EQ(first_broken(), 4);
}

TEST_F(AuditChain, GoesOnFromItsAnchorWhenAllRowsHaveGone) {
  three_rows();
  now += 24h * 401;
  prune_all();
  EXPECT_TRUE(rows().empty());

  temp.reopen();
  settle_operations({operation(Operation::Kind::add_members, 204, true)});

  EXPECT_EQ(last_id(), 4);
  EXPECT_EQ(temp.views()->audit_anchor().id, 3);
  EXPECT_EQ(first_broken(), std::nullopt);
}

TEST_F(AuditChain, KeepsAnOldRowThatFollowsAYoungOne) {
  now += 24h * 400;
  three_rows();
  now = nine;
  settle_operations({operation(Operation::Kind::add_members, 204, true)});
  now += 24h * 500;

  prune_all();

  EXPECT_EQ(rows().size(), 4u);
}

TEST_F(AuditChain, IsPrunedInSmallSlices) {
  three_rows();
  now += 24h * 401;
  accepted({.person = "dan"});

  while (temp.run(temp.work().prune(now, WorkStore::Retention{}, 1)) > 0) {
    EXPECT_EQ(first_broken(), std::nullopt);
  }

  EXPECT_TRUE(rows().empty());
}

TEST_F(AuditChain, HasNothingOfASettlementThatFailed) {
  three_rows();
  Settlement failing;
  failing.operations = {operation(Operation::Kind::add_members, 204, true)};
  failing.holds = {hold({held("ada", "Staff")})};
  failing.events = {became(4711, EventState::applied)};

  EXPECT_THROW(settle(std::move(failing)), std::runtime_error);
  settle_operations({operation(Operation::Kind::remove_members, 204, true)});

  EXPECT_EQ(rows().back().entry.action, "removed");
  EXPECT_EQ(last_id(), 4);
  EXPECT_EQ(first_broken(), std::nullopt);
}

TEST_F(AuditChain, IsWholeWhenSettlementsShareACommitWithOneThatFails) {
  int failures = 0;
  temp.loop().restart();
  for (int i = 0; i < 30; ++i) {
    Settlement settlement;
    settlement.at = now;
    settlement.operations = {operation(Operation::Kind::add_members, 204, true)};
    if (i % 3 == 0) settlement.events = {became(4711, EventState::applied)};
    asio::co_spawn(
        temp.loop(),
        temp.work().settle(std::move(settlement)),
        [&](std::exception_ptr error) { failures += error ? 1 : 0; }
    );
  }
  temp.loop().run();

  EXPECT_EQ(failures, 10);
  EXPECT_EQ(last_id(), 20);
  EXPECT_EQ(first_broken(), std::nullopt);
}

TEST_F(AuditChain, IsWholeAfterADiskThatWasFull) {
  three_rows();
  {
    const FileSizeLimit no_more_writing(0);
    EXPECT_THROW(
        settle_operations({operation(Operation::Kind::add_members, 204, true)}), std::runtime_error
    );
  }
  temp.reopen();
  settle_operations({operation(Operation::Kind::add_members, 204, true)});

  EXPECT_EQ(last_id(), 4);
  EXPECT_EQ(first_broken(), std::nullopt);
}

TEST_F(AuditChain, IsNeitherChangedNorShortenedByAPlainStatement) {
  three_rows();
  SQLite::Database raw(temp.path().string(), SQLite::OPEN_READWRITE);

  EXPECT_THROW(raw.exec("UPDATE audit SET actor = 'nobody' WHERE id = 1"), SQLite::Exception);
  EXPECT_THROW(raw.exec("DELETE FROM audit WHERE id = 1"), SQLite::Exception);

  EXPECT_EQ(rows().size(), 3u);
}

TEST_F(AuditChain, IsReadForATimeRangeFromItsBeginToBeforeItsEnd) {
  for (int hour = 0; hour < 4; ++hour) {
    settle_operations({operation(Operation::Kind::add_members, 204, true)});
    now += 1h;
  }
  const auto ids = [&](std::optional<Instant> from, std::optional<Instant> to) {
    std::vector<std::int64_t> found;
    for (const AuditRow& row : rows(from, to)) found.push_back(row.id);
    return found;
  };

  using Rows = std::vector<std::int64_t>;
  EXPECT_EQ(ids(nine + 1h, nine + 3h), (Rows{2, 3}));
  EXPECT_EQ(ids({}, nine + 1h), (Rows{1}));
  EXPECT_EQ(ids(nine + 2h, {}), (Rows{3, 4}));
}

}  // namespace
}  // namespace rosterd::test
