#include "rosterd/domain/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace rosterd {
namespace {

AuditEntry entry() {
  AuditEntry made;
  made.at = from_micros(1'700'000'000'000'000);
  made.actor = "event 17 of hr";
  made.action = "granted";
  made.person = PersonId{"007"};
  made.account = AccountId{"auth0|a"};
  made.entitlement = "Developer@app";
  made.event = 17;
  made.rule = "rule everyone";
  made.policy_version = "3f2a";
  made.before = "absent";
  made.after = "present";
  made.answer = "HTTP 204";
  made.verified_at = from_micros(1'700'000'001'000'000);
  return made;
}

TEST(AuditText, IsEveryFieldWithItsLength) {
  EXPECT_EQ(
      canonical_text(5, entry()),
      "1:516:170000000000000014:event 17 of hr7:granted3:0077:auth0|a13:Developer@app2:17"
      "13:rule everyone4:3f2a6:absent7:present8:HTTP 20416:1700000001000000"
  );
  AuditEntry bare;
  EXPECT_EQ(canonical_text(0, bare), "1:01:00:0:0:0:0:1:00:0:0:0:0:0:");
}

TEST(AuditText, AnotherRowHasAnotherText) {
  using Alter = void (*)(AuditEntry&);
  const Alter alterations[] = {
      [](AuditEntry&) {},
      [](AuditEntry& it) { it.at += Duration{1}; },
      [](AuditEntry& it) { it.actor += "x"; },
      [](AuditEntry& it) { it.action += "x"; },
      [](AuditEntry& it) { it.person.value = "07"; },
      [](AuditEntry& it) { it.account.value = ""; },
      [](AuditEntry& it) { it.entitlement = "Developer"; },
      [](AuditEntry& it) { it.event = 7; },
      [](AuditEntry& it) { it.rule = ""; },
      [](AuditEntry& it) { it.policy_version = "3f2b"; },
      [](AuditEntry& it) { it.before = "present"; },
      [](AuditEntry& it) { it.after = "absent"; },
      [](AuditEntry& it) { std::swap(it.before, it.after); },
      [](AuditEntry& it) { it.answer = "HTTP 500"; },
      [](AuditEntry& it) { it.verified_at.reset(); },
      [](AuditEntry& it) { it.verified_at = Instant{}; },
      // Of a field's end to the next one's beginning.
      [](AuditEntry& it) {
        it.before = "absen";
        it.after = "tpresent";
      },
      [](AuditEntry& it) {
        it.before = "absent7:present";
        it.after = "";
      },
      [](AuditEntry& it) {
        it.before = "";
        it.after = "absentpresent";
      },
  };
  std::set<std::string> texts{canonical_text(6, entry())};
  for (const Alter alter : alterations) {
    AuditEntry altered = entry();
    alter(altered);
    texts.insert(canonical_text(5, altered));
  }
  EXPECT_EQ(texts.size(), std::size(alterations) + 1);
}

}  // namespace
}  // namespace rosterd
