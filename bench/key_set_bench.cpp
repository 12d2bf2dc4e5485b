#include "adapters/sqlite/key_set.hpp"

#include <benchmark/benchmark.h>

#include <random>
#include <unordered_map>
#include <vector>

namespace rosterd::bench {
namespace {

constexpr std::size_t keys_stored = 1'000'000;

std::vector<Key128> random_keys(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Key128> keys(keys_stored);
  for (Key128& key : keys) key = Key128{random(), random()};
  return keys;
}

const std::vector<Key128>& known_keys() {
  static const std::vector<Key128> keys = random_keys(1);
  return keys;
}

const std::vector<Key128>& new_keys() {
  static const std::vector<Key128> keys = random_keys(2);
  return keys;
}

template <class Find>
void look_up(benchmark::State& state, const std::vector<Key128>& keys, Find find) {
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(find(keys[at]));
    at = at + 1 == keys.size() ? 0 : at + 1;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void key_set(benchmark::State& state, const std::vector<Key128>& (*keys)()) {
  sqlite::KeySet set;
  set.reserve(keys_stored);
  EventId event = 0;
  for (const Key128& key : known_keys()) set.insert(key, ++event);
  look_up(state, keys(), [&](const Key128& key) { return set.find(key); });
}
BENCHMARK_CAPTURE(key_set, known, known_keys);
BENCHMARK_CAPTURE(key_set, unknown, new_keys);

void unordered_map(benchmark::State& state, const std::vector<Key128>& (*keys)()) {
  std::unordered_map<Key128, EventId> map;
  map.reserve(keys_stored);
  EventId event = 0;
  for (const Key128& key : known_keys()) map.emplace(key, ++event);
  look_up(state, keys(), [&](const Key128& key) { return map.find(key); });
}
BENCHMARK_CAPTURE(unordered_map, known, known_keys);
BENCHMARK_CAPTURE(unordered_map, unknown, new_keys);

}  // namespace
}  // namespace rosterd::bench
