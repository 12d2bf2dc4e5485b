#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/breaker.hpp"
#include "rosterd/domain/outcome.hpp"
#include "rosterd/ports/intake_store.hpp"
#include "rosterd/ports/measurements.hpp"
#include "rosterd/ports/views.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::prometheus {

/// What the process takes of the machine.
struct ProcessUsage {
  Instant started_at{};
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t open_files_max = 0;  ///< 0: no limit
};

/// What others count and know, at the moment of a scrape: nothing is counted twice.
struct MetricsSnapshot {
  using ByTwo = std::map<std::pair<std::string, std::string>, std::uint64_t>;

  Instant now{};
  std::string version;         ///< of the program
  std::string policy_version;  ///< in force
  bool ready = false;

  std::optional<StatusView> store;     ///< nothing: it could not be read in time
  std::vector<Intake> files;           ///< of each source the newest, at least; newest first
  std::uint64_t leavers_given_up = 0;  ///< people who have left, and whose last event is dead

  ByTwo events;  ///< `{"hr", "accepted"}` → times, since the start
  ByTwo taken;   ///< files: `{"hr-files", "done"}` → times, since the start

  std::uint64_t rounds = 0;
  std::uint64_t applied = 0;
  std::uint64_t granted = 0;
  std::uint64_t removed = 0;
  std::uint64_t lost_writes = 0;
  std::uint64_t reconciliations = 0;
  std::map<ErrorClass, std::uint64_t> retries;
  std::map<ErrorClass, std::uint64_t> dead;
  std::optional<Instant> last_round_at;

  std::map<std::pair<std::string, int>, std::uint64_t> target_calls;  ///< `{"add_members", 204}`
  Breaker::State breaker = Breaker::State::closed;
  bool target_paused = false;
  double calls_per_second = 0;
  Duration last_latency{0};
  std::uint64_t storage_limit = 0;  ///< 0: none

  std::map<std::string, std::size_t> connections;  ///< open ones, by listener
  ProcessUsage process;
};

/// How long it took until leavers lost their access: since the start, and of the last of them.
struct RevokeTimes {
  std::uint64_t count = 0;
  std::optional<Duration> p50;  ///< of the last `revoke_times_kept`; nothing: there was none
  std::optional<Duration> p99;
};

inline constexpr std::size_t revoke_times_kept = 1000;

/// What Prometheus is told (design.md 9). Owned by the composition root; it measures on the loop
/// alone, and `render` may be called on any thread, for one caller at a time.
class Metrics : public Measurements {
 public:
  Metrics();
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void access_revoked(Duration after_receipt) override;
  void event_applied(Duration after_receipt, bool leaver) override;

  /// A commit of the store that wrote something.
  void committed(Duration took, std::size_t events);

  RevokeTimes revoke_times() const;

  /// All of it in the text format 0.0.4. Of a store that could not be read, nothing is said but
  /// that: a gauge that says 0 instead would hide what it is there to show.
  std::string render(const MetricsSnapshot& snapshot) const;

  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Histograms;
  std::unique_ptr<Histograms> histograms_;
  std::uint64_t revoked_ = 0;
  std::vector<Duration> revoke_times_;  // a ring: the oldest is replaced
};

}  // namespace rosterd::prometheus
