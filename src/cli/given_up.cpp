#include "given_up.hpp"

#include "rosterd/domain/lifecycle.hpp"

#include <cstddef>
#include <map>
#include <utility>

namespace rosterd::cli {

namespace {

constexpr std::size_t dead_events_max = 10'000;
/// A person's later events are found by reading all there are since: for more people than this,
/// nobody looks whether one was applied.
constexpr std::size_t people_checked_max = 20;

bool was_applied_after(const EventRow& dead, Views& views) {
  EventSelection later;
  later.person = dead.event.person;
  later.states = {EventState::applied};
  later.received_from = dead.received_at;
  const auto newest = views.events(later, 1);
  return !newest.empty() && newest.front().id > dead.id;
}

}  // namespace

std::vector<PersonId> leavers_given_up(Views& views) {
  EventSelection dead;
  dead.states = {EventState::dead};
  std::map<PersonId, EventRow> newest;
  for (EventRow& row : views.events(dead, dead_events_max)) {
    if (is_leaver(row.event)) newest.try_emplace(PersonId(row.event.person), std::move(row));
  }
  const bool check = newest.size() <= people_checked_max;
  std::vector<PersonId> people;
  for (const auto& [person, row] : newest) {
    if (!check || !was_applied_after(row, views)) people.push_back(person);
  }
  return people;
}

}  // namespace rosterd::cli
