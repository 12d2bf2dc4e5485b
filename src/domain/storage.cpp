#include "rosterd/domain/storage.hpp"

#include <cstdlib>
#include <limits>

namespace rosterd {

namespace {

constexpr std::int64_t quotes_and_comma = 3;

/// What is used after `growth`, kept within what can be counted.
std::uint64_t after(std::uint64_t used, std::int64_t growth) {
  // The magnitude is taken unsigned: the least of all numbers has no positive counterpart.
  const std::uint64_t change =
      growth < 0 ? 0 - static_cast<std::uint64_t>(growth) : static_cast<std::uint64_t>(growth);
  if (growth < 0) return used > change ? used - change : 0;
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - used;
  return change > room ? std::numeric_limits<std::uint64_t>::max() : used + change;
}

}  // namespace

std::int64_t growth_of(const Change& change) {
  const auto cost = static_cast<std::int64_t>(change.account.value.size()) + quotes_and_comma;
  switch (change.kind) {
    case Change::Kind::grant:
      return cost;
    case Change::Kind::revoke:
      return -cost;
    case Change::Kind::adopt:
    case Change::Kind::forget:
      return 0;
  }
  std::abort();
}

std::int64_t growth_of(const Plan& plan) {
  std::int64_t bytes = 0;
  for (const Change& change : plan.changes) bytes += growth_of(change);
  return bytes;
}

StorageVerdict storage_verdict(std::uint64_t used, std::int64_t growth, std::uint64_t limit) {
  if (limit == 0) return StorageVerdict::fits;
  const std::uint64_t bytes = after(used, growth);
  if (growth > 0 && bytes > limit) return StorageVerdict::full;
  return bytes > limit - limit / 5 ? StorageVerdict::nearly_full : StorageVerdict::fits;
}

}  // namespace rosterd
