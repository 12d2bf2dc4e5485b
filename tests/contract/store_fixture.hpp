#pragma once

#include "rosterd/base/hash.hpp"
#include "rosterd/domain/change_event.hpp"
#include "support/temp_store.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <vector>

namespace rosterd::test {

using namespace std::chrono_literals;

inline constexpr std::size_t all_of_them = 1000;

// Stands in for SHA-256: what matters is that equal texts give equal digests and others do not.
inline Digest digest_of(std::string_view text) {
  Digest digest{};
  for (std::size_t part = 0; part < 4; ++part) {
    const std::size_t hash = std::hash<std::string>{}(std::string(text) + std::to_string(part));
    std::memcpy(digest.data() + part * 8, &hash, 8);
  }
  return digest;
}

/// No file of this process may grow beyond `bytes` while it lives: a disk that fails to write.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    previous_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &previous_);
    const rlimit limit{bytes, previous_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &previous_);
    std::signal(SIGXFSZ, previous_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit previous_{};
  void (*previous_handler_)(int) = nullptr;
};

/// An event as ingest would hand it over: `{.person = "ada", .id = "e1"}`.
struct Given {
  std::string person = "ada";
  std::string id = {};
  std::string status = {};
  std::string department = "Engineering";
  ChangeType type = ChangeType::changed;
  EventState state = EventState::pending;
  std::optional<Instant> due_at = {};
  std::string source = "hr";
};

class StoreTest : public testing::Test {
 protected:
  static inline const Instant nine = *parse_rfc3339("2026-03-02T09:00:00Z");

  NewEvent event(const Given& given) {
    NewEvent made;
    made.event.source = given.source;
    made.event.external_id = given.id.empty() ? "event-" + std::to_string(++made_) : given.id;
    made.event.person = PersonId(given.person);
    made.event.type = given.type;
    made.event.type_text = std::string(to_string(given.type));
    if (given.type != ChangeType::notice) made.event.attributes["department"] = given.department;
    if (!given.status.empty()) made.event.attributes["status"] = given.status;
    made.payload = made.event.external_id + given.department + given.status;
    made.sha256 = digest_of(made.payload);
    made.key = key128(digest_of(given.source + "\n" + made.event.external_id));
    made.state = given.state;
    made.due_at = given.due_at;
    made.received_at = now;
    return made;
  }

  std::vector<NewEvent> events(std::initializer_list<Given> all) {
    std::vector<NewEvent> made;
    for (const Given& given : all) made.push_back(event(given));
    return made;
  }

  AcceptResult accept(std::vector<NewEvent> batch) {
    return temp.run(temp.event_log().accept(std::move(batch)));
  }
  EventId accepted(const Given& given) {
    std::vector<NewEvent> batch;
    batch.push_back(event(given));
    const AcceptResult result = accept(std::move(batch));
    EXPECT_EQ(result.admission, Admission::admitted);
    EXPECT_EQ(result.events.at(0).acceptance, Acceptance::accepted);
    return result.events.at(0).id;
  }

  Work take(std::size_t events_max = all_of_them, std::size_t people_max = all_of_them) {
    WorkStore::Limits limits;
    limits.events_max = events_max;
    limits.people_max = people_max;
    return temp.run(temp.work().take_due(now, limits));
  }

  static std::vector<EventId> ids_of(const Work& work) {
    std::vector<EventId> ids;
    for (const DueEvent& due : work.events) ids.push_back(due.id);
    return ids;
  }
  static std::vector<std::string> people_of(const Work& work) {
    std::vector<std::string> people;
    for (const auto& [id, person] : work.people) people.push_back(id.value);
    return people;
  }

  static EventResult became(EventId id, EventState state) {
    EventResult result;
    result.id = id;
    result.state = state;
    return result;
  }
  EventResult retries(EventId id, Duration in) {
    EventResult result = became(id, EventState::retrying);
    result.counted = true;
    result.next_attempt_at = now + in;
    result.error = ErrorClass::transient;
    result.reason = "502 Bad Gateway";
    return result;
  }

  void settle(Settlement settlement) {
    settlement.at = now;
    temp.run(temp.work().settle(std::move(settlement)));
  }
  void settle(std::vector<EventResult> results) {
    Settlement settlement;
    settlement.events = std::move(results);
    settle(std::move(settlement));
  }

  /// A person as the worker knows them after folding the event.
  PersonRecord record(const std::string& id, EventId newest = 0) const {
    PersonRecord person;
    person.id = PersonId(id);
    person.attributes["department"] = std::string("Engineering");
    person.attributes["status"] = std::string("active");
    person.newest.arrival = newest;
    person.first_seen = now;
    person.changed_at = now;
    return person;
  }
  void known(const std::string& id) {
    Settlement settlement;
    settlement.people.push_back(record(id));
    settle(std::move(settlement));
  }

  /// The outbox in one line: `1 ada pending, 2 bob applied`.
  std::string outbox_now() const {
    const auto views = temp.views();
    const auto rows = views->events(EventSelection{}, all_of_them);
    std::string text;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      if (!text.empty()) text += ", ";
      text += std::to_string(row->id) + " " + row->event.person.value + " ";
      text += to_string(row->state);
    }
    return text;
  }

  TempStore temp;
  Instant now = nine;

 private:
  int made_ = 0;
};

}  // namespace rosterd::test
