#include "storage_gauge.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace rosterd::sync {

Task<void> StorageGauge::read_when_due() {
  if (settings_.bytes_max == 0) co_return;
  const Duration now = clock_.monotonic();
  if (asked_at_ && now - *asked_at_ < settings_.every) co_return;
  asked_at_ = now;
  const auto use = co_await storage_.storage();
  if (!use) {
    if (!std::exchange(failure_told_, true)) {
      log_.warning(
          "the tenant's storage gauge cannot be read; no plan is refused for lack of room",
          {{"error", std::string(to_string(use.error().error))}, {"reason", use.error().text}}
      );
    }
    co_return;
  }
  failure_told_ = false;
  StorageReading reading;
  reading.bytes = use->bytes;
  reading.at = clock_.now();
  reading_ = reading;
  grown_ = 0;
  Settlement settlement;
  settlement.at = reading.at;
  settlement.storage = reading;
  co_await store_.settle(std::move(settlement));
}

StorageVerdict StorageGauge::verdict_on(const Plan& plan) const {
  if (!reading_) return StorageVerdict::fits;
  return storage_verdict(used(), growth_of(plan), settings_.bytes_max);
}

std::optional<int> StorageGauge::part_used() const {
  if (!reading_ || settings_.bytes_max == 0) return std::nullopt;
  return static_cast<int>(used() * 100 / settings_.bytes_max);
}

std::uint64_t StorageGauge::used() const {
  const auto bytes = static_cast<std::int64_t>(reading_->bytes) + grown_;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0));
}

}  // namespace rosterd::sync
