#pragma once

#include "rosterd/config.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/crypto.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace rosterd::config_files {

/// The policy, or everything that is wrong with it: `policy` is there exactly when `problems` is
/// empty. Problems are in the order of the file.
struct PolicyResult {
  std::optional<Policy> policy;
  std::vector<ConfigProblem> problems;
};

/// Reads config/policy.toml (TOML 1.0; the annotated example lists every key). Besides its form it
/// is checked for what cannot be meant: a rule that can never match or gives nothing, names that
/// differ by case only, a zone nobody knows, groups nested in a circle, no rule at all. `crypto`
/// computes the version.
PolicyResult read_policy(
    const std::filesystem::path& file, const TimeZones& zones, const Crypto& crypto
);

/// The same for text; `file` is its name in problems.
PolicyResult read_policy_text(
    std::string_view text,
    const std::filesystem::path& file,
    const TimeZones& zones,
    const Crypto& crypto
);

}  // namespace rosterd::config_files
