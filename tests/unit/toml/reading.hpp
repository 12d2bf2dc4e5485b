#pragma once

#include "rosterd/adapters/toml/config_reader.hpp"
#include "rosterd/adapters/toml/policy_reader.hpp"

#include <fstream>
#include <map>
#include <memory>
#include <string>

namespace rosterd::test {

/// Secrets by name; `file` finds them by their file's name.
class FakeCredentials : public CredentialSource {
 public:
  std::map<std::string, std::string, std::less<>> secrets = {
      {"hr-key", "k1"}, {"hr-key-new", "k2"}, {"auth0-client-secret", "s3cret"}};

  Result<Secret, CredentialError> credential(std::string_view name) const override {
    const auto found = secrets.find(name);
    if (found == secrets.end()) return CredentialError("no credential " + std::string(name));
    return Secret(found->second);
  }
  Result<Secret, CredentialError> file(const std::filesystem::path& path) const override {
    return credential(path.filename().string());
  }
  Result<Secret, CredentialError> environment(std::string_view name) const override {
    return credential(name);
  }
};

/// Knows a handful of zones.
class FakeTimeZones : public TimeZones {
 public:
  std::optional<Instant> start_of_day(std::string_view, Date date) const override {
    return Instant{std::chrono::sys_days{date}};
  }
  bool known(std::string_view zone) const override {
    return zone == "UTC" || zone == "Europe/Berlin";
  }
  std::optional<Date> day_at(std::string_view, Instant instant) const override {
    return Date{std::chrono::floor<std::chrono::days>(instant)};
  }
};

/// A digest that shows what was digested: its first bytes.
class FakeCrypto : public Crypto {
 public:
  Digest sha256(std::string_view bytes) const override {
    Digest digest{};
    for (std::size_t i = 0; i < digest.size() && i < bytes.size(); ++i) {
      digest[i] = static_cast<std::byte>(bytes[i]);
    }
    return digest;
  }
  std::unique_ptr<Hasher> hasher() const override { return nullptr; }
  std::string hmac(HmacAlgorithm, std::string_view, std::span<const std::string_view>)
      const override {
    return {};
  }
  bool equal_constant_time(std::string_view left, std::string_view right) const override {
    return left == right;
  }
};

/// An annotated example with everything open that stands commented out in it.
inline std::string opened_example(const std::string& name) {
  std::ifstream in(std::string(ROSTERD_SOURCE_DIR) + "/config/" + name);
  std::string text;
  for (std::string line; std::getline(in, line);) {
    const bool commented_out = line.starts_with("# ");
    const std::string inner = commented_out ? line.substr(2) : line;
    const bool header = inner.starts_with('[');
    const bool key =
        inner.find(" = ") != std::string::npos && inner.find_first_of(" ") == inner.find(" = ");
    text += (commented_out && (header || key) ? inner : line) + "\n";
  }
  return text;
}

/// What a person would be shown, a line a problem.
inline std::string shown(const std::vector<ConfigProblem>& problems) {
  std::string text;
  for (const ConfigProblem& problem : problems) text += problem.to_string() + "\n";
  return text;
}

}  // namespace rosterd::test
