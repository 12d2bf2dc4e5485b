#pragma once

#include "rosterd/base/result.hpp"
#include "rosterd/base/secret.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace rosterd {

/// Why a secret could not be had: `there is no environment variable HR_KEY`. Never a part of the
/// secret.
struct CredentialError {
  CredentialError() = default;
  explicit CredentialError(std::string what) : text(std::move(what)) {}

  std::string text;
};

/// Where secrets come from. Configuration files only refer to them. One trailing line break is
/// not part of a secret; an empty secret is an error, and so is one over 64 KiB.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  /// A file of the service manager's credential directory (systemd.exec(5), LoadCredential=).
  virtual Result<Secret, CredentialError> credential(std::string_view name) const = 0;

  virtual Result<Secret, CredentialError> file(const std::filesystem::path& path) const = 0;

  virtual Result<Secret, CredentialError> environment(std::string_view name) const = 0;
};

}  // namespace rosterd
