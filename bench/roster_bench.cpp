#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/domain/fold.hpp"
#include "rosterd/ingest/csv_reader.hpp"
#include "rosterd/ingest/file_intake.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_store.hpp"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace rosterd::bench {
namespace {

class SilentLog : public Log {
 public:
  void write(LogLevel, std::string_view, const std::vector<LogField>&) override {}
};

/// A store that agrees with a roster: it was taken, and all of its events were folded in.
class Known {
 public:
  Known() : file_(folder_.path() / "roster.csv") {
    std::ofstream(file_, std::ios::binary) << roster_csv(rows);
    const auto report = store_.run(intake().run(roster_drop(), file_, ingest::IntakeOptions()));
    if (report.intake.joined != rows) throw std::runtime_error("the roster was not taken");
    while (store_.run(fold_some())) {
    }
  }

  ingest::IntakeReport check() {
    ingest::IntakeOptions options;
    options.even_if_repeated = true;
    return store_.run(intake().preview(roster_drop(), file_, std::move(options))).report;
  }

  const std::filesystem::path& file() const { return file_; }

  const std::size_t rows = size_from_environment("ROSTERD_BENCH_ROWS", 1'000'000);

 private:
  ingest::FileIntake intake() {
    return ingest::FileIntake({store_.intake(), *crypto_, clock_, zones_, log_});
  }

  // What the worker does, without a tenant.
  Task<bool> fold_some() {
    const WorkStore::Limits limits;
    Work work = co_await store_.work().take_due(clock_.now(), limits);
    if (work.events.empty()) co_return false;
    Settlement settlement;
    settlement.at = clock_.now();
    for (const DueEvent& due : work.events) {
      PersonRecord& record = work.people[due.event.person].record;
      record.id = due.event.person;
      fold(record, due.event, due.id, clock_.now());
      EventResult result;
      result.id = due.id;
      settlement.events.push_back(std::move(result));
    }
    for (auto& [id, person] : work.people) settlement.people.push_back(std::move(person.record));
    co_await store_.work().settle(std::move(settlement));
    co_return true;
  }

  test::TempFolder folder_;
  std::filesystem::path file_;
  test::TempStore store_;
  std::unique_ptr<Crypto> crypto_ = openssl::make_crypto();
  test::ManualClock clock_;
  system::SystemTimeZones zones_;
  SilentLog log_;
};

Known& known() {
  static Known made;
  return made;
}

void count_rows(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * known().rows));
}

void roster_read(benchmark::State& state) {
  known();
  for (auto _ : state) {
    auto file = ingest::FileSource::open(known().file());
    ingest::CsvReader reader(*file, ingest::CsvFormat());
    std::size_t fields = 0;
    while (reader.next() == ingest::CsvReader::Step::row) fields += reader.row().fields.size();
    benchmark::DoNotOptimize(fields);
  }
  count_rows(state);
}
BENCHMARK(roster_read)
    ->Name("roster/read")
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void roster_unchanged(benchmark::State& state) {
  known();
  for (auto _ : state) {
    const auto report = known().check();
    if (report.intake.unchanged != known().rows) return state.SkipWithError("rows differ");
  }
  count_rows(state);
}
BENCHMARK(roster_unchanged)
    ->Name("roster/unchanged")
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rosterd::bench
