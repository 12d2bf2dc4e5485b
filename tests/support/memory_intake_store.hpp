#pragma once

#include "rosterd/base/text.hpp"
#include "rosterd/ports/intake_store.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::test {

/// An `IntakeStore` in memory. Events of an accepted file are folded at once, as if the worker had
/// been by; what was staged and accepted can be looked at.
class MemoryIntakeStore : public IntakeStore {
 public:
  struct Person {
    Attributes attributes;
    std::map<std::string, Key128> rows;  ///< by source
  };

  Task<Intake> begin(std::string source, std::string file_name, Digest sha256, Instant now)
      override {
    for (const auto& [id, intake] : intakes) {
      const bool same = intake.source == source && intake.sha256 == sha256;
      if (same && intake.state == IntakeState::reading) co_return intake;
    }
    Intake intake;
    intake.id = static_cast<std::int64_t>(intakes.size()) + 1;
    intake.source = source;
    intake.file_name = file_name;
    intake.sha256 = sha256;
    intake.taken_at = now;
    intakes.emplace(intake.id, intake);
    co_return intake;
  }

  Task<std::optional<Intake>> last_accepted(std::string source) override {
    std::optional<Intake> last;
    for (const auto& [id, intake] : intakes) {
      if (intake.source == source && intake.state == IntakeState::done) last = intake;
    }
    co_return last;
  }

  Task<Key128> row_key() override { co_return Key128{.high = 7, .low = 11}; }

  Task<void> known_people(KnownPeopleQuery query, std::function<void(const KnownPerson&)> visit)
      override {
    for (const auto& [id, person] : people) {
      KnownPerson known;
      known.id = PersonId(id);
      const auto row = person.rows.find(query.source);
      if (row != person.rows.end()) known.row = row->second;
      known.left = text_of(person.attributes, "status") == "left";
      for (const auto& [name, value] : query.scope) {
        const auto held = person.attributes.find(name);
        const bool same = held != person.attributes.end() && value && held->second == *value;
        known.in_scope = known.in_scope && same;
      }
      visit(known);
    }
    co_return;
  }

  Task<std::map<std::string, PersonId>> holders_of_email(std::vector<std::string> emails) override {
    std::map<std::string, PersonId> holders;
    for (const std::string& email : emails) {
      for (const auto& [id, person] : people) {
        const auto held = text_of(person.attributes, "email");
        if (held && equal_ignoring_case(*held, email)) holders.emplace(lower_case(email), id);
      }
    }
    co_return holders;
  }

  Task<std::vector<Acceptance>> stage(std::int64_t intake, std::vector<StagedRow> rows) override {
    if (crash_after_rows && staged.size() + rows.size() > *crash_after_rows) {
      throw std::runtime_error("the store is gone");
    }
    std::vector<Acceptance> judged;
    for (StagedRow& row : rows) {
      const auto [known, is_new] = keys.emplace(row.event.key, row.event.sha256);
      const bool same = known->second == row.event.sha256;
      judged.push_back(
          is_new ? Acceptance::accepted
          : same ? Acceptance::duplicate
                 : Acceptance::conflict
      );
      if (!is_new) continue;
      row.event.intake = intake;
      staged.push_back(std::move(row));
    }
    co_return judged;
  }

  Task<void> finish(Intake intake) override {
    intakes[intake.id] = intake;
    for (StagedRow& row : staged) {
      if (intake.state != IntakeState::done) {
        keys.erase(row.event.key);
        continue;
      }
      fold(row);
      accepted.push_back(std::move(row.event));
    }
    staged.clear();
    co_return;
  }

  Task<std::vector<Intake>> unfinished() override {
    std::vector<Intake> found;
    for (const auto& [id, intake] : intakes) {
      if (intake.state == IntakeState::reading) found.push_back(intake);
    }
    co_return found;
  }

  std::map<std::string, Person> people;
  std::map<std::int64_t, Intake> intakes;
  std::vector<StagedRow> staged;
  std::vector<NewEvent> accepted;
  std::map<Key128, Digest> keys;
  std::optional<std::size_t> crash_after_rows;

 private:
  void fold(const StagedRow& row) {
    const ChangeEvent& event = row.event.event;
    Person& person = people[event.person.value];
    for (const auto& [name, value] : event.attributes) {
      person.attributes.erase(name);
      if (value) person.attributes.emplace(name, *value);
    }
    if (event.type == ChangeType::left) person.attributes.insert_or_assign("status", "left");
    person.rows.clear();
    if (row.row) person.rows[event.source] = *row.row;
  }
};

}  // namespace rosterd::test
