#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>

namespace rosterd {

/// What duplicates and unchanged rows are recognised by: the first half of a SHA-256, or a hash
/// with a secret key. 128 bits make an accidental match a matter of astronomy.
struct Key128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const Key128&) const = default;
};

/// A SHA-256 digest (FIPS 180-4).
using Digest = std::array<std::byte, 32>;

inline Key128 key128(const Digest& digest) {
  Key128 key;
  std::memcpy(&key.high, digest.data(), 8);
  std::memcpy(&key.low, digest.data() + 8, 8);
  return key;
}

std::string to_hex(const Digest& digest);

}  // namespace rosterd

template <>
struct std::hash<rosterd::Key128> {
  // The key is a digest already: any eight bytes of it are as good as another hash.
  std::size_t operator()(const rosterd::Key128& key) const noexcept { return key.high; }
};
