#pragma once

#include "rosterd/ports/credentials.hpp"

namespace rosterd::system {

/// Secrets from $CREDENTIALS_DIRECTORY, from files and from the environment. Each call reads anew,
/// so that a reload sees a changed key.
class SystemCredentials : public CredentialSource {
 public:
  Result<Secret, CredentialError> credential(std::string_view name) const override;
  Result<Secret, CredentialError> file(const std::filesystem::path& path) const override;
  Result<Secret, CredentialError> environment(std::string_view name) const override;
};

}  // namespace rosterd::system
