// What an accepted event costs as the outbox grows: rosterd_growth_bench OUT.json [ROWS_MAX]
// The rows before it are of finished events; 10 000 000 of them take about 12 GB where TMPDIR says.
#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "support/temp_store.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace rosterd::bench {
namespace {

constexpr std::size_t events_a_commit = 64;
constexpr std::size_t fill_batch = 1'000;
constexpr std::size_t measured = 64 * 400;
constexpr int rounds = 5;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Growth {
 public:
  void grow_to(std::size_t rows) {
    while (rows_ < rows) accept(std::min(fill_batch, rows - rows_), EventState::ignored);
  }

  /// Microseconds of processor time an event; the least of a few, because the machine is shared.
  double cost() {
    double least = 0;
    for (int round = 0; round < rounds; ++round) {
      std::vector<std::vector<NewEvent>> batches;
      for (std::size_t i = 0; i < measured; i += events_a_commit) {
        batches.push_back(made(events_a_commit, EventState::pending));
      }
      const double before = cpu_seconds();
      for (auto& batch : batches) store_.run(store_.event_log().accept(std::move(batch)));
      const double each = (cpu_seconds() - before) * 1e6 / static_cast<double>(measured);
      least = round == 0 ? each : std::min(least, each);
    }
    return least;
  }

 private:
  std::vector<NewEvent> made(std::size_t count, EventState state) {
    std::vector<NewEvent> batch;
    for (std::size_t i = 0; i < count; ++i) {
      batch.push_back(new_event("grow", rows_++, store_.crypto()));
      batch.back().state = state;
    }
    return batch;
  }

  void accept(std::size_t count, EventState state) {
    store_.run(store_.event_log().accept(made(count, state)));
  }

  test::TempStore store_;
  std::size_t rows_ = 0;
};

void run(const char* file, std::size_t rows_max) {
  std::ofstream out(file);
  Growth growth;
  out << "[";
  for (std::size_t rows = 10'000; rows <= rows_max; rows *= 10) {
    growth.grow_to(rows);
    const double cost = growth.cost();
    out << (rows == 10'000 ? "\n" : ",\n") << R"({"rows": )" << rows << R"(, "cpu_us": )" << cost
        << "}";
    std::cout << rows << " rows: " << cost << " us an event" << std::endl;
  }
  out << "\n]\n";
}

}  // namespace
}  // namespace rosterd::bench

int main(int count, char** words) try {
  if (count != 2 && count != 3) throw std::runtime_error("usage: OUT.json [ROWS_MAX]");
  rosterd::bench::run(words[1], count == 3 ? std::stoul(words[2]) : 10'000'000);
} catch (const std::exception& error) {
  std::cerr << "rosterd_growth_bench: " << error.what() << "\n";
  return 1;
}
