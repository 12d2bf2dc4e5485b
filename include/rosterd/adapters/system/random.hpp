#pragma once

#include "rosterd/ports/clock.hpp"

#include <random>

namespace rosterd::system {

/// Jitter: a generator seeded from the kernel once. Not for keys. For one thread.
class SystemRandomness : public Randomness {
 public:
  SystemRandomness();
  double unit() override;

 private:
  std::mt19937_64 generator_;
};

}  // namespace rosterd::system
