#include "cli/history.hpp"

#include "rosterd/domain/fold.hpp"
#include "unit/domain/fixed_zones.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rosterd::cli {
namespace {

using namespace std::chrono_literals;

Instant day(const std::string& date) {
  return *parse_rfc3339(date + "T12:00:00Z");
}

/// A person's past, told event by event as the worker would have kept it.
class ThePast : public testing::Test {
 protected:
  ThePast() { kept.now.record.id = PersonId("1001"); }

  EventRow& said(
      const std::string& date, AttributePatch attributes, ChangeMode mode = ChangeMode::partial
  ) {
    EventRow& row = kept.events.emplace_back();
    row.id = ++last_event;
    row.received_at = day(date);
    row.event.person = kept.now.record.id;
    row.event.occurred_at = row.received_at;
    row.event.attributes = std::move(attributes);
    row.event.mode = mode;
    row.folded = true;
    row.state = EventState::applied;
    fold(kept.now.record, row.event, row.id, row.received_at);
    return row;
  }
  void left(const std::string& date) {
    EventRow& row = said(date, {});
    row.event.type = ChangeType::left;
    fold(kept.now.record, row.event, row.id, row.received_at);
  }
  void deleted_before(const std::string& date) {
    std::erase_if(kept.events, [&](const EventRow& row) { return row.received_at < day(date); });
  }

  OperationRecord& operation(
      const std::string& date, Operation::Kind kind, const std::string& group
  ) {
    OperationRecord& record = kept.operations.emplace_back();
    record.kind = kind;
    record.account = AccountId("auth0|anna");
    record.entitlement.id = EntitlementId("g-" + group);
    record.name.name = group;
    record.sent_at = day(date);
    record.verified_at = day(date);
    return record;
  }
  void granted(const std::string& date, const std::string& group) {
    operation(date, Operation::Kind::add_members, group).reason = "rule everyone";
  }
  void removed(const std::string& date, const std::string& group) {
    operation(date, Operation::Kind::remove_members, group).reason = "has left";
  }
  LedgerEntry& in_ledger(const std::string& date, const std::string& group) {
    LedgerEntry& entry = kept.now.ledger.emplace_back();
    entry.account = AccountId("auth0|anna");
    entry.entitlement.id = EntitlementId("g-" + group);
    entry.name.name = group;
    entry.since = day(date);
    return entry;
  }

  PersonThen at(const std::string& date) {
    return person_at(kept, {policy, zones, day("2026-03-31")}, day(date));
  }
  static std::string told(const PersonThen& then) {
    std::string text(name_of(then.recollection));
    for (const auto& [name, value] : then.attributes) {
      text += "; " + name + "=" + to_text(value);
      const auto by = then.set_by.find(name);
      if (by != then.set_by.end()) text += " by " + std::to_string(by->second);
    }
    for (const std::string& name : then.forgotten) text += "; " + name + " forgotten";
    return text;
  }
  std::string assignments_at(const std::string& date) {
    std::string text;
    for (const AssignmentThen& one : at(date).assignments) {
      text += (text.empty() ? "" : "; ") + one.name.name + " " +
              std::string(name_of(one.presence)) + ": " + one.evidence;
    }
    return text;
  }

  KeptHistory kept;
  Policy policy;
  test::FixedZones zones;
  EventId last_event = 0;
};

AttributePatch department(const std::string& name) {
  AttributePatch patch;
  patch.emplace("department", AttributeValue(name));
  return patch;
}

TEST_F(ThePast, IsFoldedFromTheEventsReceivedUntilThen) {
  said("2026-03-05", department("Sales"));
  said("2026-03-10", department("Engineering"));
  left("2026-03-20");

  EXPECT_EQ(told(at("2026-03-04")), "unknown_then");
  EXPECT_EQ(told(at("2026-03-06")), "whole; department=Sales by 1; status=active");
  EXPECT_EQ(told(at("2026-03-15")), "whole; department=Engineering by 2; status=active");
  EXPECT_EQ(told(at("2026-03-25")), "as_now; department=Engineering by 2; status=left by 3");
}

TEST_F(ThePast, KnowsWhereThePersonStoodThen) {
  said("2026-03-05", department("Sales"));
  left("2026-03-20");

  EXPECT_EQ(at("2026-03-04").lifecycle, std::nullopt);
  EXPECT_EQ(at("2026-03-06").lifecycle->state, LifecycleState::active);
  EXPECT_EQ(at("2026-03-25").lifecycle->state, LifecycleState::left);
}

TEST_F(ThePast, LeavesOutWhatWasNotInEffectYet) {
  said("2026-03-05", department("Sales"));
  EventRow& move = said("2026-03-06", department("Engineering"));
  move.event.effective_at = Effective(*parse_date("2026-03-15"));
  kept.now.record.changed_at = day("2026-03-15");

  EXPECT_EQ(told(at("2026-03-10")), "whole; department=Sales by 1; status=active");
  EXPECT_EQ(told(at("2026-03-16")), "as_now; department=Engineering by 2; status=active");
}

TEST_F(ThePast, PutsALateEventWhereItBelongs) {
  said("2026-03-05", department("Sales"));
  said("2026-03-10", department("Engineering"));
  EventRow late;
  late.id = ++last_event;
  late.received_at = day("2026-03-12");
  late.event.person = kept.now.record.id;
  late.event.occurred_at = day("2026-03-07");
  late.event.attributes = department("Legal");
  late.folded = true;
  kept.events.insert(kept.events.begin(), late);
  kept.now.record.changed_at = day("2026-03-20");

  EXPECT_EQ(told(at("2026-03-15")), "whole; department=Engineering by 2; status=active");
}

TEST_F(ThePast, LeavesOutWhatNeverWasMerged) {
  said("2026-03-05", department("Sales"));
  EventRow cancelled;
  cancelled.id = ++last_event;
  cancelled.received_at = day("2026-03-06");
  cancelled.event.person = kept.now.record.id;
  cancelled.event.attributes = department("Legal");
  cancelled.state = EventState::cancelled;
  kept.events.push_back(cancelled);
  said("2026-03-10", department("Engineering"));

  EXPECT_EQ(told(at("2026-03-08")), "whole; department=Sales by 1; status=active");
}

TEST_F(ThePast, IsNotSaidAgainByAReplay) {
  EventRow first = said("2026-03-05", department("Sales"));
  said("2026-03-06", department("Engineering"));
  EventRow replay = first;
  replay.id = ++last_event;
  replay.received_at = day("2026-03-07");
  replay.event.occurred_at = std::nullopt;
  replay.replay_of = first.id;
  kept.events.push_back(replay);
  kept.now.record.changed_at = day("2026-03-20");

  EXPECT_EQ(told(at("2026-03-08")), "whole; department=Engineering by 2; status=active");
}

TEST_F(ThePast, BeforeTheKeptEventsIsKnownAsFarAsNothingHasChangedSince) {
  said("2026-01-05", {{"country", AttributeValue("DE")}, {"department", AttributeValue("Sales")}});
  said("2026-03-10", department("Engineering"));
  left("2026-03-20");
  deleted_before("2026-03-01");

  const PersonThen then = at("2026-03-05");

  EXPECT_EQ(told(then), "in_part; country=DE by 1; department forgotten; status forgotten");
  EXPECT_EQ(then.lifecycle, std::nullopt);
  EXPECT_EQ(
      then.caveats.front(),
      "Events are kept for 30 days: of what was said before 2026-03-01T12:00:00Z, only that is "
      "known which no later event has changed. The attributes are as far as the kept events tell."
  );
}

TEST_F(ThePast, OnWhatIsOlderTheKeptEventsAreFolded) {
  said("2026-01-05", {{"country", AttributeValue("DE")}, {"status", AttributeValue("active")}});
  said("2026-03-10", department("Engineering"));
  said("2026-03-20", department("Legal"));
  deleted_before("2026-03-01");

  EXPECT_EQ(
      told(at("2026-03-15")),
      "in_part; country=DE by 1; department=Engineering by 2; status=active by 1"
  );
}

TEST_F(ThePast, AFullEventThatIsDeletedStillCoversWhatIsOlder) {
  said(
      "2026-01-05",
      {{"country", AttributeValue("DE")}, {"status", AttributeValue("active")}},
      ChangeMode::full
  );
  said("2026-03-20", department("Legal"));
  deleted_before("2026-03-01");

  EXPECT_EQ(told(at("2026-03-15")), "in_part; country=DE by 1; status=active by 1");
}

TEST_F(ThePast, OfADayWhoseEventsAreDeletedSaysOnlyWhatIsCertain) {
  said("2026-01-05", {{"country", AttributeValue("DE")}});
  said("2026-02-20", {{"city", AttributeValue("Kiel")}});
  said("2026-03-20", department("Legal"));
  deleted_before("2026-03-01");

  EXPECT_EQ(
      told(at("2026-01-20")),
      "in_part; status=active; city forgotten; country forgotten; department forgotten"
  );
}

TEST_F(ThePast, OfAPersonWithoutChangesIsThePresent) {
  said("2025-01-05", department("Sales"));
  deleted_before("2026-03-01");

  EXPECT_EQ(told(at("2025-06-01")), "as_now; department=Sales by 1; status=active");
}

TEST_F(ThePast, AssignmentIsDecidedByTheLastVerifiedOperation) {
  granted("2026-03-05", "Staff");
  removed("2026-03-20", "Staff");

  EXPECT_EQ(
      assignments_at("2026-03-10"),
      "Staff there: granted (rule everyone), verified 2026-03-05T12:00:00Z"
  );
  EXPECT_EQ(
      assignments_at("2026-03-25"),
      "Staff not_there: removed (has left), verified 2026-03-20T12:00:00Z"
  );
}

TEST_F(ThePast, BeforeTheFirstOperationTellsWhatItFound) {
  granted("2026-03-05", "Sales");
  removed("2026-03-05", "Staff");

  EXPECT_EQ(
      assignments_at("2026-03-01"),
      "Sales not_there: later granted (rule everyone), verified 2026-03-05T12:00:00Z; "
      "Staff there: later removed (has left), verified 2026-03-05T12:00:00Z"
  );
}

TEST_F(ThePast, DoesNotCountWhatNobodyVerified) {
  granted("2026-03-05", "Staff");
  operation("2026-03-06", Operation::Kind::remove_members, "Staff").verified_at = std::nullopt;

  EXPECT_EQ(
      assignments_at("2026-03-10"),
      "Staff there: granted (rule everyone), verified 2026-03-05T12:00:00Z"
  );
}

TEST_F(ThePast, WithoutOperationsTheLedgerTells) {
  in_ledger("2026-03-05", "Engineering").rule = "rule engineers";
  in_ledger("2026-03-05", "Staff").adopted = true;

  EXPECT_EQ(
      assignments_at("2026-03-01"),
      "Engineering not_there: granted (rule engineers) only 2026-03-05T12:00:00Z; "
      "Staff not_known: it was there already when rosterd first looked, 2026-03-05T12:00:00Z"
  );
  EXPECT_EQ(
      assignments_at("2026-03-10"),
      "Engineering there: in the ledger (rule engineers) since 2026-03-05T12:00:00Z; "
      "Staff there: in the ledger since 2026-03-05T12:00:00Z"
  );
}

TEST_F(ThePast, SaysWhenOperationsAreNotKeptAnyMore) {
  said("2024-12-01", department("Sales"));

  const auto caveats = at("2025-01-01").caveats;

  ASSERT_EQ(caveats.size(), 2u);
  EXPECT_EQ(
      caveats.front(),
      "Operations are kept for 400 days: what was granted and removed again before "
      "2025-02-24T12:00:00Z is not known any more."
  );
}

}  // namespace
}  // namespace rosterd::cli
