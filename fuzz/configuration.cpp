#include "fuzzing.hpp"
#include "rosterd/adapters/toml/config_reader.hpp"

#include <algorithm>
#include <string>
#include <vector>

// The whole input is a configuration.

namespace rosterd {
namespace {

constexpr std::string_view secret = "correct horse battery staple";

/// Has every secret but those that are missing.
class Credentials : public CredentialSource {
 public:
  Result<Secret, CredentialError> credential(std::string_view name) const override {
    if (name.starts_with("missing")) return CredentialError("there is no such credential");
    return Secret(std::string(secret));
  }
  Result<Secret, CredentialError> file(const std::filesystem::path& path) const override {
    return credential(path.filename().string());
  }
  Result<Secret, CredentialError> environment(std::string_view name) const override {
    return credential(name);
  }
};

void require_problems(std::string_view text, const std::vector<ConfigProblem>& problems) {
  const auto lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  for (const ConfigProblem& problem : problems) {
    fuzz::require_sentence(problem.text, 2000);
    fuzz::require(problem.file == "/etc/rosterd/rosterd.toml", "a problem names its file");
    // The end of the text is a place, too.
    fuzz::require(problem.line <= lines + 1, "a problem is in the text", problem.text);
    fuzz::require(problem.line == 0 || problem.column > 0, "a line has columns", problem.text);
    const bool told = problem.text.find(secret) != std::string::npos;
    fuzz::require(!told, "no problem tells a secret", problem.text);
  }
  const auto earlier = [](const ConfigProblem& left, const ConfigProblem& right) {
    return left.line < right.line;
  };
  fuzz::require(std::is_sorted(problems.begin(), problems.end(), earlier), "problems are in order");
}

void require_above_zero(Duration duration) {
  fuzz::require(duration > Duration{0}, "a limit of time is above nothing");
}

/// What the parts that are given it rely on.
void require_usable(const Config& config) {
  fuzz::require(!config.target.base_url.empty(), "there is a target");
  fuzz::require(!config.target.client_secret.empty(), "and a secret for it");
  fuzz::require(config.target.calls_per_second > 0, "calls are made");
  fuzz::require(config.target.burst >= 1, "one at a time at least");
  for (const Duration limit :
       {config.target.read_time_max,
        config.target.write_time_max,
        config.webhook.header_time_max,
        config.webhook.body_time_max,
        config.webhook.idle_time_max,
        config.worker.round_time_max,
        config.worker.idle_poll_max}) {
    require_above_zero(limit);
  }
  fuzz::require(config.webhook.connections_max > 0, "connections are taken");
  fuzz::require(config.webhook.header_bytes_max > 0, "and headers");
  fuzz::require(config.webhook.batch_events_max > 0, "and events");
  for (const WebhookSourceConfig& source : config.webhook.sources) {
    fuzz::require(!source.name.empty() && !source.keys.empty(), "a source has a name and a key");
  }
  for (const DropConfig& drop : config.drops) {
    fuzz::require(!drop.name.empty() && !drop.key.empty(), "a drop has a name and a key");
    fuzz::require(drop.folder.is_absolute(), "a drop's folder is found from anywhere");
    fuzz::require(drop.delimiter.size() == 1 || drop.delimiter == "tab", "one delimiter");
    fuzz::require(drop.row_bytes_max > 0 && drop.field_bytes_max > 0, "rows have room");
  }
}

}  // namespace
}  // namespace rosterd

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  static const Credentials credentials;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = config_files::read_config_text(text, "/etc/rosterd/rosterd.toml", credentials);
  fuzz::require(read.config.has_value() == read.problems.empty(), "a configuration or problems");
  require_problems(text, read.problems);
  if (read.config) require_usable(*read.config);
  return 0;
}
