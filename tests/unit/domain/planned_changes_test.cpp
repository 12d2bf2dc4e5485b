#include "rosterd/domain/fold.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rosterd {
namespace {

Instant day(int number) {
  return *parse_rfc3339("2026-03-01T09:00:00Z") + std::chrono::days{number};
}

/// What HR says on one day about that day or a later one.
struct Saying {
  int on = 0;
  std::string status;
  int effective = 0;  ///< 0: at once
  std::string department = {};
};

class PlannedChanges : public testing::Test {
 protected:
  /// The record once everything has been folded in this order; `status department`.
  static std::string end_of(const std::vector<Saying>& sayings, bool with_sequence = true) {
    PersonRecord record;
    EventId arrival = 0;
    for (const Saying& saying : sayings) {
      ChangeEvent event;
      event.source = "hr";
      event.person = PersonId{"7"};
      event.occurred_at = day(saying.on);
      if (with_sequence) event.sequence = std::to_string(saying.on);
      if (!saying.status.empty()) event.attributes["status"] = AttributeValue{saying.status};
      if (!saying.department.empty()) {
        event.attributes["department"] = AttributeValue{saying.department};
      }
      std::optional<Instant> effective;
      if (saying.effective > saying.on) effective = day(saying.effective);
      fold(record, event, ++arrival, day(40), effective);
    }
    std::string text = to_text(record.attributes.at("status"));
    const auto department = record.attributes.find("department");
    if (department != record.attributes.end()) text += " " + to_text(department->second);
    return text;
  }
};

const Saying hired{.on = 1, .status = "active"};
const Saying leaves_on_30{.on = 2, .status = "left", .effective = 30};
const Saying still_active{.on = 10, .status = "active"};
const Saying back_on_35{.on = 12, .status = "active", .effective = 35};
const Saying rescinded{.on = 3, .status = "left"};
const Saying hired_for_20{.on = 1, .status = "active", .effective = 20};

TEST_F(PlannedChanges, ALeaveStandsThoughHrSaysActiveUntilThen) {
  EXPECT_EQ(end_of({hired, still_active, leaves_on_30}), "left");
  EXPECT_EQ(end_of({hired, leaves_on_30, still_active}), "left");
  EXPECT_EQ(end_of({hired, still_active, leaves_on_30}, false), "left");
}

TEST_F(PlannedChanges, WhatIsSaidAfterTheDayBringsThePersonBack) {
  const Saying rehired{.on = 31, .status = "active"};

  EXPECT_EQ(end_of({hired, leaves_on_30, rehired}), "active");
  EXPECT_EQ(end_of({hired, rehired, leaves_on_30}), "active");
}

TEST_F(PlannedChanges, AReturnPlannedForAfterTheLeaveStands) {
  EXPECT_EQ(end_of({hired, still_active, leaves_on_30, back_on_35}), "active");
  EXPECT_EQ(end_of({hired, back_on_35, leaves_on_30, still_active}), "active");
}

TEST_F(PlannedChanges, AHireThatIsRescindedBeforeItsDayNeverStarts) {
  EXPECT_EQ(end_of({rescinded, hired_for_20}), "left");
  EXPECT_EQ(end_of({hired_for_20, rescinded}), "left");
}

TEST_F(PlannedChanges, ATransferStandsThoughTheOldDepartmentIsCorrectedBeforeItsDay) {
  const Saying in_sales{.on = 1, .status = "active", .department = "Sales"};
  const Saying to_legal_on_20{.on = 2, .status = "", .effective = 20, .department = "Legal"};
  const Saying corrected{.on = 5, .status = "", .department = "Sales East"};

  EXPECT_EQ(end_of({in_sales, corrected, to_legal_on_20}), "active Legal");
  EXPECT_EQ(end_of({in_sales, to_legal_on_20, corrected}), "active Legal");
}

TEST_F(PlannedChanges, OfTwoForTheSameDayTheOneSaidLaterCounts) {
  const Saying to_legal{.on = 2, .status = "active", .effective = 20, .department = "Legal"};
  const Saying to_audit{.on = 4, .status = "active", .effective = 20, .department = "Audit"};

  EXPECT_EQ(end_of({to_legal, to_audit}), "active Audit");
  EXPECT_EQ(end_of({to_audit, to_legal}), "active Audit");
}

}  // namespace
}  // namespace rosterd
