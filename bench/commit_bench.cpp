#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "support/temp_store.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace rosterd::bench {
namespace {

constexpr std::size_t fill_batch = 1'000;

// Events are made before the clock runs, and taken by whichever caller is next.
struct Queue {
  std::vector<NewEvent> events;
  std::size_t next = 0;
};

Queue queue_of(const std::string& run, std::size_t count, const Crypto& crypto) {
  Queue queue;
  for (std::size_t i = 0; i < count; ++i) queue.events.push_back(new_event(run, i, crypto));
  return queue;
}

Task<void> accept_all(EventLog& log, Queue& queue) {
  while (queue.next < queue.events.size()) {
    std::vector<NewEvent> batch;
    batch.push_back(std::move(queue.events[queue.next++]));
    co_await log.accept(std::move(batch));
  }
}

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

void run_callers(test::TempStore& store, Queue& queue, std::int64_t callers) {
  store.loop().restart();
  for (std::int64_t i = 0; i < callers; ++i) {
    asio::co_spawn(store.loop(), accept_all(store.event_log(), queue), rethrow);
  }
  store.loop().run();
}

std::unique_ptr<test::TempStore> filled_store(std::size_t events, const Crypto& crypto) {
  auto store = std::make_unique<test::TempStore>();
  for (std::size_t done = 0; done < events; done += fill_batch) {
    Queue queue = queue_of("old" + std::to_string(done), fill_batch, crypto);
    store->run(store->event_log().accept(std::move(queue.events)));
  }
  return store;
}

// Filling takes longer than measuring: all repetitions share the store that is not empty.
test::TempStore& large_store(std::size_t events, const Crypto& crypto) {
  static const auto store = filled_store(events, crypto);
  return *store;
}

// What the disk asks for a commit, whoever makes it.
void flush(benchmark::State& state) {
  const test::TempFolder folder;
  const int file = ::open((folder.path() / "log").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  const std::vector<char> page(4096, 'x');
  for (auto _ : state) {
    const bool written = ::write(file, page.data(), page.size()) > 0 && ::fdatasync(file) == 0;
    if (!written) state.SkipWithError("the disk does not take it");
  }
  ::close(file);
}
BENCHMARK(flush)
    ->Name("commit/flush")
    ->Iterations(200)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

void commit(benchmark::State& state) {
  static int runs = 0;
  const std::int64_t callers = state.range(0);
  const auto events = static_cast<std::size_t>(std::min<std::int64_t>(callers, 10) * 64);
  const auto stored = static_cast<std::size_t>(state.range(1));
  const auto crypto = openssl::make_crypto();
  const auto empty = stored == 0 ? std::make_unique<test::TempStore>() : nullptr;
  test::TempStore& store = empty ? *empty : large_store(stored, *crypto);

  const auto commits_before = store.store().commits();
  for (auto _ : state) {
    Queue queue = queue_of("run" + std::to_string(++runs), events, *crypto);
    const auto start = std::chrono::steady_clock::now();
    run_callers(store, queue, callers);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(took.count());
  }
  const auto commits = store.store().commits();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * events));
  state.counters["events_a_commit"] = static_cast<double>(commits.events - commits_before.events) /
                                      static_cast<double>(commits.commits - commits_before.commits);
}
BENCHMARK(commit)
    ->ArgNames({"callers", "stored"})
    ->ArgsProduct({{1, 8, 64}, {0, 200'000}})
    ->Iterations(8)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rosterd::bench
