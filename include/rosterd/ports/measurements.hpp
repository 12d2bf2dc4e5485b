#pragma once

#include "rosterd/base/instant.hpp"

namespace rosterd {

/// Where durations are told that operators want a distribution of. Called on the loop, by whoever
/// knows; cheap.
class Measurements {
 public:
  virtual ~Measurements() = default;

  /// From the receipt of a leaver's event to the reading in which an assignment was verified gone.
  virtual void access_revoked(Duration after_receipt) = 0;

  /// From the receipt of an event to its being applied.
  virtual void event_applied(Duration after_receipt, bool leaver) = 0;
};

}  // namespace rosterd
