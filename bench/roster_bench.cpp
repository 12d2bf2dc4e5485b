// A roster against the people in a store: rosterd_roster_bench MODE FOLDER [ROWS].
//
//   make   writes old.csv, new.csv and the store that agrees with old.csv
//   open   opens the store and nothing else
//   read   reads new.csv as CSV and nothing else
//   same   takes old.csv up to the list of changes, which is empty
//   list   takes new.csv up to the list of changes
//   stage  takes new.csv up to the changes durable in the outbox; the store is used up
//
// One mode a process, so that what it took of memory is its own. bench/roster.py runs them all.

#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/domain/fold.hpp"
#include "rosterd/ingest/csv_reader.hpp"
#include "rosterd/ingest/file_intake.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <utility>

namespace rosterd::bench {
namespace {

class SilentLog : public Log {
 public:
  void write(LogLevel, std::string_view, const std::vector<LogField>&) override {}
};

std::filesystem::path old_roster(const std::filesystem::path& folder) {
  return folder / "old.csv";
}
std::filesystem::path new_roster(const std::filesystem::path& folder) {
  return folder / "new.csv";
}

/// The store of a folder, and what takes files into it.
class Roster {
 public:
  explicit Roster(const std::filesystem::path& folder) {
    sqlite::StoreOptions options;
    options.path = folder / "rosterd.db";
    options.now = clock_.now();
    store_ = std::make_unique<sqlite::Store>(options, *crypto_, loop_.get_executor());
  }

  Intake stage(const std::filesystem::path& file) {
    return test::run(loop_, intake().run(drop_, file, options())).intake;
  }

  Intake list(const std::filesystem::path& file) {
    ingest::RosterChanges found = test::run(loop_, intake().preview(drop_, file, options()));
    const Intake& counts = found.report.intake;
    if (found.events.size() != counts.joined + counts.changed + counts.left) {
      throw std::runtime_error("the list is not what the counts say");
    }
    return counts;
  }

  /// What the worker does with what was staged, without a tenant.
  void fold_everything() {
    while (test::run(loop_, fold_some())) {
    }
  }

 private:
  ingest::FileIntake intake() {
    return ingest::FileIntake({store_->intake(), *crypto_, clock_, zones_, log_});
  }

  static ingest::IntakeOptions options() {
    ingest::IntakeOptions options;
    options.even_if_repeated = true;
    return options;
  }

  Task<bool> fold_some() {
    const WorkStore::Limits limits;
    Work work = co_await store_->work().take_due(clock_.now(), limits);
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
    co_await store_->work().settle(std::move(settlement));
    co_return true;
  }

  asio::io_context loop_{1};
  std::unique_ptr<Crypto> crypto_ = openssl::make_crypto();
  test::ManualClock clock_;
  system::SystemTimeZones zones_;
  SilentLog log_;
  DropConfig drop_ = roster_drop();
  std::unique_ptr<sqlite::Store> store_;
};

double processor_seconds() {
  rusage used = {};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// The time of what lies between here and `print`, which also tells the memory of the process.
class Measurement {
 public:
  void print(const Intake& counts) const {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin_;
    const double processor = processor_seconds() - processor_begin_;
    rusage used = {};
    getrusage(RUSAGE_SELF, &used);
    std::cout << "{\"seconds\": " << passed.count() << ", \"cpu_seconds\": " << processor
              << ", \"peak_mb\": " << static_cast<double>(used.ru_maxrss) / 1000 * 1.024
              << ", \"rows\": " << counts.rows << ", \"joined\": " << counts.joined
              << ", \"changed\": " << counts.changed << ", \"left\": " << counts.left
              << ", \"unchanged\": " << counts.unchanged << "}\n";
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double processor_begin_ = processor_seconds();
};

void make(const std::filesystem::path& folder, std::size_t rows) {
  std::filesystem::create_directories(folder);
  std::filesystem::remove(folder / "rosterd.db");
  std::ofstream(old_roster(folder), std::ios::binary) << roster_csv(rows);
  std::ofstream(new_roster(folder), std::ios::binary) << changed_roster_csv(rows);
  Roster roster(folder);
  if (roster.stage(old_roster(folder)).joined != rows) {
    throw std::runtime_error("the roster was not taken");
  }
  roster.fold_everything();
}

void read(const std::filesystem::path& folder) {
  const Measurement measurement;
  auto file = ingest::FileSource::open(new_roster(folder));
  ingest::CsvReader reader(*file, ingest::CsvFormat());
  Intake counts;
  while (reader.next() == ingest::CsvReader::Step::row) ++counts.rows;
  measurement.print(counts);
}

int run(std::span<char*> arguments) {
  if (arguments.size() < 3) {
    std::cerr << "usage: rosterd_roster_bench make|open|read|same|list|stage FOLDER [ROWS]\n";
    return EXIT_FAILURE;
  }
  const std::string_view mode = arguments[1];
  const std::filesystem::path folder = arguments[2];
  if (mode == "make") {
    make(folder, arguments.size() > 3 ? std::strtoull(arguments[3], nullptr, 10) : 1'000'000);
    return EXIT_SUCCESS;
  }
  if (mode == "read") {
    read(folder);
    return EXIT_SUCCESS;
  }
  const Measurement opening;
  Roster roster(folder);
  const Measurement measurement;
  if (mode == "open") {
    opening.print({});
  } else if (mode == "same") {
    measurement.print(roster.list(old_roster(folder)));
  } else if (mode == "list") {
    measurement.print(roster.list(new_roster(folder)));
  } else if (mode == "stage") {
    measurement.print(roster.stage(new_roster(folder)));
  } else {
    throw std::runtime_error("there is no such mode");
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace rosterd::bench

int main(int argc, char** argv) {
  try {
    return rosterd::bench::run({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& error) {
    std::cerr << "rosterd_roster_bench: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
