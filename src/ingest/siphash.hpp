#pragma once

#include "rosterd/base/hash.hpp"

#include <string_view>

namespace rosterd::ingest {

/// SipHash-2-4 with 128 bits (Aumasson and Bernstein): for whoever does not know the key, which
/// two texts have the same hash is a matter of chance. Several times as fast as SHA-256 for texts
/// of a row's length.
Key128 siphash(const Key128& key, std::string_view bytes);

}  // namespace rosterd::ingest
