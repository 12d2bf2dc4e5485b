#pragma once

#include "rosterd/ports/event_log.hpp"

#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rosterd::test {

/// An event log in memory that keeps its promises: batches are all or nothing, an id is known by
/// its key, and the same id is the same event only with the same content.
class MemoryEventLog : public EventLog {
 public:
  Admission admission = Admission::admitted;
  bool broken = false;

  const std::vector<NewEvent>& kept() const { return kept_; }

  Task<AcceptResult> accept(std::vector<NewEvent> batch) override {
    if (broken) throw std::runtime_error("disk I/O error");
    AcceptResult result;
    result.admission = admission;
    if (admission != Admission::admitted) co_return result;

    std::map<Key128, std::pair<Digest, EventId>> known = known_;
    std::vector<NewEvent> fresh;
    bool conflict = false;
    for (NewEvent& event : batch) {
      const EventId next = static_cast<EventId>(kept_.size() + fresh.size() + 1);
      const auto [found, is_new] = known.try_emplace(event.key, event.sha256, next);
      AcceptedEvent accepted;
      accepted.id = found->second.second;
      if (is_new) {
        fresh.push_back(std::move(event));
      } else {
        const bool same = found->second.first == event.sha256;
        accepted.acceptance = same ? Acceptance::duplicate : Acceptance::conflict;
        conflict = conflict || !same;
      }
      result.events.push_back(accepted);
    }
    if (conflict) co_return result;
    known_ = std::move(known);
    for (NewEvent& event : fresh) kept_.push_back(std::move(event));
    co_return result;
  }

 private:
  std::vector<NewEvent> kept_;
  std::map<Key128, std::pair<Digest, EventId>> known_;
};

}  // namespace rosterd::test
