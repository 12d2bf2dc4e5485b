#pragma once

#include "rosterd/base/instant.hpp"

namespace rosterd {

/// The only source of the present. Tests own a `ManualClock`.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Wall-clock time, UTC. May step when the machine's clock is set.
  virtual Instant now() const = 0;

  /// Never goes backwards; only differences mean something. For limits and latencies.
  virtual Duration monotonic() const = 0;
};

/// A source of numbers in [0, 1) for jitter; seeded in tests.
class Randomness {
 public:
  virtual ~Randomness() = default;
  virtual double unit() = 0;
};

}  // namespace rosterd
