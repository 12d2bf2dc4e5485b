#pragma once

#include "rosterd/ports/clock.hpp"

namespace rosterd::test {

/// A clock that stands still until a test moves it.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Instant start = *parse_rfc3339("2026-03-02T09:00:00Z")) : now_(start) {}

  Instant now() const override { return now_; }
  Duration monotonic() const override { return monotonic_; }

  void advance(Duration by) {
    now_ += by;
    monotonic_ += by;
  }
  void set(Instant instant) { now_ = instant; }

 private:
  Instant now_;
  Duration monotonic_{0};
};

/// Always the same number: jitter that a test can calculate with.
class FixedRandomness : public Randomness {
 public:
  explicit FixedRandomness(double value = 0.5) : value_(value) {}
  double unit() override { return value_; }

 private:
  double value_;
};

}  // namespace rosterd::test
