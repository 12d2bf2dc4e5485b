#pragma once

#include "rosterd/adapters/prometheus/metrics.hpp"

namespace rosterd {

/// What this process takes of the machine now. What cannot be found out is 0.
prometheus::ProcessUsage process_usage(Instant started_at);

/// Gives memory that is free in the allocator back to the system, when it is enough to be worth the
/// milliseconds: after a large round or roster the C library would keep all of it.
void return_free_memory();

}  // namespace rosterd
