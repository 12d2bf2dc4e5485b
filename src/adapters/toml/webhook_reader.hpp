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

/// `HOST:PORT`, `[::1]:PORT`
bool is_address(const std::string& text);

/// A certificate without its key is a problem, and the other way round.
void check_tls_files(
    TableReader& table, const std::filesystem::path& certificate, const std::filesystem::path& key
);

/// Whether a name can be a part of a URL as it is: letters, digits, `-`, `_`, `.`.
bool is_plain_name(std::string_view name);

}  // namespace rosterd::config_files
