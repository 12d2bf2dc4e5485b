#include "rosterd/adapters/sqlite/backup.hpp"

#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "progress_line.hpp"
#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace rosterd::cli {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void remember_interrupt(int) {
  interrupted = 1;
}

/// So that Ctrl-C leaves no half copy; pressed again, it ends the program at once.
void ask_instead_of_dying() {
  struct sigaction action = {};
  action.sa_handler = remember_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

std::string size_text(std::uint64_t bytes) {
  constexpr double mebibyte = 1024.0 * 1024.0;
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << static_cast<double>(bytes) / mebibyte << " MiB";
  return text.str();
}

std::string in_words(const sqlite::BackupProgress& progress) {
  if (progress.bytes_total == 0) return "";
  const std::string total = size_text(progress.bytes_total);
  if (progress.checking) return "checking " + total + " …";
  const auto percent = progress.bytes_done * 100 / progress.bytes_total;
  return "copying " + std::to_string(percent) + " % of " + total;
}

}  // namespace

int run(const BackupCommand& command) {
  const Config config = load_config_without_secrets(command.common);
  ask_instead_of_dying();
  sqlite::BackupOptions options;
  options.store = config.store.path;
  options.file = command.file;
  options.overwrite = command.force;
  std::optional<sqlite::BackupReport> report;
  {
    ProgressLine line;
    options.go_on = [&line](const sqlite::BackupProgress& progress) {
      line.show(in_words(progress));
      return interrupted == 0;
    };
    report = sqlite::backup(options);
  }
  if (!report) throw CommandError(exit_code::failed, "interrupted; there is no copy");
  if (command.common.json) {
    nlohmann::ordered_json json;
    json["file"] = command.file.string();
    json["store"] = config.store.path.string();
    json["bytes"] = report->bytes;
    json["schema_version"] = report->schema_version;
    std::cout << json.dump(2) << '\n';
    return exit_code::done;
  }
  std::cout << printable(command.file.string()) << ": " << size_text(report->bytes) << ", schema "
            << report->schema_version << ", every page in order\n";
  return exit_code::done;
}

}  // namespace rosterd::cli
