#pragma once

#include "adapters/toml/secret_reader.hpp"
#include "adapters/toml/table_reader.hpp"
#include "rosterd/config.hpp"

#include <filesystem>

namespace rosterd::config_files {

/// Reads and checks `[webhook]`; its files are relative to `base`.
void read_webhook(
    TableReader& table,
    WebhookConfig& webhook,
    const std::filesystem::path& base,
    const SecretReader& secrets
);

/// Whether a name can be a part of a URL as it is: letters, digits, `-`, `_`, `.`.
bool is_plain_name(std::string_view name);

}  // namespace rosterd::config_files
