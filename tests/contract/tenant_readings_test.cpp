#include "store_fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace rosterd::test {
namespace {

class TenantReadingsStore : public StoreTest {
 protected:
  DriftRow row(DriftKind kind, const std::string& person, const std::string& group) const {
    DriftRow made;
    made.drift.kind = kind;
    made.drift.person = PersonId(person);
    made.drift.account = AccountId("auth0|" + person);
    made.drift.entitlement.id = EntitlementId(group + "-id");
    made.drift.name.name = group;
    made.drift.detail = "rule engineers";
    made.first_seen = nine;
    made.last_seen = now;
    return made;
  }
  void found(std::vector<DriftRow> rows) {
    Settlement settlement;
    settlement.drift = std::move(rows);
    settle(std::move(settlement));
  }
  ReconcileReport report(std::size_t people) const {
    ReconcileReport made;
    made.started_at = now - 1min;
    made.finished_at = now;
    made.people = people;
    return made;
  }
  void reconciled(ReconcileReport report) {
    Settlement settlement;
    settlement.reconciled = std::move(report);
    settle(std::move(settlement));
  }
  static std::string told(const std::vector<DriftRow>& rows) {
    std::string text;
    for (const DriftRow& row : rows) {
      if (!text.empty()) text += ", ";
      text += std::string(to_string(row.drift.kind)) + " " + row.drift.account.value + " " +
              to_string(row.drift.name) + " x" + std::to_string(row.times) +
              (row.there ? "" : " repaired");
    }
    return text;
  }
};

TEST_F(TenantReadingsStore, DriftComesBackAsItWasSettledAlsoAfterAKill) {
  now += 2h;
  DriftRow stranger = row(DriftKind::orphan_account, "", "Staff");
  stranger.drift.entitlement.kind = EntitlementKind::role;
  stranger.drift.name = EntitlementName{EntitlementKind::role, "Editor", "wiki"};
  stranger.times = 4;
  DriftRow repaired = row(DriftKind::missing, "ada", "Engineering");
  repaired.there = false;
  repaired.drift.held = true;
  found({stranger, repaired});

  temp.crash_and_reopen();

  const auto rows = temp.run(temp.work().drift());
  EXPECT_EQ(
      told(rows), "orphan_account auth0| Editor@wiki x4, missing auth0|ada Engineering x1 repaired"
  );
  EXPECT_EQ(rows[1].drift.key(), repaired.drift.key());
  EXPECT_EQ(rows[1].drift.person, PersonId("ada"));
  EXPECT_EQ(rows[1].drift.detail, "rule engineers");
  EXPECT_TRUE(rows[1].drift.held);
  EXPECT_FALSE(rows[0].drift.held);
  EXPECT_EQ(rows[1].first_seen, nine);
  EXPECT_EQ(rows[1].last_seen, nine + 2h);
  EXPECT_EQ(told(temp.views()->drift()), told(rows));
}

TEST_F(TenantReadingsStore, DriftIsReplacedAsAWholeAndLeftAloneByOtherSettlements) {
  found({row(DriftKind::missing, "ada", "Engineering"), row(DriftKind::foreign, "bob", "Staff")});
  found({row(DriftKind::foreign, "bob", "Staff")});
  settle(Settlement{});

  EXPECT_EQ(told(temp.views()->drift()), "foreign auth0|bob Staff x1");

  found({});
  EXPECT_EQ(told(temp.views()->drift()), "");
}

TEST_F(TenantReadingsStore, StatusCountsTheDriftThatIsThereByKindAndWhatIsContended) {
  DriftRow contended = row(DriftKind::missing, "ada", "Engineering");
  contended.times = contended_times;
  DriftRow repaired = contended;
  repaired.there = false;
  DriftRow long_known = row(DriftKind::foreign, "bob", "Staff");
  long_known.times = 100;
  found({contended, repaired, long_known, row(DriftKind::missing, "cyd", "Engineering")});

  const StatusView status = temp.views()->status();

  const std::map<DriftKind, std::uint64_t> expected = {
      {DriftKind::missing, 2},
      {DriftKind::unexpected, 0},
      {DriftKind::foreign, 1},
      {DriftKind::orphan_account, 0}};
  EXPECT_EQ(status.drift, expected);
  EXPECT_EQ(status.contended, 1u);
}

TEST_F(TenantReadingsStore, TheLastReconciliationIsKnownAfterAKill) {
  reconciled(report(10));
  now += 1h;
  ReconcileReport last = report(12);
  last.repairs = true;
  last.found = {{DriftKind::missing, 3}, {DriftKind::foreign, 1}};
  last.contended = 2;
  last.people_to_repair = 3;
  reconciled(last);

  temp.crash_and_reopen();

  const auto known = temp.views()->status().reconciliation;
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->started_at, last.started_at);
  EXPECT_EQ(known->finished_at, last.finished_at);
  EXPECT_TRUE(known->repairs);
  EXPECT_EQ(known->people, 12u);
  EXPECT_EQ(known->found, last.found);
  EXPECT_EQ(known->contended, 2u);
  EXPECT_EQ(known->people_to_repair, 3u);
}

TEST_F(TenantReadingsStore, AThousandReconciliationsAreKept) {
  SQLite::Database raw(temp.path().string(), SQLite::OPEN_READWRITE);
  raw.exec(
      "INSERT INTO reconciliation (started_at, finished_at, repairs, people, found, contended, "
      "people_to_repair) SELECT n, n, 0, 1, '{}', 0, 0 FROM "
      "(WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series LIMIT 1010) "
      "SELECT n FROM series)"
  );

  reconciled(report(2));

  EXPECT_EQ(raw.execAndGet("SELECT count(*) FROM reconciliation").getInt(), 1'000);
  EXPECT_EQ(temp.views()->status().reconciliation->people, 2u);
}

TEST_F(TenantReadingsStore, OldReconciliationsGo) {
  reconciled(report(1));
  now += 24h * 401;
  temp.run(temp.work().prune(now, WorkStore::Retention{}, all_of_them));

  EXPECT_FALSE(temp.views()->status().reconciliation.has_value());
}

TEST_F(TenantReadingsStore, TheStorageGaugeIsRememberedAsItWasReadLast) {
  EXPECT_FALSE(temp.views()->status().storage.has_value());
  for (const std::uint64_t bytes : {100u, 200u}) {
    now += 1h;
    Settlement settlement;
    settlement.storage = StorageReading{bytes, now};
    settle(std::move(settlement));
  }

  temp.crash_and_reopen();

  const auto storage = temp.views()->status().storage;
  ASSERT_TRUE(storage.has_value());
  EXPECT_EQ(storage->bytes, 200u);
  EXPECT_EQ(storage->at, nine + 2h);
}

}  // namespace
}  // namespace rosterd::test
