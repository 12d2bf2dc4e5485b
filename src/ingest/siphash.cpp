#include "ingest/siphash.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rosterd::ingest {

namespace {

/// Up to eight bytes as a number, the first of them the lowest.
std::uint64_t little_endian(const char* at, std::size_t bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, bytes);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// Four words that are added, rotated and mixed.
class State {
 public:
  explicit State(const Key128& key)
      : a_(key.high ^ 0x736f6d6570736575),
        b_(key.low ^ 0x646f72616e646f6d ^ 0xee),
        c_(key.high ^ 0x6c7967656e657261),
        d_(key.low ^ 0x7465646279746573) {}

  void take(std::uint64_t word) {
    d_ ^= word;
    mix();
    mix();
    a_ ^= word;
  }

  std::uint64_t first_half() {
    c_ ^= 0xee;
    return half();
  }
  std::uint64_t second_half() {
    b_ ^= 0xdd;
    return half();
  }

 private:
  std::uint64_t half() {
    for (int round = 0; round < 4; ++round) mix();
    return a_ ^ b_ ^ c_ ^ d_;
  }
  void mix() {
    a_ += b_;
    c_ += d_;
    b_ = std::rotl(b_, 13) ^ a_;
    d_ = std::rotl(d_, 16) ^ c_;
    a_ = std::rotl(a_, 32);
    c_ += b_;
    a_ += d_;
    b_ = std::rotl(b_, 17) ^ c_;
    d_ = std::rotl(d_, 21) ^ a_;
    c_ = std::rotl(c_, 32);
  }

  std::uint64_t a_, b_, c_, d_;
};

}  // namespace

Key128 siphash(const Key128& key, std::string_view bytes) {
  State state(key);
  std::string_view rest = bytes;
  for (; rest.size() >= 8; rest.remove_prefix(8)) state.take(little_endian(rest.data(), 8));
  const std::uint64_t length = std::uint64_t{bytes.size()} << 56U;
  state.take(length | (rest.empty() ? 0 : little_endian(rest.data(), rest.size())));
  Key128 hash;
  hash.high = state.first_half();
  hash.low = state.second_half();
  return hash;
}

}  // namespace rosterd::ingest
