#pragma once

#include "applier.hpp"
#include "rosterd/sync/engine.hpp"
#include "settle_round.hpp"

#include <map>

namespace rosterd::sync {

/// Tells what a round came to: one log line a decision, counters, and durations.
class RoundReport {
 public:
  RoundReport(const EngineParts& parts, EngineStatistics& statistics)
      : parts_(parts), statistics_(statistics) {}

  void tell(
      const std::map<PersonId, RoundPerson>& people,
      const ApplyResult& applied,
      const Settlement& settlement
  );
  void tell_holds(const std::vector<Hold>& before, const std::vector<Hold>& changed);

 private:
  void count_failure(const EventResult& result);
  void tell_operation(const OperationRecord& operation);
  void tell_troubles(const std::map<PersonId, RoundPerson>& people);
  void tell_held(const PersonId& id, const RoundPerson& person);
  void tell_trouble(
      ErrorClass error,
      const std::string& reason,
      const std::vector<const PersonId*>& people,
      std::int64_t leavers
  );
  void tell_dead(const PersonId& id, const RoundPerson& person, const EventResult& result);
  void measure(const RoundPerson& person, const ApplyResult& applied, Instant now);

  const EngineParts& parts_;
  EngineStatistics& statistics_;
};

}  // namespace rosterd::sync
