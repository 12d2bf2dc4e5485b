#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/domain/tenant.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/target.hpp"

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

 private:
  Target& target_;
  const Clock& clock_;
  TenantState state_;
  bool known_ = false;
};

}  // namespace rosterd::sync
