#include "rosterd/adapters/system/credentials.hpp"

#include "rosterd/base/text.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace rosterd::system {

namespace {

constexpr std::size_t secret_bytes_max = 64U << 10U;

CredentialError error(const std::string& text) {
  return CredentialError(text);
}

Result<Secret, CredentialError> secret_of(std::string value, const std::string& where) {
  if (value.size() > secret_bytes_max) return error(where + " is over 64 KiB, which no secret is");
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  if (value.empty()) return error(where + " is empty");
  return Secret(std::move(value));
}

}  // namespace

Result<Secret, CredentialError> SystemCredentials::credential(std::string_view name) const {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos) {
    return error("a credential's name is not a path: " + printable(name));
  }
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr) {
    return error(
        "there is no credential directory (CREDENTIALS_DIRECTORY): it is there under systemd, with "
        "LoadCredential=" +
        printable(name) + ":PATH in the unit"
    );
  }
  return file(std::filesystem::path(folder) / name);
}

Result<Secret, CredentialError> SystemCredentials::file(const std::filesystem::path& path) const {
  const std::string where = printable(path.string());
  std::error_code unreadable;
  if (std::filesystem::is_directory(path, unreadable)) return error(where + " is a folder");
  std::ifstream in(path, std::ios::binary);
  if (!in) return error(where + ": " + std::strerror(errno));
  std::string value(secret_bytes_max + 1, '\0');
  in.read(value.data(), static_cast<std::streamsize>(value.size()));
  value.resize(static_cast<std::size_t>(in.gcount()));
  return secret_of(std::move(value), where);
}

Result<Secret, CredentialError> SystemCredentials::environment(std::string_view name) const {
  const std::string variable(name);
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr) return error("there is no environment variable " + printable(name));
  return secret_of(value, "the environment variable " + printable(name));
}

}  // namespace rosterd::system
