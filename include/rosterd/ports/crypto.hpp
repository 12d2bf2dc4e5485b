#pragma once

#include "rosterd/base/hash.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace rosterd {

enum class HmacAlgorithm { sha256, sha512 };

/// A SHA-256 in the making, for files read in pieces.
class Hasher {
 public:
  virtual ~Hasher() = default;
  virtual void update(std::string_view bytes) = 0;
  /// Ends the computation; the hasher is then as new.
  virtual Digest finish() = 0;
};

/// The cryptography that ingest needs, behind a door so that OpenSSL stays in one folder.
/// Thread-safe; never fails on input.
class Crypto {
 public:
  virtual ~Crypto() = default;

  virtual Digest sha256(std::string_view bytes) const = 0;
  virtual std::unique_ptr<Hasher> hasher() const = 0;

  /// HMAC (RFC 2104) over the concatenated parts; raw bytes.
  virtual std::string hmac(
      HmacAlgorithm algorithm, std::string_view key, std::span<const std::string_view> parts
  ) const = 0;

  /// Time depends on the lengths only, never on where the difference is.
  virtual bool equal_constant_time(std::string_view left, std::string_view right) const = 0;
};

}  // namespace rosterd
