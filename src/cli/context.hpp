#pragma once

#include "command_line.hpp"
#include "rosterd/config.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/credentials.hpp"
#include "rosterd/ports/crypto.hpp"
#include "rosterd/ports/views.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace rosterd::cli {

/// A command cannot go on; `what()` is for people, with the remedy.
class CommandError : public std::runtime_error {
 public:
  CommandError(int exit_code, const std::string& text)
      : std::runtime_error(text), exit_code_(exit_code) {}
  int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

/// The outside world as commands need it.
struct World {
  std::unique_ptr<Clock> clock;
  std::unique_ptr<Randomness> randomness;
  std::unique_ptr<TimeZones> zones;
  std::unique_ptr<Crypto> crypto;
  std::unique_ptr<CredentialSource> credentials;
};
World make_world();

/// Reads the configuration, or throws a CommandError with all its problems.
Config load_config(const World& world, const Common& common);

/// The same for commands that only read the store: secrets are left where they are, so that an
/// operator who may not read them can look, too.
Config load_config_without_secrets(const Common& common);

/// Reads a policy, or throws a CommandError with all its problems.
std::shared_ptr<const Policy> load_policy(const World& world, const std::filesystem::path& file);

/// The store for reading; throws a CommandError when there is none yet.
std::unique_ptr<Views> load_views(const Config& config);

/// The drop of that name, or the only one; throws a CommandError naming those there are.
const DropConfig& choose_drop(const Config& config, const std::string& name);

/// Throws a CommandError when there is no such file to read.
void refuse_missing_file(const std::filesystem::path& file);

}  // namespace rosterd::cli
