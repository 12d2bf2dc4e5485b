#pragma once

#include "rosterd/base/instant.hpp"

namespace rosterd {

/// A token bucket whose rate rises slowly and halves when the target suffers. Logins share the
/// tenant's storage, so the defaults are gentle. Pure state; times are monotonic.
class Pace {
 public:
  struct Settings {
    double calls_per_second = 2.0;  ///< the most; the rate starts here
    double burst = 5.0;
    double calls_per_second_min = 0.2;
    double increase = 0.1;  ///< added to the rate for each second of calls that went well
    /// A call this many times slower than usual, and slower than `slow`, is a target that suffers.
    double slow_factor = 4.0;
    Duration slow = std::chrono::seconds{2};
  };

  Pace(Settings settings, Duration now);

  /// How long to wait before the next call; zero takes a token.
  Duration take(Duration now);
  void went_well(Duration now);
  /// How long a read that went well took; reads of one target are alike. Slows down when it took
  /// far longer than those before it.
  void took(Duration latency, Duration now);
  /// 429, time-out or rising latency: halves the rate.
  void slow_down(Duration now);
  /// Nothing before this (Retry-After, x-ratelimit-reset).
  void wait_until(Duration when);
  double calls_per_second() const { return rate_; }

 private:
  void refill(Duration now);

  Settings settings_;
  double rate_;
  double tokens_;
  Duration refilled_at_;
  Duration not_before_{0};
  Duration raised_at_;
  Duration usual_{0};  // a moving average; 0: none yet
};

}  // namespace rosterd
