#include "rosterd/adapters/prometheus/metrics.hpp"

#include "adapters/prometheus/families.hpp"

#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>

namespace rosterd::prometheus {

namespace {

using ::prometheus::Histogram;
using Buckets = Histogram::BucketBoundaries;

/// From a fast tenant to the end of the retries, in seconds.
const Buckets until_done = {
    0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 4 * 3600, 24 * 3600, 72 * 3600};

const Buckets commit_times = {
    0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5};

const Buckets batch_sizes = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 5000};

/// Never negative: the clock that stamped the receipt may have been set since.
double seconds(Duration duration) {
  return std::max(0.0, std::chrono::duration<double>(duration).count());
}

/// The smallest of the values that so great a part of them does not exceed.
Duration quantile(std::vector<Duration> values, double part) {
  const double rank = std::ceil(part * static_cast<double>(values.size()));
  const auto place = values.begin() + std::max<std::ptrdiff_t>(0, std::lround(rank) - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace

struct Metrics::Histograms {
  ::prometheus::Registry registry;
  ::prometheus::Family<Histogram>& applied =
      ::prometheus::BuildHistogram()
          .Name("rosterd_event_to_applied_seconds")
          .Help("From the receipt of an event to its being applied; of leavers and of others.")
          .Register(registry);
  Histogram& applied_leaver = applied.Add({{"lane", "leaver"}}, until_done);
  Histogram& applied_normal = applied.Add({{"lane", "normal"}}, until_done);
  Histogram& time_to_revoke =
      ::prometheus::BuildHistogram()
          .Name("rosterd_time_to_revoke_seconds")
          .Help(
              "From the receipt of a leaver's event to the reading that showed an assignment "
              "gone."
          )
          .Register(registry)
          .Add({}, until_done);
  Histogram& commit = ::prometheus::BuildHistogram()
                          .Name("rosterd_commit_seconds")
                          .Help("From BEGIN to the end of COMMIT, the fsync included.")
                          .Register(registry)
                          .Add({}, commit_times);
  Histogram& commit_batch = ::prometheus::BuildHistogram()
                                .Name("rosterd_commit_batch_events")
                                .Help("Events that shared a commit.")
                                .Register(registry)
                                .Add({}, batch_sizes);
};

Metrics::Metrics() : histograms_(std::make_unique<Histograms>()) {}

Metrics::~Metrics() = default;

void Metrics::access_revoked(Duration after_receipt) {
  histograms_->time_to_revoke.Observe(seconds(after_receipt));
  const std::size_t place = revoked_ % revoke_times_kept;
  ++revoked_;
  if (place == revoke_times_.size()) {
    revoke_times_.push_back(after_receipt);
  } else {
    revoke_times_[place] = after_receipt;
  }
}

void Metrics::event_applied(Duration after_receipt, bool leaver) {
  Histogram& lane = leaver ? histograms_->applied_leaver : histograms_->applied_normal;
  lane.Observe(seconds(after_receipt));
}

void Metrics::committed(Duration took, std::size_t events) {
  histograms_->commit.Observe(seconds(took));
  if (events > 0) histograms_->commit_batch.Observe(static_cast<double>(events));
}

RevokeTimes Metrics::revoke_times() const {
  RevokeTimes times;
  times.count = revoked_;
  if (revoke_times_.empty()) return times;
  times.p50 = quantile(revoke_times_, 0.5);
  times.p99 = quantile(revoke_times_, 0.99);
  return times;
}

std::string Metrics::render(const MetricsSnapshot& snapshot) const {
  auto families = families_of(snapshot);
  auto measured = histograms_->registry.Collect();
  std::move(measured.begin(), measured.end(), std::back_inserter(families));
  return ::prometheus::TextSerializer().Serialize(families);
}

}  // namespace rosterd::prometheus
