#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "file_digest.hpp"
#include "file_report.hpp"
#include "json.hpp"
#include "rosterd/adapters/http/unix_client.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/adapters/system/log.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/ports/http.hpp"
#include "run_task.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <fcntl.h>
#include <iostream>
#include <system_error>
#include <thread>
#include <unistd.h>

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
  sqlite::Store store(options, loop.get_executor());
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

void copy_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  const std::filesystem::path hidden = to.parent_path() / ("." + to.filename().string() + ".tmp");
  std::filesystem::copy_file(from, hidden, std::filesystem::copy_options::overwrite_existing);
  const int fd = open(hidden.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), hidden.string());
  fsync(fd);
  close(fd);
  std::filesystem::rename(hidden, to);
}

void tell_approval(const Config& config, const DropConfig& drop, const std::string& sha256) {
  nlohmann::json body;
  body["sha256"] = sha256;
  const std::string target = "/api/drops/" + percent_encoded(drop.name) + "/approve";
  const auto answer = http::post_to_socket(config.operator_.socket, target, body.dump());
  if (!answer || answer->status != 200) {
    throw CommandError(exit_code::failed, "the daemon did not take the approval");
  }
}

std::optional<Intake> find_intake(
    const Config& config, const std::string& source, const Digest& digest, Instant since
) {
  constexpr std::size_t recent = 20;
  for (Intake& intake : load_views(config)->intakes(recent)) {
    const bool ours = intake.source == source && intake.sha256 == digest;
    const bool ended = intake.state != IntakeState::reading;
    if (ours && ended && intake.finished_at && *intake.finished_at >= since) return intake;
  }
  return std::nullopt;
}

/// A daemon runs: the file goes into its drop folder, and this waits for what becomes of it.
int import_through_daemon(
    const Import& command, const World& world, const Config& config, const DropConfig& drop
) {
  const Digest digest = file_digest(command.file, *world.crypto);
  if (command.approve_missing) tell_approval(config, drop, to_hex(digest));
  const Instant since = world.clock->now();
  copy_durably(command.file, drop.folder / "incoming" / command.file.filename());
  std::cerr << "The daemon is reading " << command.file.filename().string() << " …\n";
  std::optional<Intake> intake;
  while (!intake) {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    intake = find_intake(config, drop.name, digest, since);
  }
  if (command.common.json) {
    std::cout << json_of(*intake).dump(2) << '\n';
    return verdict(intake->state);
  }
  ingest::IntakeReport report;
  report.intake = *intake;
  print_report(report, 0, std::cout);
  if (intake->rows_failed > 0 || intake->quarantined > 0) {
    std::cout << "\nWhat failed is in " << command.file.filename().string()
              << ".errors.csv beside the file, below " << drop.folder.string() << ".\n";
  }
  return verdict(intake->state);
}

bool daemon_runs(const Config& config) {
  if (config.operator_.socket.empty()) return false;
  // Whatever it answers, somebody answers.
  return http::post_to_socket(config.operator_.socket, "/healthz", "").has_value();
}

}  // namespace

int run(const Import& command) {
  const World world = make_world();
  const Config config = load_config(world, command.common);
  const DropConfig& drop = choose_drop(config, command.drop);
  if (!std::filesystem::is_regular_file(command.file)) {
    throw CommandError(exit_code::failed, "there is no file " + printable(command.file.string()));
  }
  if (daemon_runs(config)) return import_through_daemon(command, world, config, drop);
  return import_directly(command, world, config, drop);
}

}  // namespace rosterd::cli
