#pragma once

#include "rosterd/adapters/prometheus/metrics.hpp"

#include <prometheus/metric_family.h>

#include <vector>

namespace rosterd::prometheus {

/// The snapshot as metric families: everything but the histograms.
std::vector<::prometheus::MetricFamily> families_of(const MetricsSnapshot& snapshot);

}  // namespace rosterd::prometheus
