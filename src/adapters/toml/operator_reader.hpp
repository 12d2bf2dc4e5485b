#pragma once

#include "adapters/toml/secret_reader.hpp"
#include "adapters/toml/table_reader.hpp"
#include "rosterd/config.hpp"

#include <filesystem>

namespace rosterd::config_files {

/// Reads and checks `[operator]`; its files are relative to `base`.
void read_operator(
    TableReader& table,
    OperatorConfig& operator_,
    const std::filesystem::path& base,
    const SecretReader& secrets
);

}  // namespace rosterd::config_files
