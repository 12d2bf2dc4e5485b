#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/tenant.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/target.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace rosterd::sync {

/// The tenant as it was last read. Planning may use an old picture, because whatever is done is
/// read back before it counts: a stale picture costs a superfluous call, never a wrong end.
class TenantMirror {
 public:
  TenantMirror(Target& target, const Clock& clock) : target_(target), clock_(clock) {}

  bool known() const { return known_; }
  const TenantState& state() const { return state_; }

  /// What somebody else has read; what was known already is newer or as good.
  void know(TenantState state);

  /// Reads groups and roles anew. Nothing: it worked; else the picture stays what it was.
  Task<std::optional<TargetError>> read();

  /// Something is about to be written: what was read counts no more, and whoever cannot read it
  /// back has to read before writing again.
  void expire() { known_ = false; }

  /// A change was acknowledged: who reads next, whenever that succeeds, sees whether it is there.
  void expect(const AssignmentKey& key, bool there);
  /// What was acknowledged (`expect`) and was not so when the last `read` read it back, be it one
  /// that failed half-way.
  const std::map<AssignmentKey, bool>& lost() const { return lost_; }
  std::uint64_t lost_writes() const { return lost_writes_; }  ///< ever, by any `read`

 private:
  template <class Records>
  void read_back(EntitlementKind kind, const Records& records);

  Target& target_;
  const Clock& clock_;
  TenantState state_;
  bool known_ = false;
  std::map<EntitlementRef, std::map<AccountId, bool>> expected_;
  std::map<AssignmentKey, bool> lost_;
  std::uint64_t lost_writes_ = 0;
};

}  // namespace rosterd::sync
