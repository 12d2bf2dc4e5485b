#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/domain/guard.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/target.hpp"
#include "rosterd/ports/work_store.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sync {

/// What a dry run starts from.
struct PreviewInput {
  std::vector<WorkPerson> people;   ///< as the store has them; one, some or all
  std::vector<ChangeEvent> events;  ///< accepted and not folded yet, then hypothetical ones
  GuardState guard;                 ///< as the store has it
};

/// What the worker would do, and for whom it could not.
struct Preview {
  Plan plan;
  struct Person {
    Lifecycle lifecycle;
    std::vector<AccountId> accounts;
    std::string problem;  ///< why nothing could be planned; empty: planned
    ErrorClass error = ErrorClass::no_account;
    std::optional<Instant> effective_at;  ///< an event of this person lies in the future
  };
  std::map<PersonId, Person> people;
  GuardVerdict verdict;   ///< what of the plan would wait for approval
  std::size_t calls = 0;  ///< mutating calls that applying all of it would take
  TenantState tenant;     ///< as it was read
};

/// A dry run on the code that the worker runs: fold, link, decide, diff, guard. It has no way to
/// write: its target refuses every call that would change the tenant.
class Previewer {
 public:
  struct Parts {
    Target& target;
    Accounts& accounts;
    Links& links;
    const TimeZones& zones;
    const Clock& clock;
  };
  Previewer(
      Parts parts,
      std::shared_ptr<const Policy> policy,
      GuardSettings guard,
      std::size_t bulk_lookup_min
  )
      : parts_(parts),
        policy_(std::move(policy)),
        guard_(guard),
        bulk_lookup_min_(bulk_lookup_min) {}

  Task<Answer<Preview>> preview(PreviewInput input);

 private:
  Parts parts_;
  std::shared_ptr<const Policy> policy_;
  GuardSettings guard_;
  std::size_t bulk_lookup_min_;
};

}  // namespace rosterd::sync
