#pragma once

#include "rosterd/ports/views.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::test {

/// A store that holds what a test puts into it.
class FakeViews : public Views {
 public:
  StatusView status() override { return {}; }
  std::vector<EventRow> events(const EventSelection& selection, std::size_t limit) override {
    ++event_queries;
    std::vector<EventRow> found;
    for (auto row = all_events.rbegin(); row != all_events.rend(); ++row) {
      if (found.size() < limit && matches(*row, selection)) found.push_back(*row);
    }
    return found;
  }
  std::uint64_t count(const EventSelection&) override { return 0; }
  std::optional<EventRow> event(EventId) override { return std::nullopt; }
  std::string payload(EventId) override { return ""; }
  std::vector<AttemptRow> attempts(EventId) override { return {}; }
  std::vector<OperationRecord> operations_of(const PersonId&, std::size_t) override { return {}; }
  std::optional<PersonRow> person(const PersonId&) override { return std::nullopt; }
  std::vector<PersonRow> people(const std::string&, const PersonId& after, std::size_t limit)
      override {
    ++pages;
    std::vector<PersonRow> page;
    for (const PersonRow& row : all_people) {
      if (after < row.record.id && page.size() < limit) page.push_back(row);
    }
    return page;
  }
  std::vector<Intake> intakes(std::size_t) override { return all_intakes; }
  std::vector<Hold> holds(bool, std::size_t) override { return {}; }
  GuardState guard_state(Instant, Duration) override { return {}; }
  std::vector<DriftRow> drift() override { return {}; }
  std::vector<ResidualRow> residual(const std::optional<PersonId>&) override { return {}; }
  void
  audit(std::optional<Instant>, std::optional<Instant>, const std::function<void(const AuditRow&)>&)
      override {}
  AuditAnchor audit_anchor() override { return {}; }

  PersonRow& person_row(const std::string& id) {
    PersonRow& row = all_people.emplace_back();
    row.record.id = PersonId(id);
    return row;
  }
  EventRow& event_row(const std::string& person, EventState state) {
    EventRow& row = all_events.emplace_back();
    row.id = static_cast<EventId>(all_events.size());
    row.state = state;
    row.event.person = PersonId(person);
    row.event.type = ChangeType::changed;
    return row;
  }

  std::vector<PersonRow> all_people;  ///< by id
  std::vector<EventRow> all_events;   ///< oldest first
  std::vector<Intake> all_intakes;    ///< newest first
  int pages = 0;
  int event_queries = 0;

 private:
  static bool matches(const EventRow& row, const EventSelection& selection) {
    const auto& states = selection.states;
    if (!states.empty() && std::count(states.begin(), states.end(), row.state) == 0) return false;
    if (selection.received_from && row.received_at < *selection.received_from) return false;
    return !selection.person || row.event.person == *selection.person;
  }
};

}  // namespace rosterd::test
