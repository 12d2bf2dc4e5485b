#include "store_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <memory>

namespace rosterd::test {
namespace {

using Ids = std::vector<EventId>;

std::string outcome_of(const AcceptResult& result) {
  std::string text;
  for (const AcceptedEvent& event : result.events) {
    switch (event.acceptance) {
      case Acceptance::accepted:
        text += "accepted";
        break;
      case Acceptance::duplicate:
        text += "duplicate";
        break;
      case Acceptance::conflict:
        text += "conflict";
        break;
    }
    text += " " + std::to_string(event.id) + " ";
  }
  if (!text.empty()) text.pop_back();
  return text;
}

class EventLogContract : public StoreTest {
 protected:
  /// Starts all the calls before the store can answer one of them.
  std::vector<AcceptResult> accept_together(std::vector<std::vector<NewEvent>> batches) {
    std::vector<AcceptResult> results(batches.size());
    temp.loop().restart();
    for (std::size_t i = 0; i < batches.size(); ++i) {
      asio::co_spawn(
          temp.loop(),
          temp.event_log().accept(std::move(batches[i])),
          [&results, i](std::exception_ptr error, AcceptResult result) {
            if (error) std::rethrow_exception(error);
            results[i] = std::move(result);
          }
      );
    }
    temp.loop().run();
    return results;
  }
};

TEST_F(EventLogContract, WhatWasAcceptedSurvivesAKill) {
  const EventId id = accepted({.person = "ada", .id = "e1"});

  temp.crash_and_reopen();

  EXPECT_EQ(ids_of(take()), Ids{id});
}

TEST_F(EventLogContract, AnEventComesBackAsItWasAccepted) {
  auto batch = events({{.person = "0042", .id = "e1", .status = "left"}});
  ChangeEvent& given = batch[0].event;
  given.type = ChangeType::joined;
  given.mode = ChangeMode::full;
  given.attributes["badge"] = std::int64_t{9007199254740993};
  given.attributes["ratio"] = 0.25;
  given.attributes["remote"] = true;
  given.attributes["teams"] = std::vector<std::string>{"a", "b"};
  given.attributes["phone"] = std::nullopt;
  given.occurred_at = nine - 1h;
  given.effective_at = parse_date("2026-04-01").value();
  given.sequence = "18446744073709551617";
  const ChangeEvent expected = given;
  accept(std::move(batch));

  const Work work = take();

  ASSERT_EQ(work.events.size(), 1u);
  const ChangeEvent& event = work.events[0].event;
  EXPECT_EQ(event.person, expected.person);
  EXPECT_EQ(event.external_id, expected.external_id);
  EXPECT_EQ(event.type, expected.type);
  EXPECT_EQ(event.mode, expected.mode);
  EXPECT_EQ(event.attributes, expected.attributes);
  EXPECT_EQ(event.occurred_at, expected.occurred_at);
  EXPECT_EQ(event.effective_at, expected.effective_at);
  EXPECT_EQ(event.sequence, expected.sequence);
  EXPECT_EQ(work.events[0].received_at, now);
}

TEST_F(EventLogContract, CallsThatArriveTogetherShareCommits) {
  std::vector<std::vector<NewEvent>> calls;
  for (int i = 0; i < 200; ++i) calls.push_back(events({{.person = "p" + std::to_string(i)}}));

  accept_together(std::move(calls));

  const auto commits = temp.store().commits();
  EXPECT_EQ(commits.events, 200u);
  EXPECT_LT(commits.commits, 100u);
}

TEST_F(EventLogContract, TheSameEventTwiceIsKeptOnce) {
  const EventId first = accepted({.id = "e1"});

  const auto again = accept(events({{.id = "e1"}}));

  EXPECT_EQ(outcome_of(again), "duplicate " + std::to_string(first));
  EXPECT_EQ(ids_of(take()), Ids{first});
}

TEST_F(EventLogContract, DuplicatesAreRecognisedAfterAKillAndAfterTheEventIsFinished) {
  const EventId first = accepted({.id = "e1"});
  settle({became(first, EventState::applied)});

  temp.crash_and_reopen();

  EXPECT_EQ(outcome_of(accept(events({{.id = "e1"}}))), "duplicate 1");
}

TEST_F(EventLogContract, WithoutAnIdAndATimeAnEventIsADuplicateWhileItIsTheLastOfItsPerson) {
  accepted({.id = "sha256:left"});

  EXPECT_EQ(outcome_of(accept(events({{.id = "sha256:left"}}))), "duplicate 1");
}

TEST_F(EventLogContract, WhoLeftCameBackAndLeavesAgainHasLeft) {
  settle({became(accepted({.id = "sha256:left"}), EventState::applied)});
  accepted({.id = "sha256:back"});

  EXPECT_EQ(outcome_of(accept(events({{.id = "sha256:left"}}))), "accepted 3");
  EXPECT_EQ(outcome_of(accept(events({{.id = "sha256:left"}}))), "duplicate 3");
}

TEST_F(EventLogContract, AnEventWithATimeIsADuplicateWhateverCameAfterIt) {
  auto first = events({{.id = "sha256:left"}});
  first.front().event.occurred_at = nine;
  const auto again = first;
  accept(first);
  accepted({.id = "sha256:back"});

  EXPECT_EQ(outcome_of(accept(again)), "duplicate 1");
}

TEST_F(EventLogContract, TheSameIdOfAnotherSourceIsAnotherEvent) {
  accepted({.id = "e1", .source = "hr"});

  EXPECT_EQ(outcome_of(accept(events({{.id = "e1", .source = "payroll"}}))), "accepted 2");
}

TEST_F(EventLogContract, ABatchWithAConflictIsKeptNotAtAll) {
  accepted({.id = "e1", .department = "Sales"});

  const auto result = accept(events({{.id = "e2"}, {.id = "e1", .department = "Legal"}}));

  EXPECT_EQ(outcome_of(result), "accepted 0 conflict 1");
  EXPECT_EQ(take().events.size(), 1u);
  EXPECT_EQ(outcome_of(accept(events({{.id = "e2"}}))), "accepted 2");
}

TEST_F(EventLogContract, DuplicatesInsideABatchCount) {
  const auto result = accept(events({{.id = "e1"}, {.id = "e1"}, {.id = "e2"}}));

  EXPECT_EQ(outcome_of(result), "accepted 1 duplicate 1 accepted 2");
}

TEST_F(EventLogContract, AConflictInsideABatchCounts) {
  const auto result = accept(events({{.id = "e1"}, {.id = "e1", .department = "Legal"}}));

  EXPECT_EQ(outcome_of(result), "accepted 0 conflict 0");
  EXPECT_TRUE(take().events.empty());
}

TEST_F(EventLogContract, DuplicatesAreRecognisedAcrossCallsThatShareACommit) {
  std::vector<std::vector<NewEvent>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(events({{.id = "e1"}}));

  const auto results = accept_together(std::move(calls));

  std::size_t kept = 0;
  for (const AcceptResult& result : results) {
    kept += result.events[0].acceptance == Acceptance::accepted ? 1 : 0;
    EXPECT_EQ(result.events[0].id, 1);
  }
  EXPECT_EQ(kept, 1u);
}

TEST_F(EventLogContract, ACallThatFailsTakesNoOtherAlongThatSharesItsCommit) {
  constexpr std::size_t calls = 30;
  const auto batch = [&](std::size_t i) {
    auto made = events({{.person = "p" + std::to_string(i), .id = "e" + std::to_string(i)}});
    if (i % 7 == 3) made[0].intake = 999;  // no such file was taken
    return made;
  };
  std::string fates;
  temp.loop().restart();
  for (std::size_t i = 0; i < calls; ++i) {
    asio::co_spawn(
        temp.loop(),
        temp.event_log().accept(batch(i)),
        [&fates](const std::exception_ptr& error, const AcceptResult&) {
          fates += error ? 'x' : '.';
        }
    );
  }
  temp.loop().run();
  EXPECT_EQ(fates, "...x......x......x......x.....");

  temp.crash_and_reopen();
  EXPECT_EQ(take().events.size(), 26U);
  EXPECT_EQ(outcome_of(temp.run(temp.event_log().accept(batch(4)))).substr(0, 9), "duplicate");
  auto mended = batch(3);
  mended[0].intake.reset();
  EXPECT_EQ(
      outcome_of(temp.run(temp.event_log().accept(std::move(mended)))).substr(0, 8), "accepted"
  );
}

TEST_F(EventLogContract, AnEventOfAnUnknownTypeIsKeptAndNeverDue) {
  accepted({.id = "e1", .type = ChangeType::unknown, .state = EventState::ignored});

  EXPECT_TRUE(take().events.empty());
  EXPECT_EQ(outcome_of(accept(events({{.id = "e1", .type = ChangeType::unknown}}))), "duplicate 1");
}

TEST_F(EventLogContract, ABrokenDiskFailsEveryLaterCall) {
  accepted({.id = "e1"});
  const FileSizeLimit no_more_writing(0);

  EXPECT_THROW(accept(events({{.id = "e2"}})), std::runtime_error);
  EXPECT_THROW(accept(events({{.id = "e3"}})), std::runtime_error);
}

class Admissions : public StoreTest {
 protected:
  void limit(std::size_t open_events_max, std::uint64_t free_bytes_min) {
    temp.options().open_events_max = open_events_max;
    temp.options().free_bytes_min = free_bytes_min;
    temp.reopen();
  }
};

TEST_F(Admissions, AFullOutboxTakesNothingUntilSomethingIsFinished) {
  limit(2, 0);
  const EventId first = accepted({});
  accepted({});

  EXPECT_EQ(accept(events({{}})).admission, Admission::outbox_full);
  temp.reopen();
  EXPECT_EQ(accept(events({{}})).admission, Admission::outbox_full);

  settle({became(first, EventState::applied)});
  EXPECT_EQ(accept(events({{}})).admission, Admission::admitted);
}

TEST_F(Admissions, ADiskUnderItsFloorTakesNothing) {
  limit(1000, std::uint64_t{1} << 62U);

  EXPECT_EQ(accept(events({{}})).admission, Admission::disk_full);
  EXPECT_TRUE(take().events.empty());
}

}  // namespace
}  // namespace rosterd::test
