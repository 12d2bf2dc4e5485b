#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/ports/views.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace rosterd {

/// What others count since the start.
struct HistoryTotals {
  std::uint64_t applied = 0;
  std::uint64_t granted = 0;
  std::uint64_t removed = 0;
  std::uint64_t calls = 0;
  std::uint64_t lost_writes = 0;
};

/// One minute. The first three and the age are of its end; the others are what it brought.
struct HistoryPoint {
  Instant at{};
  std::uint64_t open = 0;  ///< events that are not final
  std::uint64_t held = 0;  ///< of these, those that wait for a person
  std::uint64_t dead = 0;
  Duration oldest_pending{0};  ///< since the receipt of the oldest open event; 0: there is none
  HistoryTotals brought;
};

/// The last day, a point a minute, in memory: what a person looks at to see whether something has
/// changed. A restart forgets it; a longer memory is Prometheus's. Lives on the loop.
class OperatorHistory {
 public:
  static constexpr Duration interval = std::chrono::minutes{1};
  static constexpr std::size_t points_max = 24 * 60;

  void add(Instant now, const StatusView& view, const HistoryTotals& totals);

  /// Oldest first.
  const std::deque<HistoryPoint>& points() const { return points_; }

 private:
  std::deque<HistoryPoint> points_;
  HistoryTotals before_;
};

/// How many calls the last minute had, from a total that is looked at now and then.
class CallRate {
 public:
  /// `now` is monotonic. The answers are as exact as this is called often.
  void note(Duration now, std::uint64_t total);
  std::uint64_t in_last_minute(Duration now, std::uint64_t total) const;

 private:
  std::deque<std::pair<Duration, std::uint64_t>> noted_ = {{Duration::min(), 0}};
};

}  // namespace rosterd
