#pragma once

#include "adapters/toml/table_reader.hpp"
#include "rosterd/config.hpp"

#include <filesystem>

namespace rosterd::config_files {

/// Reads and checks one `[[drop]]`; its folder is relative to `base`.
void read_drop(TableReader& table, DropConfig& drop, const std::filesystem::path& base);

}  // namespace rosterd::config_files
