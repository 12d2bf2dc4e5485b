#pragma once

#include "rosterd/ports/measurements.hpp"

namespace rosterd {

/// For whoever does not ask how long it took.
class NullMeasurements : public Measurements {
 public:
  void access_revoked(Duration) override {}
  void event_applied(Duration, bool) override {}
};

}  // namespace rosterd
