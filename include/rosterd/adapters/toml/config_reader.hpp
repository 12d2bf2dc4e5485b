#pragma once

#include "rosterd/config.hpp"
#include "rosterd/ports/credentials.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace rosterd::config_files {

/// The configuration, or everything that is wrong with it: `config` is there exactly when
/// `problems` is empty. Problems are in the order of the file.
struct ConfigResult {
  std::optional<Config> config;
  std::vector<ConfigProblem> problems;
};

/// Reads config/rosterd.toml (TOML 1.0; the annotated example lists every key). Unknown keys, wrong
/// types, values out of range and secrets that cannot be had are problems, never exceptions. Paths
/// in the file are relative to its folder. The policy it names is not read.
ConfigResult read_config(const std::filesystem::path& file, const CredentialSource& credentials);

/// The same for text; `file` is its name in problems and the base of relative paths.
ConfigResult read_config_text(
    std::string_view text, const std::filesystem::path& file, const CredentialSource& credentials
);

}  // namespace rosterd::config_files
