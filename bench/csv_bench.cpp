#include "made_up.hpp"
#include "rosterd/ingest/csv_reader.hpp"

#include <benchmark/benchmark.h>

#include <cstring>

namespace rosterd::bench {
namespace {

const std::string& roster() {
  static const std::string text = roster_csv(100'000);
  return text;
}

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * roster().size()));
}

// What any reader has to do at least: look at every byte once.
void csv_memchr(benchmark::State& state) {
  const std::string& text = roster();
  for (auto _ : state) {
    const char* const end = text.data() + text.size();
    std::size_t lines = 0;
    for (const char* at = text.data(); at < end; ++at, ++lines) {
      const auto left = static_cast<std::size_t>(end - at);
      at = static_cast<const char*>(std::memchr(at, '\n', left));
      if (at == nullptr) break;
    }
    benchmark::DoNotOptimize(lines);
  }
  count_bytes(state);
}
BENCHMARK(csv_memchr)->Name("csv/memchr");

void csv_reader(benchmark::State& state) {
  for (auto _ : state) {
    ingest::MemorySource source(roster());
    ingest::CsvReader reader(source, ingest::CsvFormat());
    std::size_t fields = 0;
    while (reader.next() == ingest::CsvReader::Step::row) fields += reader.row().fields.size();
    benchmark::DoNotOptimize(fields);
  }
  count_bytes(state);
}
BENCHMARK(csv_reader)->Name("csv/reader");

}  // namespace
}  // namespace rosterd::bench
