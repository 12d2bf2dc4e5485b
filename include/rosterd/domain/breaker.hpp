#pragma once

#include "rosterd/base/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rosterd {

/// Stops calling a target that keeps failing: after 5 failures in a row, or half of the last 20,
/// open for 30 s, doubling to 5 min; then one cheap read probes. Pure state; times are monotonic.
class Breaker {
 public:
  struct Settings {
    int failures_in_a_row = 5;
    int window = 20;
    Duration open_min = std::chrono::seconds{30};
    Duration open_max = std::chrono::minutes{5};
  };
  enum class State { closed, open, probing };

  Breaker() = default;
  explicit Breaker(Settings settings) : settings_(settings) {}

  State state(Duration now) const;
  /// Whether a call may be made; while probing, one.
  bool allows(Duration now);
  void succeeded(Duration now);
  void failed(Duration now);
  /// When `allows` will be true again, if it is not now.
  std::optional<Duration> reopens_at() const { return open_until_; }

 private:
  void open(Duration now);

  Settings settings_;
  std::uint32_t history_ = 0;  // a bit a call, 1 for a failure, newest lowest
  int calls_ = 0;
  int in_a_row_ = 0;
  Duration open_for_{0};
  std::optional<Duration> open_until_;
  bool probing_ = false;
};

std::string_view to_string(Breaker::State state);

}  // namespace rosterd
