#include "cli/audit_chain.hpp"
#include "cli/audit_rows.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace rosterd::cli {
namespace {

/// Rows that follow one another, as the store chains them.
class AnAudit : public testing::Test {
 protected:
  AnAudit() {
    recorded("granted", "Engineering");
    recorded("removed", "Sales");
    recorded("hold approved", "");
  }

  void recorded(const std::string& action, const std::string& entitlement) {
    AuditRow row;
    row.id = static_cast<std::int64_t>(rows.size()) + 1;
    row.entry.at = *parse_rfc3339("2026-03-02T09:00:00Z") + std::chrono::hours{row.id};
    row.entry.actor = "event 17 of hr";
    row.entry.action = action;
    row.entry.person = PersonId("1001");
    row.entry.entitlement = entitlement;
    row.hash = chained(rows.empty() ? audit_origin : rows.back().hash, row);
    rows.push_back(row);
  }
  Digest chained(const Digest& before, const AuditRow& row) const {
    std::string text(reinterpret_cast<const char*>(before.data()), before.size());
    return crypto->sha256(text + canonical_text(row.id, row.entry));
  }

  ChainFinding found(const std::string& noted = {}) const {
    ChainWalk walk(*crypto, anchor, noted);
    for (const AuditRow& row : rows) walk.take(row);
    return walk.finding();
  }
  std::string told(const std::string& noted = {}) const { return in_words(found(noted), noted); }

  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  Views::AuditAnchor anchor;
  std::vector<AuditRow> rows;
};

TEST_F(AnAudit, ThatIsWholeNamesItsRowsAndItsHead) {
  EXPECT_TRUE(is_intact(found(), ""));
  EXPECT_EQ(
      told(),
      "3 rows, from 2026-03-02T10:00:00Z to 2026-03-02T12:00:00Z, head " + to_hex(rows[2].hash)
  );
}

TEST_F(AnAudit, WithoutRowsIsWhole) {
  rows.clear();
  EXPECT_TRUE(is_intact(found(), ""));
  EXPECT_EQ(told(), "0 rows, head " + std::string(64, '0'));
}

TEST_F(AnAudit, ThatWasChangedBreaksAtTheRow) {
  rows[1].entry.entitlement = "Payroll";
  rows[2].entry.entitlement = "Payroll";

  EXPECT_FALSE(is_intact(found(), ""));
  EXPECT_EQ(
      told(),
      "the chain breaks at row 2 (2026-03-02T11:00:00Z, removed): it was changed, or a row before "
      "it was taken out or put in; 1 row before it is whole"
  );
}

TEST_F(AnAudit, ThatLostARowBreaksAtTheNext) {
  rows.erase(rows.begin() + 1);
  EXPECT_EQ(found().broken->id, 3);
}

TEST_F(AnAudit, ThatGotARowBreaksThere) {
  AuditRow forged = rows[1];
  forged.entry.action = "hold approved";
  rows.insert(rows.begin() + 1, forged);
  EXPECT_EQ(found().broken->entry.action, "hold approved");
  EXPECT_EQ(found().rows, 1u);
}

TEST_F(AnAudit, WhoseOldestRowsWereDeletedFollowsFromTheAnchor) {
  anchor = {rows[0].id, rows[0].hash};
  rows.erase(rows.begin());

  EXPECT_TRUE(is_intact(found(), ""));
  EXPECT_EQ(found().rows, 2u);
}

TEST_F(AnAudit, ThatLostItsEndLacksTheNotedHead) {
  const std::string noted = to_hex(rows[2].hash);
  EXPECT_TRUE(is_intact(found(noted), noted));

  rows.pop_back();

  EXPECT_TRUE(is_intact(found(), ""));
  EXPECT_FALSE(is_intact(found(noted), noted));
  EXPECT_EQ(
      told(noted),
      "2 rows, from 2026-03-02T10:00:00Z to 2026-03-02T11:00:00Z, head " + to_hex(rows[1].hash) +
          "; each follows from the one before, but " + noted +
          " is not among them: rows at the end were cut off, or the record was made anew"
  );
}

TEST_F(AnAudit, KnowsANotedHeadThatIsTheAnchorNow) {
  anchor = {rows[0].id, rows[0].hash};
  rows.erase(rows.begin());
  EXPECT_TRUE(found(to_hex(anchor.hash)).noted_found);
}

TEST_F(AnAudit, ChangesItsHashWithAnyField) {
  const std::vector<std::function<void(AuditRow&)>> changes = {
      [](AuditRow& row) { ++row.id; },
      [](AuditRow& row) { row.entry.at += Duration{1}; },
      [](AuditRow& row) { row.entry.actor += "x"; },
      [](AuditRow& row) { row.entry.action += "x"; },
      [](AuditRow& row) { row.entry.person.value += "x"; },
      [](AuditRow& row) { row.entry.account.value += "x"; },
      [](AuditRow& row) { row.entry.entitlement += "x"; },
      [](AuditRow& row) { ++row.entry.event; },
      [](AuditRow& row) { row.entry.rule += "x"; },
      [](AuditRow& row) { row.entry.policy_version += "x"; },
      [](AuditRow& row) { row.entry.before += "x"; },
      [](AuditRow& row) { row.entry.after += "x"; },
      [](AuditRow& row) { row.entry.answer += "x"; },
      [](AuditRow& row) { row.entry.verified_at = row.entry.at; },
  };
  const AuditRow untouched = rows[1];
  for (std::size_t i = 0; i < changes.size(); ++i) {
    rows[1] = untouched;
    changes[i](rows[1]);
    EXPECT_EQ(found().rows, 1u) << "field " << i;
  }
}

TEST(AuditRows, AreCsvThatReadsBackExactly) {
  AuditRow row;
  row.id = 7;
  row.entry.at = *parse_rfc3339("2026-03-02T09:00:00Z");
  row.entry.actor = "operator \"anna\"";
  row.entry.action = "granted";
  row.entry.person = PersonId("1001");
  row.entry.account = AccountId("auth0|anna");
  row.entry.entitlement = "=Sales, Europe";
  row.entry.event = 17;
  row.entry.rule = "two\nlines";
  row.entry.verified_at = row.entry.at;

  std::ostringstream out;
  write_csv_header(out);
  write_csv(row, out);

  EXPECT_EQ(
      out.str(),
      "id,at,actor,action,person,account,entitlement,event,rule,policy_version,before,after,answer,"
      "verified_at,hash\r\n"
      "7,2026-03-02T09:00:00Z,\"operator \"\"anna\"\"\",granted,1001,auth0|anna,\"=Sales, Europe\","
      "17,\"two\nlines\",,,,,2026-03-02T09:00:00Z," +
          std::string(64, '0') + "\r\n"
  );
}

TEST(AuditRows, AreOneLineOfJsonEach) {
  AuditRow row;
  row.entry.rule = "two\nlines";
  row.entry.answer = "no UTF-8: \xff";

  std::ostringstream out;
  write_json_line(row, out);
  write_json_line(row, out);

  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_EQ(nlohmann::json::parse(text.substr(0, text.find('\n'))).at("rule"), "two\nlines");
}

}  // namespace
}  // namespace rosterd::cli
