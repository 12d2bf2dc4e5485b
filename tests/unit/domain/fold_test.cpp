#include "rosterd/domain/fold.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace rosterd {

void PrintTo(FoldEffect effect, std::ostream* out) {
  constexpr const char* names[] = {"changed", "unchanged", "superseded", "noticed"};
  *out << names[static_cast<int>(effect)];
}

namespace {

Instant minute(int minutes) {
  return *parse_rfc3339("2026-03-02T09:00:00Z") + std::chrono::minutes{minutes};
}

AttributeValue text(std::string value) {
  return AttributeValue{std::move(value)};
}

/// What a test says about a person; the rest of an event does not matter here.
struct Words {
  ChangeType type = ChangeType::changed;
  ChangeMode mode = ChangeMode::partial;
  AttributePatch attributes = {};
  std::optional<Instant> occurred_at = {};
  std::string sequence = {};
  std::string source = "hr";
};

/// One person's record and what is said about it.
class Fold : public testing::Test {
 protected:
  FoldEffect say(const Words& words) {
    ChangeEvent event;
    event.source = words.source;
    event.person = PersonId{"7"};
    event.type = words.type;
    event.mode = words.mode;
    event.attributes = words.attributes;
    event.occurred_at = words.occurred_at;
    event.sequence = words.sequence;
    ++arrivals;
    return fold(record, event, arrivals, minute(static_cast<int>(arrivals)));
  }

  FoldEffect partial(std::string sequence, AttributePatch attributes) {
    return say(
        {.mode = ChangeMode::partial,
         .attributes = std::move(attributes),
         .sequence = std::move(sequence)}
    );
  }
  FoldEffect full(std::string sequence, AttributePatch attributes) {
    return say(
        {.mode = ChangeMode::full,
         .attributes = std::move(attributes),
         .sequence = std::move(sequence)}
    );
  }
  FoldEffect left(std::string sequence) {
    return say({.type = ChangeType::left, .sequence = std::move(sequence)});
  }
  FoldEffect notice(std::string sequence) {
    return say({.type = ChangeType::notice, .sequence = std::move(sequence)});
  }

  std::string shown() const {
    std::string out;
    for (const auto& [name, value] : record.attributes) {
      out += (out.empty() ? "" : " ") + name + "=" + to_text(value);
    }
    return out;
  }

  PersonRecord record;
  EventId arrivals = 0;
};

TEST_F(Fold, WhatOneSourceCountsSaysNothingOfAnothersEvents) {
  say({.attributes = {{"status", text("active")}}, .sequence = "1000", .source = "old hr"});

  const FoldEffect effect = say({.type = ChangeType::left, .sequence = "3", .source = "new hr"});

  EXPECT_EQ(effect, FoldEffect::changed);
  EXPECT_EQ(shown(), "status=left");
}

TEST_F(Fold, ANewPersonWithoutAStatusIsActive) {
  EXPECT_EQ(partial("1", {{"department", text("Sales")}}), FoldEffect::changed);
  EXPECT_EQ(shown(), "department=Sales status=active");
  EXPECT_EQ(record.id.value, "7");
  EXPECT_EQ(record.first_seen, minute(1));
}

TEST_F(Fold, APartialEventSetsAndClearsWhatItNames) {
  partial("1", {{"department", text("Sales")}, {"location", text("Bonn")}});
  EXPECT_EQ(
      partial("2", {{"department", text("IT")}, {"location", std::nullopt}}), FoldEffect::changed
  );
  EXPECT_EQ(shown(), "department=IT status=active");
}

TEST_F(Fold, AFullEventClearsWhatItDoesNotNameExceptTheStatus) {
  partial("1", {{"department", text("Sales")}, {"status", text("on_leave")}});
  EXPECT_EQ(full("2", {{"location", text("Bonn")}}), FoldEffect::changed);
  EXPECT_EQ(shown(), "location=Bonn status=on_leave");
  EXPECT_TRUE(record.stamps.contains("status"));
  EXPECT_EQ(record.stamps.size(), 1U) << "the floor stands for the others";
}

TEST_F(Fold, AFullEventThatIsLateDoesNotClearWhatNewerEventsSaid) {
  partial("1", {{"department", text("Sales")}});
  partial("3", {{"location", text("Bonn")}});
  EXPECT_EQ(full("2", {{"job_title", text("Clerk")}}), FoldEffect::changed);
  EXPECT_EQ(shown(), "job_title=Clerk location=Bonn status=active");
}

TEST_F(Fold, AnEventOlderThanTheNewestFullOneChangesNothing) {
  full("5", {{"department", text("IT")}});
  EXPECT_EQ(partial("4", {{"location", text("Bonn")}}), FoldEffect::superseded);
  EXPECT_EQ(full("3", {{"location", text("Bonn")}}), FoldEffect::superseded);
  EXPECT_EQ(shown(), "department=IT status=active");
}

TEST_F(Fold, ALateEventCountsForWhatNobodyHasSpokenAboutSince) {
  partial("9", {{"department", text("IT")}});
  EXPECT_EQ(
      partial("8", {{"department", text("Sales")}, {"location", text("Bonn")}}), FoldEffect::changed
  );
  EXPECT_EQ(shown(), "department=IT location=Bonn status=active");
  EXPECT_EQ(record.newest.sequence, "9");
}

TEST_F(Fold, ALateEventThatSaysNothingThatStillCountsIsSuperseded) {
  partial("9", {{"department", text("IT")}});
  EXPECT_EQ(partial("8", {{"department", text("Sales")}}), FoldEffect::superseded);
  EXPECT_EQ(shown(), "department=IT status=active");
}

TEST_F(Fold, AnAttributeClearedByANewerEventIsNotBroughtBackByALateOne) {
  partial("9", {{"department", std::nullopt}});
  EXPECT_EQ(partial("8", {{"department", text("Sales")}}), FoldEffect::superseded);
  EXPECT_EQ(shown(), "status=active");
}

TEST_F(Fold, AnEventThatSaysWhatIsKnownIsUnchanged) {
  partial("1", {{"department", text("IT")}});
  const Instant changed_at = record.changed_at;
  EXPECT_EQ(partial("2", {{"department", text("IT")}}), FoldEffect::unchanged);
  EXPECT_EQ(record.newest.sequence, "2");
  EXPECT_EQ(record.changed_at, changed_at);
}

TEST_F(Fold, SequencesAreNumbersOfAnyLength) {
  partial("9", {{"department", text("IT")}});
  partial("10", {{"department", text("Sales")}});
  partial("100000000000000000000000000", {{"department", text("Law")}});
  EXPECT_EQ(
      partial("99999999999999999999999999", {{"department", text("x")}}), FoldEffect::superseded
  );
  EXPECT_EQ(shown(), "department=Law status=active");
}

TEST_F(Fold, WithoutASequenceTheSourcesTimeDecides) {
  say({.attributes = {{"department", text("IT")}}, .occurred_at = minute(5)});
  EXPECT_EQ(
      say({.attributes = {{"department", text("Sales")}}, .occurred_at = minute(4)}),
      FoldEffect::superseded
  );
  EXPECT_EQ(
      say({.attributes = {{"department", text("Law")}}, .occurred_at = minute(5)}),
      FoldEffect::changed
  ) << "an equal one counts by arrival";
  EXPECT_EQ(shown(), "department=Law status=active");
}

TEST_F(Fold, WithoutASequenceOrTimeArrivalDecides) {
  say({.attributes = {{"department", text("IT")}}});
  EXPECT_EQ(say({.attributes = {{"department", text("Sales")}}}), FoldEffect::changed);
  EXPECT_EQ(shown(), "department=Sales status=active");
}

TEST_F(Fold, ALateAddressDoesNotBringALeaverBack) {
  partial("1", {{"status", text("active")}});
  EXPECT_EQ(left("5"), FoldEffect::changed);
  partial("6", {{"location", text("Bonn")}});
  full("7", {{"location", text("Ulm")}});
  EXPECT_EQ(partial("4", {{"status", text("active")}}), FoldEffect::superseded);
  EXPECT_EQ(shown(), "location=Ulm status=left");
}

TEST_F(Fold, ALeaverWhoseLeavingArrivesAfterANewerFullEventHasLeft) {
  full("5", {{"location", text("Ulm")}});
  EXPECT_EQ(left("4"), FoldEffect::changed);
  EXPECT_EQ(shown(), "location=Ulm status=left");
}

TEST_F(Fold, ARehireNamesTheStatus) {
  left("5");
  EXPECT_EQ(partial("6", {{"status", text("active")}}), FoldEffect::changed);
  EXPECT_EQ(shown(), "status=active");
}

TEST_F(Fold, LeavingBringsItsAttributesAndOverrulesTheStatusItNames) {
  say(
      {.type = ChangeType::left,
       .attributes = {{"last_day", text("2026-03-31")}, {"status", text("active")}},
       .sequence = "2"}
  );
  EXPECT_EQ(shown(), "last_day=2026-03-31 status=left");
}

TEST_F(Fold, ANoticeMakesStaleUntilNewerValuesArrive) {
  partial("1", {{"department", text("IT")}});
  EXPECT_EQ(notice("5"), FoldEffect::noticed);
  EXPECT_TRUE(record.stale);
  partial("4", {{"location", text("Bonn")}});
  EXPECT_TRUE(record.stale) << "these values are from before the notice";
  EXPECT_EQ(partial("6", {{"department", text("IT")}}), FoldEffect::unchanged);
  EXPECT_FALSE(record.stale);
  EXPECT_EQ(notice("5"), FoldEffect::superseded);
  EXPECT_FALSE(record.stale);
}

TEST_F(Fold, APersonKnownFromANoticeOnlyHasNoAttributes) {
  EXPECT_EQ(notice("5"), FoldEffect::noticed);
  EXPECT_EQ(shown(), "");
  EXPECT_EQ(partial("4", {{"department", text("IT")}}), FoldEffect::changed);
  EXPECT_EQ(shown(), "department=IT status=active");
  EXPECT_TRUE(record.stale);
}

TEST_F(Fold, AnEventOfUnknownTypeIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(say({.type = ChangeType::unknown}), "unknown type");
}

/// Random histories of one person.
class AnyOrder : public testing::TestWithParam<unsigned> {
 protected:
  struct Said {
    ChangeEvent event;
    EventId arrival = 0;
  };

  std::vector<Said> history(bool by_sequence) {
    std::vector<Said> said;
    const int count = pick(1, 10);
    for (int i = 1; i <= count; ++i) said.push_back({event_at(i, by_sequence), 100 + i});
    return said;
  }

  ChangeEvent event_at(int position, bool by_sequence) {
    ChangeEvent event;
    event.person = PersonId{"7"};
    constexpr ChangeType types[] = {
        ChangeType::joined,
        ChangeType::changed,
        ChangeType::changed,
        ChangeType::changed,
        ChangeType::left,
        ChangeType::notice,
    };
    event.type = types[pick(0, 5)];
    event.mode = pick(0, 3) == 0 ? ChangeMode::full : ChangeMode::partial;
    if (by_sequence) {
      event.sequence = std::to_string(position * 7);
    } else {
      event.occurred_at = minute(position);
    }
    for (const char* name : {"department", "location", "job_title", "status"}) {
      const int choice = pick(0, 5);
      if (choice == 0) event.attributes[name] = std::nullopt;
      if (choice >= 1 && choice <= 3)
        event.attributes[name] = text(std::string(1, "xyz"[pick(0, 2)]));
    }
    return event;
  }

  int pick(int low, int high) { return std::uniform_int_distribution<int>{low, high}(random); }

  static PersonRecord end_of(const std::vector<Said>& said, bool twice) {
    PersonRecord record;
    for (const Said& each : said) {
      fold(record, each.event, each.arrival, minute(0));
      if (!twice) continue;
      const PersonRecord once = record;
      fold(record, each.event, each.arrival, minute(1));
      EXPECT_EQ(record, once) << "folding the same event again changes nothing";
    }
    return record;
  }

  std::mt19937 random{GetParam()};
};

TEST_P(AnyOrder, OfArrivalGivesTheSameRecord) {
  for (int round = 0; round < 200; ++round) {
    std::vector<Said> said = history(round % 2 == 0);
    const PersonRecord expected = end_of(said, false);
    for (int shuffle = 0; shuffle < 5; ++shuffle) {
      std::shuffle(said.begin(), said.end(), random);
      // Who comes later gets the later number.
      for (std::size_t i = 0; i < said.size(); ++i) said[i].arrival = 500 + static_cast<EventId>(i);
      const PersonRecord record = end_of(said, shuffle == 0);
      ASSERT_EQ(record.attributes, expected.attributes)
          << "seed " << GetParam() << " round " << round;
      ASSERT_EQ(record.stale, expected.stale) << "seed " << GetParam() << " round " << round;
      ASSERT_TRUE(order(record.newest, expected.newest) == 0)
          << "seed " << GetParam() << " round " << round;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyOrder, testing::Range(1U, 21U));

}  // namespace
}  // namespace rosterd
