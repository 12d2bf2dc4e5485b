#include "rosterd/domain/pace.hpp"

#include <algorithm>
#include <cmath>

namespace rosterd {

namespace {

constexpr double micros_per_second = 1e6;

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / micros_per_second;
}

}  // namespace

Pace::Pace(Settings settings, Duration now)
    : settings_(settings),
      rate_(settings.calls_per_second),
      tokens_(settings.burst),
      refilled_at_(now),
      raised_at_(now) {}

Duration Pace::take(Duration now) {
  if (now < not_before_) return not_before_ - now;
  refill(now);
  // Sums of fractions fall short of one by a hair, and would cost another wait.
  constexpr double hair = 1e-6;
  if (tokens_ >= 1.0 - hair) {
    tokens_ = std::max(0.0, tokens_ - 1.0);
    return Duration{0};
  }
  return Duration{std::llround(std::ceil((1.0 - tokens_) / rate_ * micros_per_second))};
}

void Pace::went_well(Duration now) {
  if (now - raised_at_ < std::chrono::seconds{1}) return;
  refill(now);
  rate_ = std::max(rate_, std::min(settings_.calls_per_second, rate_ + settings_.increase));
  raised_at_ = now;
}

void Pace::took(Duration latency, Duration now) {
  const double usual = seconds(usual_);
  const bool suffers =
      usual > 0 && latency > settings_.slow && seconds(latency) > usual * settings_.slow_factor;
  if (suffers) slow_down(now);
  // An eighth of the way each time: a new level becomes the usual after some dozen reads.
  usual_ = usual_ == Duration{0} ? latency : usual_ + (latency - usual_) / 8;
}

void Pace::slow_down(Duration now) {
  refill(now);
  rate_ = std::min(rate_, std::max(settings_.calls_per_second_min, rate_ / 2));
  // What was saved up for a burst would undo the halving.
  tokens_ = std::min(tokens_, 1.0);
  raised_at_ = now;
}

void Pace::wait_until(Duration when) {
  not_before_ = std::max(not_before_, when);
}

void Pace::refill(Duration now) {
  if (now <= refilled_at_) return;
  tokens_ = std::min(std::max(1.0, settings_.burst), tokens_ + seconds(now - refilled_at_) * rate_);
  refilled_at_ = now;
}

}  // namespace rosterd
