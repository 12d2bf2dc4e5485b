#include "operator_history.hpp"

namespace rosterd {

namespace {

constexpr Duration minute = std::chrono::minutes{1};

HistoryTotals since(const HistoryTotals& before, const HistoryTotals& now) {
  HistoryTotals brought;
  brought.applied = now.applied - before.applied;
  brought.granted = now.granted - before.granted;
  brought.removed = now.removed - before.removed;
  brought.calls = now.calls - before.calls;
  brought.lost_writes = now.lost_writes - before.lost_writes;
  return brought;
}

}  // namespace

void OperatorHistory::add(Instant now, const StatusView& view, const HistoryTotals& totals) {
  HistoryPoint point;
  point.at = now;
  for (const auto& [state, count] : view.events) {
    if (!is_final(state)) point.open += count;
    if (state == EventState::held) point.held = count;
    if (state == EventState::dead) point.dead = count;
  }
  if (view.oldest_open_received_at) point.oldest_pending = now - *view.oldest_open_received_at;
  point.brought = since(before_, totals);
  before_ = totals;
  points_.push_back(point);
  if (points_.size() > points_max) points_.pop_front();
}

void CallRate::note(Duration now, std::uint64_t total) {
  noted_.emplace_back(now, total);
  while (noted_.size() > 1 && noted_[1].first <= now - minute) noted_.pop_front();
}

std::uint64_t CallRate::in_last_minute(Duration now, std::uint64_t total) const {
  std::uint64_t before = noted_.front().second;
  for (const auto& [at, noted] : noted_) {
    if (at <= now - minute) before = noted;
  }
  return total - before;
}

}  // namespace rosterd
