#include "rosterd/adapters/system/random.hpp"

namespace rosterd::system {

SystemRandomness::SystemRandomness() {
  std::random_device kernel;
  std::seed_seq seed{kernel(), kernel(), kernel(), kernel()};
  generator_.seed(seed);
}

double SystemRandomness::unit() {
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator_);
}

}  // namespace rosterd::system
