#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/plan.hpp"

#include <cstdint>

namespace rosterd {

/// The tenant's storage as it was last asked for.
struct StorageReading {
  std::uint64_t bytes = 0;
  Instant at{};
};

/// About how many bytes more the storage takes after this change: an assignment is its account's id
/// in quotes and a comma (extension-api.md: 33 bytes with `auth0|…`, 51 with `waad|…`). Pure.
std::int64_t growth_of(const Change& change);
std::int64_t growth_of(const Plan& plan);

enum class StorageVerdict {
  fits,
  nearly_full,  ///< over 80 % of the limit afterwards
  full,         ///< would pass the limit
};

/// `limit` 0: there is none. A plan that does not grow is never `full`. Pure.
StorageVerdict storage_verdict(std::uint64_t used, std::int64_t growth, std::uint64_t limit);

}  // namespace rosterd
