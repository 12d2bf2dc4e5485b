#pragma once

#include "adapters/toml/table_reader.hpp"
#include "rosterd/base/secret.hpp"
#include "rosterd/ports/credentials.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace rosterd::config_files {

/// Fetches the secrets that a configuration refers to: `{ credential = "NAME" }`,
/// `{ file = "PATH" }` or `{ env = "NAME" }`. A secret in the file itself is a problem.
class SecretReader {
 public:
  SecretReader(const CredentialSource& source, std::filesystem::path base)
      : source_(source), base_(std::move(base)) {}

  void read(TableReader& table, std::string_view key, Secret& into) const;
  /// A list of references, or one.
  void read(TableReader& table, std::string_view key, std::vector<Secret>& into) const;

 private:
  std::optional<Secret> resolve(const ::toml::node& node, std::string_view key, Problems& problems)
      const;
  Result<Secret, CredentialError> fetch(std::string_view way, const std::string& name) const;

  const CredentialSource& source_;
  std::filesystem::path base_;
};

}  // namespace rosterd::config_files
