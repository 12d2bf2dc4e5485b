#include "explain_events.hpp"

#include <algorithm>

namespace rosterd::sync {

namespace {

bool concerns_the_account(const EventRow& row) {
  return row.error == ErrorClass::no_account || row.error == ErrorClass::ambiguous_account ||
         row.error == ErrorClass::conflict;
}

std::string named(const EventRow& row) {
  return "event " + std::to_string(row.id) + " (" + std::string(to_string(row.event.type)) + ")";
}

void add(ExplainedAccess& access, const std::string& sentence) {
  if (!access.why.empty()) access.why += "; ";
  access.why += sentence;
}

/// The last of the events that passes.
template <class Passes>
const EventRow* last(const std::vector<EventRow>& events, Passes passes) {
  const auto found = std::find_if(events.rbegin(), events.rend(), passes);
  return found == events.rend() ? nullptr : &*found;
}

}  // namespace

UnfinishedEvents::UnfinishedEvents(const std::vector<EventRow>& events, EventId newest)
    : newest_(newest) {
  for (const EventRow& row : events) {
    if (!is_final(row.state) || row.state == EventState::dead) events_.push_back(row);
  }
  std::sort(events_.begin(), events_.end(), [](const EventRow& left, const EventRow& right) {
    return left.id < right.id;
  });
}

const EventRow* UnfinishedEvents::without_account() const {
  return last(events_, [](const EventRow& row) {
    return !is_final(row.state) && concerns_the_account(row);
  });
}

bool UnfinishedEvents::say_what_is_open(ExplainedAccess& access) const {
  const EventRow* tried =
      last(events_, [](const EventRow& row) { return !is_final(row.state) && row.error; });
  if (tried != nullptr) {
    access.because = tried->error == ErrorClass::contended ? Because::contended : Because::retrying;
    access.event = tried->id;
    access.next_at = tried->next_attempt_at;
    add(access, named(*tried) + " was tried and failed: " + tried->reason);
    return true;
  }
  const EventRow* queued = last(events_, [](const EventRow& row) {
    return row.state == EventState::pending || row.state == EventState::running;
  });
  if (queued == nullptr) return false;
  access.because = Because::queued;
  access.event = queued->id;
  add(access, named(*queued) + " waits for its turn");
  return true;
}

bool UnfinishedEvents::say_what_is_dead(ExplainedAccess& access) const {
  const EventRow* dead = last(events_, [this](const EventRow& row) {
    return row.state == EventState::dead && row.id >= newest_;
  });
  if (dead == nullptr) return false;
  access.because = Because::given_up;
  access.event = dead->id;
  add(access, named(*dead) + " was given up: " + dead->reason);
  return true;
}

}  // namespace rosterd::sync
