#pragma once

#include "guard_fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::test {

/// The audit as it is told, and as it is verified.
class AuditStoreTest : public GuardStoreTest {
 protected:
  std::vector<AuditRow> rows(std::optional<Instant> from = {}, std::optional<Instant> to = {})
      const {
    std::vector<AuditRow> all;
    temp.views()->audit(from, to, [&](const AuditRow& row) { all.push_back(row); });
    return all;
  }

  /// `ACTOR: ACTION PERSON ENTITLEMENT BEFORE > AFTER, ANSWER (RULE)`, with what is not empty.
  static std::string told(const AuditEntry& entry) {
    std::string text = entry.actor + ": " + entry.action;
    for (const std::string& word : {entry.person.value, entry.entitlement, entry.before}) {
      if (!word.empty()) text += " " + word;
    }
    if (!entry.after.empty()) text += " > " + entry.after;
    if (!entry.answer.empty()) text += ", " + entry.answer;
    if (!entry.rule.empty()) text += " (" + entry.rule + ")";
    return text;
  }
  /// What came after row `after`.
  std::vector<std::string> told_after(std::int64_t after) const {
    std::vector<std::string> lines;
    for (const AuditRow& row : rows()) {
      if (row.id > after) lines.push_back(told(row.entry));
    }
    return lines;
  }
  std::int64_t last_id() const {
    const auto all = rows();
    return all.empty() ? 0 : all.back().id;
  }

  /// The first row that does not follow from the one before; nothing: the chain is whole.
  std::optional<std::int64_t> first_broken() const {
    const auto views = temp.views();
    Digest previous = views->audit_anchor().hash;
    std::optional<std::int64_t> broken;
    views->audit({}, {}, [&](const AuditRow& row) {
      std::string chained(reinterpret_cast<const char*>(previous.data()), previous.size());
      chained += canonical_text(row.id, row.entry);
      if (!broken && temp.crypto().sha256(chained) != row.hash) broken = row.id;
      previous = row.hash;
    });
    return broken;
  }

  /// What somebody does who has the file and not the daemon.
  void behind_its_back(const std::string& sql) const {
    SQLite::Database raw(temp.path().string(), SQLite::OPEN_READWRITE);
    raw.exec("DROP TRIGGER IF EXISTS audit_is_never_changed");
    raw.exec("DROP TRIGGER IF EXISTS audit_ends_at_its_anchor");
    raw.exec(sql);
  }

  OperationRecord operation(Operation::Kind kind, int status, bool verified) const {
    OperationRecord made;
    made.kind = kind;
    made.name.name = "Engineering";
    made.entitlement.id = EntitlementId("Engineering-id");
    made.account = AccountId("auth0|ada");
    made.person = PersonId("ada");
    made.reason = "engineers";
    made.policy_version = "v1";
    made.sent_at = now;
    made.status = status;
    if (verified) made.verified_at = now + 1s;
    return made;
  }
  void settle_operations(std::vector<OperationRecord> operations) {
    Settlement settlement;
    settlement.operations = std::move(operations);
    settle(std::move(settlement));
  }
};

}  // namespace rosterd::test
