#pragma once

#include "rosterd/ports/clock.hpp"

namespace rosterd::system {

/// The machine's clocks. Thread-safe.
class SystemClock : public Clock {
 public:
  Instant now() const override;
  Duration monotonic() const override;
};

}  // namespace rosterd::system
