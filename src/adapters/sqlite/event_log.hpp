#pragma once

#include "adapters/sqlite/tables.hpp"
#include "adapters/sqlite/writer.hpp"
#include "rosterd/ports/event_log.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace rosterd::sqlite {

/// Free bytes of the file system the store is on, asked at most once a second.
class DiskSpace {
 public:
  explicit DiskSpace(std::filesystem::path path) : path_(std::move(path)) {}

  std::uint64_t free_bytes();

 private:
  std::filesystem::path path_;
  std::optional<std::chrono::steady_clock::time_point> asked_at_;
  std::uint64_t free_bytes_ = 0;
};

class SqliteEventLog : public EventLog {
 public:
  struct Limits {
    std::size_t open_events_max = 0;
    std::uint64_t free_bytes_min = 0;
  };

  SqliteEventLog(Writer& writer, Tables& tables, Limits limits, std::filesystem::path path)
      : writer_(writer), tables_(tables), limits_(limits), disk_(std::move(path)) {}

  Task<AcceptResult> accept(std::vector<NewEvent> batch) override;

 private:
  AcceptResult accept_now(
      Transaction& transaction,
      const std::vector<NewEvent>& batch,
      const std::vector<Arrivals::Filing>& filings
  );
  Admission admission();

  Writer& writer_;
  Tables& tables_;
  Limits limits_;
  DiskSpace disk_;
};

}  // namespace rosterd::sqlite
