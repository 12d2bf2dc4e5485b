#include "rosterd/sync/tenant_mirror.hpp"

#include <utility>

namespace rosterd::sync {

void TenantMirror::know(TenantState state) {
  if (known_) return;
  state_ = std::move(state);
  state_.read_at = clock_.now();
  known_ = true;
}

Task<std::optional<TargetError>> TenantMirror::read() {
  auto groups = co_await target_.groups();
  if (!groups) co_return groups.error();
  auto roles = co_await target_.roles();
  if (!roles) co_return roles.error();
  state_.groups = std::move(*groups);
  state_.roles = std::move(*roles);
  state_.read_at = clock_.now();
  known_ = true;
  co_return std::nullopt;
}

}  // namespace rosterd::sync
