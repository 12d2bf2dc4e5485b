#include "ask_daemon.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "file_digest.hpp"
#include "file_report.hpp"
#include "place_in_drop.hpp"
#include "progress_line.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/adapters/system/log.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/ports/http.hpp"
#include "run_task.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <thread>

namespace rosterd::cli {

namespace {

constexpr std::size_t rows_shown_max = 10'000;

int verdict(IntakeState state) {
  switch (state) {
    case IntakeState::done:
    case IntakeState::repeated:
      return exit_code::done;
    case IntakeState::reading:
    case IntakeState::rejected:
    case IntakeState::held:
      return exit_code::failed;
  }
  std::abort();
}

/// No daemon runs: the file is taken here, under the store's lock.
int import_directly(
    const Import& command, const World& world, const Config& config, const DropConfig& drop
) {
  asio::io_context loop{1};
  system::StderrLog log(*world.clock, LogLevel::error, system::LogStyle::lines);
  sqlite::StoreOptions options;
  options.path = config.store.path;
  options.now = world.clock->now();
  sqlite::Store store(options, *world.crypto, loop.get_executor());
  ingest::FileIntake intake({store.intake(), *world.crypto, *world.clock, *world.zones, log});
  FileProgress progress;
  ingest::IntakeOptions intake_options;
  intake_options.approve_missing = command.approve_missing;
  intake_options.progress = [&](const ingest::IntakeProgress& at) { progress.show(at); };
  const auto report = run_task(loop, intake.run(drop, command.file, std::move(intake_options)));
  progress.clear();
  store.close();
  if (command.common.json) {
    print_report_json(report);
  } else {
    print_report(report, rows_shown_max, std::cout);
    if (report.intake.state == IntakeState::done) {
      std::cout << "\nThe changes are in the outbox; rosterd serve applies them.\n";
    }
  }
  return verdict(report.intake.state);
}

void tell_approval(const Config& config, const DropConfig& drop, const std::string& sha256) {
  nlohmann::json body;
  body["sha256"] = sha256;
  DaemonPost post;
  post.target = "/api/drops/" + percent_encoded(drop.name) + "/approve";
  post.json = body.dump();
  post.answer_max = std::chrono::seconds{30};
  const auto answer = ask_daemon(config, post);
  if (!answer || answer->status != 200) {
    throw CommandError(
        exit_code::failed,
        "the daemon did not take the approval; has it been restarted since [[drop]] \"" +
            drop.name + "\" was written?"
    );
  }
}

std::optional<Intake> find_intake(
    Views& views, const std::string& source, const Digest& digest, Instant since
) {
  constexpr std::size_t recent = 20;
  for (Intake& intake : views.intakes(recent)) {
    const bool ours = intake.source == source && intake.sha256 == digest;
    const bool ended = intake.state != IntakeState::reading;
    if (ours && ended && intake.finished_at && *intake.finished_at >= since) return intake;
  }
  return std::nullopt;
}

/// Waits for what becomes of a file that lies in `incoming/`; throws when nothing does.
class Waiting {
 public:
  Waiting(const Config& config, const std::filesystem::path& placed)
      : config_(config), placed_(placed), views_(load_views(config)) {}

  Intake for_intake(const std::string& source, const Digest& digest, Instant since) {
    for (auto looks = 1U;; ++looks) {
      // Before looking: what is known of a file is kept before it is moved.
      const bool rejected = is_rejected();
      if (auto intake = find_intake(*views_, source, digest, since)) return std::move(*intake);
      if (rejected) refuse_unread();
      refuse_if_hopeless(looks);
      std::this_thread::sleep_for(look_every);
    }
  }

 private:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds look_every{100};
  static constexpr unsigned looks_between_probes = 20;
  static constexpr std::chrono::minutes untaken_max{10};

  std::filesystem::path rejected_file() const {
    return placed_.parent_path().parent_path() / "rejected" / placed_.filename();
  }

  bool is_rejected() const {
    std::error_code ignored;
    return std::filesystem::exists(rejected_file(), ignored);
  }

  [[noreturn]] void refuse_unread() {
    fail(
        "the daemon rejected the file without reading it, often because it may not; the reason is "
        "in " +
        rejected_file().string() + ".errors.csv"
    );
  }

  void refuse_if_hopeless(unsigned looks) {
    const bool taken = !std::filesystem::exists(placed_);
    const auto waited = std::chrono::floor<std::chrono::seconds>(Steady::now() - started_);
    line_.show(
        std::string(taken ? "being read" : "waiting to be taken") + ", " + to_string(waited)
    );
    if (!taken && waited >= untaken_max) {
      fail(
          "the daemon has not taken the file for " + to_string(waited) + "; it lies in " +
          placed_.parent_path().string() + ". rosterd status and the daemon's log tell more"
      );
    }
    // Reading may take as long as the file is large: only the end of the daemon ends the wait.
    if (looks % looks_between_probes == 0 && !daemon_runs(config_)) {
      fail("the daemon has stopped; it goes on with the file when it starts again");
    }
  }

  [[noreturn]] static void fail(const std::string& text) {
    throw CommandError(exit_code::failed, text);
  }

  const Config& config_;
  const std::filesystem::path& placed_;
  std::unique_ptr<Views> views_;
  Steady::time_point started_ = Steady::now();
  ProgressLine line_;
};

/// A daemon runs: the file goes into its drop folder, and this waits for what becomes of it.
int import_through_daemon(
    const Import& command, const World& world, const Config& config, const DropConfig& drop
) {
  const Digest digest = file_digest(command.file, *world.crypto);
  if (command.approve_missing) tell_approval(config, drop, to_hex(digest));
  const Instant since = world.clock->now();
  const std::filesystem::path placed = place_in_drop(command.file, drop);
  std::cerr << "The daemon reads " << printable(placed.filename().string()) << " …\n";
  const Intake intake = Waiting(config, placed).for_intake(drop.name, digest, since);
  if (command.common.json) {
    print_intake_json(intake);
    return verdict(intake.state);
  }
  ingest::IntakeReport report;
  report.intake = intake;
  print_report(report, 0, std::cout);
  if (intake.rows_failed > 0 || intake.quarantined > 0) {
    std::cout << "\nWhat failed is in " << printable(placed.filename().string())
              << ".errors.csv beside the file, below " << drop.folder.string() << ".\n";
  }
  return verdict(intake.state);
}

}  // namespace

int run(const Import& command) {
  const World world = make_world();
  const Config config = load_config(world, command.common);
  const DropConfig& drop = choose_drop(config, command.drop);
  refuse_missing_file(command.file);
  if (daemon_runs(config)) return import_through_daemon(command, world, config, drop);
  return import_directly(command, world, config, drop);
}

}  // namespace rosterd::cli
