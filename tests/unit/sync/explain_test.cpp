#include "rosterd/sync/explain.hpp"

#include "unit/domain/fixed_zones.hpp"
#include "unit/domain/tenant_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::test {
namespace {

using sync::Because;
using sync::ExplainedAccess;
using sync::Standing;

const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
const Instant yesterday = now - std::chrono::hours{24};

Condition department_is(const std::string& name) {
  Condition condition;
  condition.kind = Condition::Kind::test;
  condition.test.attribute = "department";
  condition.test.values.emplace_back(name);
  return condition;
}

/// Anna of Engineering, whose access is explained: Staff for everybody, Engineering and the role
/// Developer for engineers, Sales for sales.
class Explained : public testing::Test {
 protected:
  Explained() {
    rule("everyone", {}, {group_name("Staff")});
    rule(
        "engineers",
        department_is("Engineering"),
        {group_name("Engineering"), role_name("Developer")}
    );
    rule("sales", department_is("Sales"), {group_name("Sales")});
    AccountMatch by_email;
    by_email.kind = AccountMatch::Kind::email;
    by_email.argument = "Users";
    policy.accounts.match.push_back(by_email);

    PersonRecord& record = input.person.record;
    record.id = PersonId("anna");
    record.attributes.emplace("department", std::string("Engineering"));
    record.attributes.emplace("email", std::string("anna@example.com"));
    record.attributes.emplace("status", std::string("active"));
    record.newest.arrival = 10;
    input.person.exists = true;
    input.person.accounts = {account("anna")};
    input.guard.people = 100;
    input.guard.ledger = 100;
    for (const char* group : {"Staff", "Engineering", "Sales", "Board"}) {
      add_group(tenant, group, {});
    }
    add_role(tenant, "Developer", {});
    // Nothing of the groups is emptied by Anna's leaving them.
    for (TenantGroup& group : tenant.groups) group.members.insert(account("bob"));
  }

  void rule(const std::string& name, Condition when, std::vector<EntitlementName> gives) {
    Rule made;
    made.name = name;
    made.when = std::move(when);
    made.entitlements = std::move(gives);
    policy.rules.push_back(std::move(made));
  }
  void has(const std::string& name) {
    for (TenantGroup& group : tenant.groups) {
      if (group.name == name) group.members.insert(account("anna"));
    }
    for (TenantRole& role : tenant.roles) {
      if (role.name == name) role.users.insert(account("anna"));
    }
  }
  LedgerEntry& ledger(const EntitlementRef& ref) {
    Subject subject;
    in_ledger(subject, "anna", ref);
    LedgerEntry& entry = input.person.ledger.emplace_back(subject.ledger.front());
    entry.rule = "rule everyone";
    entry.event = 7;
    entry.since = yesterday;
    return entry;
  }
  void was_granted(const std::string& name) {
    has(name);
    ledger(name == "Developer" ? role(name) : group(name));
  }
  void was_granted_all() {
    for (const char* name : {"Staff", "Engineering", "Developer"}) was_granted(name);
  }
  void becomes(const std::string& name, const std::string& value) {
    input.person.record.attributes[name] = value;
  }
  EventRow& event(EventId id, EventState state, std::optional<ErrorClass> error = {}) {
    EventRow& row = input.events.emplace_back();
    row.id = id;
    row.state = state;
    row.error = error;
    row.event.type = ChangeType::changed;
    if (error) row.reason = "HTTP 503";
    return row;
  }
  Hold& hold(HoldState state, const std::string& of) {
    Hold& made = input.guard.holds.emplace_back();
    made.id = 1;
    made.state = state;
    made.hash = "ab12cd34";
    made.why = "11 assignments would be removed within 1 h; 10 may without approval";
    made.opened_at = yesterday;
    HeldRemoval removal;
    removal.person = PersonId("anna");
    removal.account = account("anna");
    removal.entitlement = group(of);
    removal.name = group_name(of);
    made.removals.push_back(removal);
    return made;
  }
  void drifted(DriftKind kind, const EntitlementRef& ref, const EntitlementName& name, int times) {
    DriftRow& row = input.drift.emplace_back();
    row.drift.kind = kind;
    row.drift.person = PersonId("anna");
    row.drift.account = account("anna");
    row.drift.entitlement = ref;
    row.drift.name = name;
    row.first_seen = yesterday;
    row.last_seen = now;
    row.times = times;
  }

  sync::Explanation explanation() {
    if (asked) input.tenant = tenant;
    return explain(input, {policy, settings, zones, now});
  }
  std::string told() {
    std::string text;
    for (const ExplainedAccess& access : explanation().access) {
      text += (text.empty() ? "" : "\n") + std::string(name_of(access.standing)) + " " +
              to_string(access.name);
      for (const std::string& rule : access.rules) text += " <" + rule + ">";
      text += " [" + std::string(name_of(access.because)) + "]";
      if (!access.why.empty()) text += " " + access.why;
      if (access.event != 0) text += " (event " + std::to_string(access.event) + ")";
      if (access.next_at) text += " (at " + to_string(*access.next_at) + ")";
      if (!access.hold.empty()) text += " (hold " + access.hold + ")";
    }
    return text;
  }
  /// Without what a rule gives and is there.
  std::string told_of(const std::string& name) {
    const std::string all = told();
    std::string found;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = std::min(all.find('\n', at), all.size());
      const std::string line = all.substr(at, end - at);
      if (line.find(" " + name) != std::string::npos) found += line;
      at = end + 1;
    }
    return found;
  }

  Policy policy;
  GuardSettings settings;
  FixedZones zones;
  TenantState tenant;
  sync::ExplainInput input;
  bool asked = true;
};

TEST_F(Explained, IsWhatARuleGivesAndIsThere) {
  was_granted_all();

  EXPECT_EQ(
      told(),
      "agreed Engineering <engineers> [rule]\n"
      "agreed Staff <everyone> [rule]\n"
      "agreed Developer@app <engineers> [rule]"
  );
  EXPECT_EQ(explanation().access.front().ledger->event, 7);
}

TEST_F(Explained, IsWhatWasThereBeforeRosterdLooked) {
  was_granted_all();
  input.person.ledger.erase(input.person.ledger.begin());

  EXPECT_EQ(
      told_of("Staff"),
      "agreed Staff <everyone> [not_in_ledger_yet] it was there without rosterd's doing; the next "
      "look at the person adopts it"
  );
}

TEST_F(Explained, IsThatTheEventOfAGrantFailed) {
  was_granted("Staff");
  was_granted("Developer");
  event(18, EventState::retrying, ErrorClass::transient).next_attempt_at = now;

  EXPECT_EQ(
      told_of("Engineering"),
      "missing Engineering <engineers> [retrying] event 18 (person.changed) was tried and failed: "
      "HTTP 503 (event 18) (at 2026-03-02T09:00:00Z)"
  );
}

TEST_F(Explained, IsThatAnEventWaitsForItsTurn) {
  event(18, EventState::pending);

  EXPECT_EQ(
      told_of("Staff"),
      "missing Staff <everyone> [queued] event 18 (person.changed) waits for its turn (event 18)"
  );
}

TEST_F(Explained, IsThatAnEventWasGivenUpUnlessANewerOneCame) {
  event(18, EventState::dead, ErrorClass::permanent);
  EXPECT_EQ(
      told_of("Staff"),
      "missing Staff <everyone> [given_up] event 18 (person.changed) was given up: HTTP 503 "
      "(event 18)"
  );

  input.person.record.newest.arrival = 19;
  input.next_due_at = now;
  EXPECT_EQ(
      told_of("Staff"),
      "missing Staff <everyone> [not_done_yet] not given yet: the next reconciliation does it, or "
      "the next event (at 2026-03-02T09:00:00Z)"
  );
}

TEST_F(Explained, IsThatSomebodyElseTookItAway) {
  was_granted_all();
  tenant.groups.front().members.erase(account("anna"));

  EXPECT_EQ(
      told_of("Staff"),
      "missing Staff <everyone> [taken_away] rosterd granted it, and somebody else took it away; "
      "the next reconciliation gives it back"
  );
}

TEST_F(Explained, IsThatSomebodyElseTakesItAwayAgainAndAgain) {
  was_granted_all();
  tenant.groups.front().members.erase(account("anna"));
  drifted(DriftKind::missing, group("Staff"), group_name("Staff"), contended_times);

  EXPECT_EQ(
      told_of("Staff"),
      "missing Staff <everyone> [contended] somebody else takes it away again and again (3 times "
      "since 2026-03-01T09:00:00Z)"
  );
}

TEST_F(Explained, IsThatThereIsNoAccount) {
  input.person.accounts.clear();
  input.person.account_recheck_at = now;

  EXPECT_EQ(
      told_of("Staff"),
      "missing Staff <everyone> [no_account] no account of the tenant belongs to this person yet "
      "(at 2026-03-02T09:00:00Z)"
  );
}

TEST_F(Explained, IsThatItCannotBeToldWhichAccount) {
  input.person.accounts.clear();
  event(18, EventState::retrying, ErrorClass::ambiguous_account).reason = "several accounts answer";

  EXPECT_EQ(explanation().no_link, "several accounts answer");
  EXPECT_EQ(
      told_of("Staff"), "missing Staff <everyone> [no_account] several accounts answer (event 18)"
  );
}

TEST_F(Explained, IsThatTheTenantLacksIt) {
  rule("typo", {}, {group_name("Stuff")});

  EXPECT_EQ(
      told_of("Stuff"), "missing Stuff <typo> [unknown_entitlement] the tenant has no such group"
  );
}

TEST_F(Explained, IsThatTheModeKeepsRosterdOut) {
  policy.default_mode = Mode::report;
  has("Staff");
  ledger(group("Sales"));
  has("Sales");

  EXPECT_EQ(
      told(),
      "agreed Staff <everyone> [report_mode] its mode is report: it was there without rosterd's "
      "doing\n"
      "missing Engineering <engineers> [report_mode] its mode is report: rosterd changes nothing "
      "about it\n"
      "missing Developer@app <engineers> [report_mode] its mode is report: rosterd changes nothing "
      "about it\n"
      "kept Sales [report_mode] its mode is report: rosterd changes nothing about it"
  );
}

TEST_F(Explained, IsThatAnAdditiveGroupKeepsItsMembers) {
  policy.default_mode = Mode::additive;
  was_granted("Sales");

  EXPECT_EQ(
      told_of("Sales"), "kept Sales [additive_mode] its mode is additive: rosterd never removes it"
  );
}

TEST_F(Explained, IsThatSomethingIsProtected) {
  was_granted("Sales");
  policy.protected_things.entitlements.push_back(group_name("Sales"));

  EXPECT_EQ(told_of("Sales"), "kept Sales [is_protected] the group Sales is protected");
}

TEST_F(Explained, IsThatSomebodyHasNotStarted) {
  becomes("start_date", "2026-04-01");
  has("Board");

  EXPECT_EQ(
      told(),
      "not_yet Engineering <engineers> [lifecycle] start_date 2026-04-01 has not come in UTC "
      "(at 2026-04-01T00:00:00Z)\n"
      "not_yet Staff <everyone> [lifecycle] start_date 2026-04-01 has not come in UTC "
      "(at 2026-04-01T00:00:00Z)\n"
      "not_yet Developer@app <engineers> [lifecycle] start_date 2026-04-01 has not come in UTC "
      "(at 2026-04-01T00:00:00Z)\n"
      "foreign Board [not_ours] no rule gives it, and rosterd did not"
  );
}

TEST_F(Explained, IsThatALeaverIsToLoseIt) {
  was_granted("Staff");
  has("Board");
  becomes("status", "left");
  event(18, EventState::pending);

  EXPECT_EQ(
      told(),
      "to_go Board [queued] has left (status is left); event 18 (person.changed) waits for its "
      "turn (event 18)\n"
      "to_go Staff [queued] has left (status is left); event 18 (person.changed) waits for its "
      "turn (event 18)"
  );
}

TEST_F(Explained, IsThatARemovalWaitsInAHold) {
  was_granted("Sales");
  hold(HoldState::open, "Sales");

  EXPECT_EQ(
      told_of("Sales"),
      "held Sales [in_hold] no rule gives it any more; waits for approval since "
      "2026-03-01T09:00:00Z, because 11 assignments would be removed within 1 h; 10 may without "
      "approval (hold ab12cd34)"
  );
}

TEST_F(Explained, IsThatARemovalWouldGoOverABudget) {
  was_granted("Sales");
  settings.removals.at_least = 0;
  settings.removals.part = 0.0;

  EXPECT_EQ(
      told_of("Sales"),
      "held Sales [over_budget] no rule gives it any more; would have to be approved, because 1 "
      "assignment would be removed within 1 h; 0 may without approval"
  );
}

TEST_F(Explained, IsThatSomebodyRejectedARemoval) {
  was_granted("Sales");
  Hold& rejected = hold(HoldState::rejected, "Sales");
  rejected.decided_by = "operator carla";
  rejected.decided_at = yesterday;
  rejected.note = "still needs it";

  EXPECT_EQ(
      told_of("Sales"),
      "kept Sales [rejected] no rule gives it any more; but operator carla rejected its removal "
      "2026-03-01T09:00:00Z (still needs it) (hold ab12cd34)"
  );
}

TEST_F(Explained, IsThatAnApprovedRemovalIsUnderWay) {
  was_granted("Sales");
  hold(HoldState::approved, "Sales").decided_by = "operator carla";

  EXPECT_EQ(
      told_of("Sales"),
      "to_go Sales [not_done_yet] no rule gives it any more; approved by operator carla; not "
      "removed yet: the next reconciliation does it, or the next event (hold ab12cd34)"
  );
}

TEST_F(Explained, WithoutTheTenantIsWhatTheStoreBelieves) {
  asked = false;
  was_granted("Staff");
  was_granted("Sales");
  ledger(group("Engineering"));
  drifted(DriftKind::missing, group("Engineering"), group_name("Engineering"), 1);
  drifted(DriftKind::foreign, group("Board"), group_name("Board"), 1);

  EXPECT_FALSE(explanation().tenant_known);
  EXPECT_EQ(
      told(),
      "agreed Staff <everyone> [rule]\n"
      "missing Engineering <engineers> [taken_away] rosterd granted it, and somebody else took it "
      "away; the next reconciliation gives it back\n"
      "missing Developer@app <engineers> [not_done_yet] not given yet: the next reconciliation "
      "does it, or the next event\n"
      "to_go Sales [not_done_yet] no rule gives it any more; not removed yet: the next "
      "reconciliation does it, or the next event\n"
      "foreign Board [not_ours] no rule gives it, and rosterd did not"
  );
}

TEST_F(Explained, WithoutTheTenantNothingCountsAsEmptied) {
  asked = false;
  settings.emptied_members_max = 0;
  was_granted("Sales");

  EXPECT_EQ(told_of("Sales").substr(0, 11), "to_go Sales");
}

TEST_F(Explained, ShowsTheWaysBesidesDirectMembership) {
  has("Sales");
  for (TenantGroup& group : tenant.groups) {
    if (group.name == "Board") group.nested.push_back(test::group("Sales").id);
  }
  EffectiveAccess effective;
  effective.groups = {"Sales", "Board"};
  effective.direct_groups = {"Sales"};
  input.effective.emplace(account("anna"), effective);

  const auto ways = explanation().other_ways;

  ASSERT_EQ(ways.size(), 1u);
  EXPECT_EQ(to_string(ways.front().access.name), "Board");
  EXPECT_EQ(ways.front().access.way, "member of Sales, which is nested in Board");
  EXPECT_EQ(ways.front().seen_at, std::nullopt);
}

TEST_F(Explained, ShowsTheWaysThatWereSeenWhenNobodyCanBeAsked) {
  asked = false;
  ResidualRow& row = input.residual.emplace_back();
  row.of = {PersonId("anna"), account("anna")};
  row.access = {group_name("Board"), "member of Sales, which is nested in Board"};
  row.seen_at = yesterday;

  const auto ways = explanation().other_ways;

  ASSERT_EQ(ways.size(), 1u);
  EXPECT_EQ(ways.front().seen_at, yesterday);
}

TEST_F(Explained, SaysWhyARuleGivesNothing) {
  const auto silent = explanation().silent_rules;

  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent.front().rule, "sales");
  EXPECT_EQ(silent.front().because, "department is \"Engineering\", not \"Sales\"");
}

TEST_F(Explained, SaysHowAnAccountIsFound) {
  EXPECT_EQ(
      explanation().links.front().how, "by the e-mail address anna@example.com in connection Users"
  );

  AccountMatch by_attribute;
  by_attribute.argument = "user_id";
  policy.accounts.match.push_back(by_attribute);
  becomes("user_id", "auth0|anna");
  EXPECT_EQ(explanation().links.front().how, "by the attribute user_id");

  policy.accounts.match.clear();
  EXPECT_EQ(
      explanation().links.front().how, "earlier; [accounts] of the policy would not find it now"
  );
}

TEST_F(Explained, OfSomebodyOfWhomNothingIsKnownDecidesNothing) {
  input.person.record.attributes.clear();
  has("Board");

  EXPECT_TRUE(explanation().blank);
  EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace rosterd::test
