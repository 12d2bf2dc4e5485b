#pragma once

#include "rosterd/adapters/prometheus/metrics.hpp"

namespace rosterd {

/// What this process takes of the machine now. What cannot be found out is 0.
prometheus::ProcessUsage process_usage(Instant started_at);

}  // namespace rosterd
