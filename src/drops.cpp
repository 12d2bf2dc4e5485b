#include "drops.hpp"

#include "file_digest.hpp"

#include <utility>

namespace rosterd {

/// Hands a file to the intake, with the approval that somebody gave for exactly these bytes.
class Daemon::Drops::Handler : public FileHandler {
 public:
  Handler(Drops& drops, DropConfig config, std::function<void()> taken)
      : drops_(drops), config_(std::move(config)), taken_(std::move(taken)) {}

  const DropConfig& config() const { return config_; }
  void approve(std::string sha256) { approved_.insert(std::move(sha256)); }
  const Counts& counts() const { return counts_; }

  Task<FileOutcome> handle(std::filesystem::path file, ReportKeeper& report_keeper) override {
    ingest::IntakeOptions options;
    options.approve_missing = is_approved(file);
    options.report_keeper = &report_keeper;
    const auto report = co_await drops_.intake_.run(config_, file, std::move(options));
    count(report.intake);
    taken_();
    co_return outcome_of(report.intake.state);
  }

 private:
  static FileOutcome outcome_of(IntakeState state) {
    switch (state) {
      case IntakeState::rejected:
        return FileOutcome::rejected;
      case IntakeState::held:
        return FileOutcome::held;
      case IntakeState::reading:
      case IntakeState::done:
      case IntakeState::repeated:
        return FileOutcome::done;
    }
    std::abort();
  }

  void count(const Intake& intake) {
    ++counts_.files[intake.state];
    counts_.invalid += intake.rows_failed;
    if (intake.state == IntakeState::done) {
      counts_.accepted += intake.joined + intake.changed + intake.left;
    }
  }

  bool is_approved(const std::filesystem::path& file) {
    if (approved_.empty()) return false;
    return approved_.erase(to_hex(file_digest(file, drops_.parts_.crypto))) > 0;
  }

  Drops& drops_;
  DropConfig config_;
  std::function<void()> taken_;
  std::set<std::string> approved_;
  Counts counts_{
      .files = {
          {IntakeState::done, 0},
          {IntakeState::rejected, 0},
          {IntakeState::held, 0},
          {IntakeState::repeated, 0}}};
};

struct Daemon::Drops::Drop {
  Drop(Drops& drops, DropConfig config, std::function<void()> taken)
      : handler(drops, std::move(config), std::move(taken)),
        folder(
            drops.parts_.loop.get_executor(),
            handler.config(),
            handler,
            drops.parts_.clock,
            drops.parts_.log
        ) {}

  Handler handler;
  drop_folder::DropFolder folder;
};

Daemon::Drops::Drops(
    std::vector<DropConfig> configs, const Parts& parts, std::function<void()> taken
)
    : parts_(parts), intake_({parts.store, parts.crypto, parts.clock, parts.zones, parts.log}) {
  for (DropConfig& config : configs) {
    drops_.push_back(std::make_unique<Drop>(*this, std::move(config), taken));
  }
}

Daemon::Drops::~Drops() = default;

void Daemon::Drops::spawn(Supervisor& supervisor) {
  for (const auto& drop : drops_) {
    supervisor.spawn(
        "drop " + drop->handler.config().name, drop->folder.run(supervisor.stop_token())
    );
  }
}

std::map<std::string, Daemon::Drops::Counts> Daemon::Drops::counts() const {
  std::map<std::string, Counts> counts;
  for (const auto& drop : drops_) counts[drop->handler.config().name] = drop->handler.counts();
  return counts;
}

bool Daemon::Drops::approve(const std::string& drop, const std::string& sha256) {
  for (const auto& one : drops_) {
    if (one->handler.config().name != drop) continue;
    one->handler.approve(sha256);
    return true;
  }
  return false;
}

}  // namespace rosterd
