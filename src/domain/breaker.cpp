#include "rosterd/domain/breaker.hpp"

#include <algorithm>
#include <bitset>
#include <cstdlib>

namespace rosterd {

namespace {

int failures(std::uint32_t history) {
  return static_cast<int>(std::bitset<32>(history).count());
}

std::uint32_t newest(int calls) {
  return calls >= 32 ? ~std::uint32_t{0} : (std::uint32_t{1} << static_cast<unsigned>(calls)) - 1;
}

}  // namespace

Breaker::State Breaker::state(Duration now) const {
  if (!open_until_) return State::closed;
  return probing_ || now >= *open_until_ ? State::probing : State::open;
}

bool Breaker::allows(Duration now) {
  if (!open_until_) return true;
  if (now < *open_until_) return false;
  // A probe that never answers (cancelled, for one) must not shut the target off for ever.
  probing_ = true;
  open_until_ = now + open_for_;
  return true;
}

void Breaker::succeeded(Duration) {
  if (probing_) {
    *this = Breaker(settings_);
    return;
  }
  history_ = history_ << 1U & newest(settings_.window);
  calls_ = std::min(calls_ + 1, settings_.window);
  in_a_row_ = 0;
}

void Breaker::failed(Duration now) {
  if (probing_) {
    open(now);
    return;
  }
  // The late answer of a call from before: what it says is known.
  if (open_until_) return;
  history_ = (history_ << 1U | 1U) & newest(settings_.window);
  calls_ = std::min(calls_ + 1, settings_.window);
  ++in_a_row_;
  const bool half = calls_ == settings_.window && failures(history_) * 2 >= settings_.window;
  if (in_a_row_ >= settings_.failures_in_a_row || half) open(now);
}

void Breaker::open(Duration now) {
  open_for_ =
      open_for_ == Duration{0} ? settings_.open_min : std::min(open_for_ * 2, settings_.open_max);
  open_until_ = now + open_for_;
  probing_ = false;
  history_ = 0;
  calls_ = 0;
  in_a_row_ = 0;
}

std::string_view to_string(Breaker::State state) {
  switch (state) {
    case Breaker::State::closed:
      return "closed";
    case Breaker::State::open:
      return "open";
    case Breaker::State::probing:
      return "probing";
  }
  std::abort();
}

}  // namespace rosterd
