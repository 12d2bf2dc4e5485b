#pragma once

#include "adapters/toml/problems.hpp"

#include <toml++/toml.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace rosterd::config_files {

/// The bytes of a file; a problem when it cannot be read or is over 16 MiB.
std::optional<std::string> read_text(const std::filesystem::path& file, Problems& problems);

/// The tables of a TOML text; its first syntax error as a problem.
std::optional<::toml::table> parse(std::string_view text, Problems& problems);

}  // namespace rosterd::config_files
