#include "context.hpp"

#include "config_check.hpp"
#include "exit_code.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/adapters/system/clock.hpp"
#include "rosterd/adapters/system/credentials.hpp"
#include "rosterd/adapters/system/random.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/adapters/toml/config_reader.hpp"
#include "rosterd/adapters/toml/policy_reader.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace rosterd::cli {

namespace {

std::string listed(const std::vector<ConfigProblem>& problems) {
  std::string text = problems.size() == 1 ? "the configuration cannot be used:"
                                          : "the configuration cannot be used, " +
                                                std::to_string(problems.size()) + " problems:";
  for (const ConfigProblem& problem : problems) text += "\n" + problem.to_string();
  return text;
}

class UnreadCredentials : public CredentialSource {
 public:
  Result<Secret, CredentialError> credential(std::string_view) const override { return unread(); }
  Result<Secret, CredentialError> file(const std::filesystem::path&) const override {
    return unread();
  }
  Result<Secret, CredentialError> environment(std::string_view) const override { return unread(); }

 private:
  static Secret unread() { return Secret("unread"); }
};

void refuse_missing(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error) || error) return;
  throw CommandError(
      exit_code::configuration,
      "there is no configuration at " + printable(file.string()) +
          "; name it with --config FILE or ROSTERD_CONFIG (config/rosterd.toml of the sources is "
          "one to start from)"
  );
}

Config config_or_throw(config_files::ConfigResult result) {
  if (!result.config) throw CommandError(exit_code::configuration, listed(result.problems));
  return std::move(*result.config);
}

}  // namespace

World make_world() {
  World world;
  world.clock = std::make_unique<system::SystemClock>();
  world.randomness = std::make_unique<system::SystemRandomness>();
  world.zones = std::make_unique<system::SystemTimeZones>();
  world.crypto = openssl::make_crypto();
  world.credentials = std::make_unique<system::SystemCredentials>();
  return world;
}

Config load_config(const World& world, const Common& common) {
  refuse_missing(common.config);
  Config config = config_or_throw(config_files::read_config(common.config, *world.credentials));
  std::vector<ConfigProblem> problems;
  for (std::string& text : config_problems(config, *world.crypto, *world.zones)) {
    ConfigProblem& problem = problems.emplace_back();
    problem.file = config.file.string();
    problem.text = std::move(text);
  }
  if (!problems.empty()) throw CommandError(exit_code::configuration, listed(problems));
  return config;
}

Config load_config_without_secrets(const Common& common) {
  refuse_missing(common.config);
  return config_or_throw(config_files::read_config(common.config, UnreadCredentials()));
}

std::shared_ptr<const Policy> load_policy(const World& world, const std::filesystem::path& file) {
  auto result = config_files::read_policy(file, *world.zones, *world.crypto);
  if (!result.policy) throw CommandError(exit_code::configuration, listed(result.problems));
  return std::make_shared<const Policy>(std::move(*result.policy));
}

std::unique_ptr<Views> load_views(const Config& config) {
  if (!std::filesystem::exists(config.store.path)) {
    throw CommandError(
        exit_code::failed,
        "there is no store at " + config.store.path.string() +
            " yet; rosterd serve or rosterd import makes it"
    );
  }
  return sqlite::open_views(config.store.path);
}

const DropConfig& choose_drop(const Config& config, const std::string& name) {
  std::vector<std::string> names;
  for (const DropConfig& drop : config.drops) names.push_back(drop.name);
  if (names.empty()) {
    throw CommandError(
        exit_code::configuration,
        config.file.string() + " has no [[drop]], which says what the columns of a file mean"
    );
  }
  if (name.empty() && names.size() == 1) return config.drops.front();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) {
    return config.drops[static_cast<std::size_t>(found - names.begin())];
  }
  std::string known;
  for (const std::string& one : names) known += (known.empty() ? "" : ", ") + one;
  throw CommandError(
      exit_code::usage,
      (name.empty() ? "which drop? Say --drop; there are "
                    : "there is no drop \"" + printable(name) + "\"; there are ") +
          known
  );
}

void refuse_missing_file(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_regular_file(file, error)) return;
  throw CommandError(exit_code::failed, "there is no file " + printable(file.string()));
}

}  // namespace rosterd::cli
